// What every pass did to an entry. In: what the passes made, in order. Out: a row for each: its diff, the rules that fired. Guarantee: a diff is
// given where a pass stays on its stage and changed something; what stands far from a change is left out.
import { type Goal, passes } from "../../../compiler/compile.ts";
import { showOrigin } from "../../../compiler/graph/origin.ts";
import { printMade } from "../../../compiler/pipeline/forms.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import type { RewriteEvent } from "../../../compiler/rewrite/engine.ts";
import { allRules } from "../../../compiler/rewrite/rules/index.ts";
import { diffOf, nearChanges } from "../diff.ts";
import type { PassRow, Rewrite } from "../report.ts";
import { showNode } from "../words.ts";
import type { Things } from "./things.ts";

/** The passes of one entry. A rewrite is a thing that lights up the layer it was of. */
export function passRows(goal: Goal, made: readonly Made[], things: Things): readonly PassRow[] {
  const texts = made.map(printMade);
  return made.map((one, at): PassRow => {
    const { pass, stage } = one;
    const row = passes.find(({ name }) => name === pass);
    const before = row?.from === stage ? made.findLastIndex((other, i) => i < at && other.stage === stage) : -1;
    const changed = before < 0 || texts[before] !== texts[at];
    return {
      pass,
      stage,
      ...(one.stage === "schedule" ? { target: one.target.name } : {}),
      says: row?.says ?? "",
      lines: texts[at].split("\n").length - 1,
      changed,
      ...(before < 0 || !changed ? {} : { diff: shortDiff(texts[before], texts[at]) }),
      rewrites: (one.stage === "graph" ? one.events : []).map((event) => rewriteOf(goal, event, things)),
    };
  });
}

/** The changed lines with what stands around them. */
function shortDiff(before: string, after: string): NonNullable<PassRow["diff"]> {
  const lines = diffOf(before, after);
  const isNear = nearChanges(lines);
  return lines.flatMap(({ sign, text }, i): NonNullable<PassRow["diff"]> => {
    if (isNear[i]) return [[sign, text]];
    if (i > 0 && !isNear[i - 1]) return [];
    const next = isNear.indexOf(true, i);
    return [["…", `${(next < 0 ? lines.length : next) - i} lines`]];
  });
}

function rewriteOf(goal: Goal, { rule, before, after, origin }: RewriteEvent, things: Things): Rewrite {
  const promise = allRules.find(({ name }) => name === rule)?.promise ?? "bits";
  const thing = things.addAnother("rewrite", rule, `${rule} (${promise}): ${showNode(before)} → ${showNode(after)}`, goal);
  things.link(thing, origin === undefined ? undefined : things.find("layer", origin.path));
  return {
    thing,
    rule,
    promise,
    before: showNode(before),
    after: showNode(after),
    origin: origin === undefined ? "" : showOrigin(origin),
  };
}
