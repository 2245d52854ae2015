// `layerc trace`: why the program is what it is. Every rule that fired, in order, with what stood there and what stands there now; how often each
// fired; and of every region what runs in it and why its value is stored. In: a model or the text of a Graph. Out: text; JSON with `--json`.
import type { Command } from "commander";
import type { Goal, Snapshot } from "../../../compiler/compile.ts";
import { showOrigin } from "../../../compiler/graph/origin.ts";
import { bodyOf, type Region } from "../../../compiler/plan/plan.ts";
import { label, showOrigins } from "../../../compiler/plan/print.ts";
import { allRules } from "../../../compiler/rewrite/rules/index.ts";
import { showNode, whyStored } from "../../explore/words.ts";
import { addLoweringFlags, goalFlag, type LoweringFlags } from "../flags.ts";
import { renderTable } from "../render.ts";
import { readSnapshots } from "../subject.ts";
import { painted, print, printJson, terminal } from "../terminal.ts";

interface Flags extends LoweringFlags {
  readonly goal: Goal;
  readonly json?: boolean;
}

/** Adds `layerc trace`, which lists the rules that fired and what was fused. */
export function addTrace(program: Command): void {
  const command = program
    .command("trace")
    .description(
      "Lists each rewrite rule that fired on a model, in order: pass, rule, before → after, and the layer it came from; how often each fired, and what it promises (bits: the same numbers; value: up to the sign of zero; approx: up to the last bits); then each region: the ops that run in one loop, and why its value is stored instead of being computed where it is read.",
    )
    .argument("<model>", "model file, or - for JSON or the text of a Graph on standard input")
    .addOption(goalFlag())
    .option("--json", "as JSON: rewrites, rules, regions");
  addLoweringFlags(command)
    .addHelpText("after", "\nExamples:\n  layerc trace iris.model.ts\n  layerc trace cars.model.ts --goal trainStep --train")
    .action(async (file: string, flags: Flags) => {
      const all = await readSnapshots(file, flags);
      const traced = { rewrites: rewritesOf(all), rules: countsOf(all), regions: regionsOf(all) };
      if (flags.json) printJson(traced);
      else print(textOf(traced));
    });
}

/** What `trace` tells. */
interface Traced {
  readonly rewrites: ReturnType<typeof rewritesOf>;
  readonly rules: ReturnType<typeof countsOf>;
  readonly regions: ReturnType<typeof regionsOf>;
}

const rewritesOf = (all: readonly Snapshot[]) =>
  all.flatMap(({ pass, events }) =>
    events.map(({ id, rule, before, after, origin }) => ({
      ...{ id, pass, rule, before: showNode(before), after: showNode(after) },
      origin: origin === undefined ? "" : showOrigin(origin),
    })),
  );

/** Each rule that fired: how often, the most frequent first. */
function countsOf(all: readonly Snapshot[]) {
  const fired = all.flatMap(({ events }) => events.map(({ rule }) => rule));
  return [...new Set(fired)]
    .map((rule) => ({
      rule,
      times: fired.filter((one) => one === rule).length,
      promise: allRules.find(({ name }) => name === rule)?.promise ?? "bits",
    }))
    .sort((a, b) => b.times - a.times);
}

const regionsOf = (all: readonly Snapshot[]) => {
  const plan = all.findLast((one) => one.plan !== undefined)?.plan;
  const told = (regions: readonly Region[]): readonly { id: string; of: string; ops: string; stored: string }[] =>
    regions.flatMap((region) => [
      { id: region.id, of: showOrigins(region), ops: label(region), stored: whyStored(region) },
      ...told(bodyOf(region)),
    ]);
  return plan === undefined ? [] : told(plan.regions);
};

function textOf({ rewrites, rules, regions }: Traced): string {
  const bold = painted(terminal().stdout);
  const part = (title: string, table: string): string => `${bold("bold", title)}\n${table}`;
  const fired = rewrites.map(({ pass, rule, before, after, origin }) => [pass, rule, `${before} → ${after}`, origin]);
  const times = rules.map(({ rule, times, promise }) => [`${times}`, rule, promise]);
  const told = regions.map(({ id, ops, of, stored }) => [id, ops, of, stored]);
  return [
    fired.length === 0 ? "no rule fired" : part("rewrites", renderTable(fired)),
    ...(times.length === 0 ? [] : [part("rules", renderTable([["times", "rule", "promise"], ...times], [0]))]),
    ...(told.length === 0 ? [] : [part("fusion", renderTable([["region", "ops in one loop", "of", "stored because"], ...told]))]),
  ].join("\n\n");
}
