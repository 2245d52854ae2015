// The blocks of docs/walk.md: what becomes of the first layer of the smallest net, pane by pane. In: reports of the seed model. Out: the lines of a pane that light up where the
// reader points at the layer, or at one of its nodes. Guarantee: no text is chosen by hand; the pictures beside them are of the same report (scripts/screenshots.ts).
import type { Goal } from "../compiler/compile.ts";
import type { Model } from "../compiler/model.ts";
import seed from "../examples/seed-2-4-3-1/seed.model.ts";
import { collect } from "../src/explore/collect/index.ts";
import { indexed, keysOf, litBy } from "../src/explore/page/links.ts";
import type { Pane, Report } from "../src/explore/report.ts";
import { fence } from "./markdown.ts";

const first = "layer layers[0]";
const trained: Model = { ...seed, training: { loss: "mse", optimizer: "sgd" } };
const made = new Map<string, Report>();
/** A report, made when the first block asks for it. */
const reportOf = (model: Model, options: { readonly train?: boolean; readonly unroll?: number } = {}): Report => {
  const key = JSON.stringify(options);
  const report = made.get(key) ?? collect(model, options);
  made.set(key, report);
  return report;
};

/** The lines that light up with a thing, with what stands behind them but for those that merely read it. */
function lit(report: Report, stage: Pane["stage"], pin = first, goal: Goal = "predict"): string {
  const pane = report.goals.find((one) => one.goal === goal)?.panes.find((one) => one.stage === stage);
  const thing = keysOf(report).findIndex((key, i) => key === pin && (report.things[i].goal ?? goal) === goal);
  if (pane === undefined || thing < 0) throw new Error(`the report has no ${stage} or no ${pin}`);
  const index = indexed(pane);
  const marks = [...litBy(report, thing).all].flatMap((one) => index.of(one)).filter(([, , , also]) => also === undefined);
  return index.lines
    .flatMap((text, at) =>
      marks.every(([from, to]) => at < from || to < at)
        ? []
        : [`${text}${pane.captions?.[at] === undefined ? "" : `   # ${pane.captions[at]}`}`],
    )
    .join("\n");
}
const linesOf = (text: string, keep: RegExp): string => text.split("\n").filter((line) => keep.test(line)).join("\n"); // biome-ignore format: one line

/** What a pass changed, as the page of passes has it. */
function changed(pass: string, keep: RegExp): string {
  const diff = reportOf(seed).goals[0].passes.find((one) => one.pass === pass)?.diff ?? [];
  return diff.flatMap(([sign, text]) => (sign === "…" || !keep.test(text) ? [] : [`${sign}${text}`])).join("\n");
}

/** By name, as the page has them. */
export const walk = {
  list: (): string => fence("", lit(reportOf(seed), "list")),
  graph: (): string => fence("", lit(reportOf(seed), "graph")),
  relu: (): string => fence("diff", changed("expand", /relu|max\(/)),
  plan: (): string => fence("", linesOf(lit(reportOf(seed), "plan"), /^region r0/)),
  nest: (): string => fence("", lit(reportOf(seed), "nests")),
  loops: (): string => fence("", lit(reportOf(seed, { unroll: 0 }), "program")),
  code: (): string => fence("js", lit(reportOf(seed), "javascript")),
  gradient: (): string => fence("", linesOf(lit(reportOf(trained, { train: true }), "graph", first, "trainStep"), /∂/)),
  step: (): string =>
    fence("", linesOf(lit(reportOf(trained, { train: true }), "plan", first, "trainStep"), /^region.*layers\[0\]/)),
};
