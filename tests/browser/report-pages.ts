// The reports that browser tests look at, and what they ask a page for. In: nothing. Out: files of reports; texts and lines of them; functions that run in the page.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Model } from "../../compiler/model.ts";
import { collect, collectWith } from "../../src/explore/collect/index.ts";
import { compareReports } from "../../src/explore/compare.ts";
import { bestLine, indexed, litBy, rowsOf } from "../../src/explore/page/links.ts";
import { choicesOf, paneRows } from "../../src/explore/page/panes.ts";
import type { Pane, Report, TrainingReport } from "../../src/explore/report.ts";
import { reportHtml } from "../../src/explore/write.ts";
import {
  add,
  conv2d,
  dense,
  embedding,
  flatten,
  lstm,
  maxPooling2d,
  model,
  sequential,
  stringLookup,
} from "../../src/sequential.ts";
import type { Tab } from "../support/tab.ts";

/** A name that would be markup, if somebody took it for that. */
export const hostile = `</script><script>window.hostile = 1</script><!--<img src=x onerror="window.hostile = 2">`;
const training = { loss: "mse", optimizer: "adam" } as const;
const nets: { readonly [name: string]: Model } = {
  dense: sequential([dense({ units: 4, activation: "relu", inputShape: [2] }), dense({ units: 1 })], { training }),
  convolutional: sequential([
    conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
    maxPooling2d({}),
    flatten({}),
    dense({ units: 3, activation: "softmax" }),
  ]),
  recurrent: sequential([lstm({ units: 5, inputShape: [6, 2] }), dense({ units: 1 })]),
  branching: model({
    inputs: { x: [4] },
    outputs: ["sum"],
    layers: [
      dense({ name: "left", units: 3, activation: "relu", inputs: ["x"] }),
      dense({ name: "right", units: 3, activation: "tanh", inputs: ["x"] }),
      add({ name: "sum", inputs: ["left", "right"] }),
    ],
  }),
  hostile: sequential([dense({ name: hostile, units: 2, inputShape: [2] }), dense({ name: "__proto__", units: 1 })], {
    name: hostile,
  }),
};

/** A training as `layerc train` tells it: a kind of each picture. */
const trained: TrainingReport = {
  history: { loss: [1.2, 0.7, 0.5, 0.45], val_loss: [1.3, 0.9, 0.7, 0.8], accuracy: [0.3, 0.6, 0.8, 0.9] },
  best: 3,
  outputs: [
    {
      name: "kind",
      rows: "9 test rows",
      text: "accuracy 0.78",
      confusion: { classes: ["ash", "birch", hostile], counts: [[3, 0, 0], [1, 2, 0], [0, 1, 2]] },
    },
    { name: "height", rows: "9 test rows", text: "mean absolute error 0.2", residuals: [[1, 1.5], [2, 1.75], [3, 3]] },
  ],
}; // biome-ignore format: rows of a matrix

const files = mkdtempSync(join(tmpdir(), "layerc-report-"));
/** The reports by their names; each is a file as well. */
export const reports: Record<string, Report> = {};

/** Writes them. */
export function writeReports(): void {
  for (const [name, net] of Object.entries(nets)) reports[name] = collect(net, { train: net.training !== undefined });
  reports.dense = collectWith(nets.dense, { train: true }, { typed: true }).report;
  const words = stringLookup({ vocabulary: ["ash", "birch"], numOovIndices: 0, inputShape: [2] });
  const lines = sequential([words, embedding({ inputDim: 3, outputDim: 2 }), flatten({}), dense({ units: 1 })]);
  reports.texts = collectWith(lines, {}, { typed: true }).report;
  reports.trained = { ...reports.dense, training: trained };
  const wide = (units: number) => sequential([dense({ units, activation: "relu", inputShape: [2] }), dense({ units: 1 })]);
  const larger = collectWith(wide(6), {}, { profile: true }).report;
  const smaller = collectWith(wide(4), {}, { profile: true, typed: true }).report;
  reports.compared = { ...larger, compared: compareReports(smaller, larger), other: smaller };
  for (const [name, report] of Object.entries(reports)) writeFileSync(join(files, `${name}.html`), reportHtml(report));
}
/** Takes them away. */
export const removeReports = (): void => rmSync(files, { recursive: true, force: true });

let loads = 0;
/** Opens a report with these choices; a number before `#` makes it another page, which a browser loads anew. */
export async function show(tab: Tab, name: string, choices: string): Promise<void> {
  await tab.goto(`${pathToFileURL(join(files, `${name}.html`))}?${++loads}#${choices}`);
  await tab.settled(true, () => document.querySelector("h1") !== null);
}

/** The first text of each pane that has something of the first layer: the lanes of a net that is one straight line are for training alone. */
export function textsOf(
  report: Report,
  goal: string,
): readonly { readonly id: string; readonly key: string; readonly pane: Pane }[] {
  const lit = litBy(report, report.layers[0].thing);
  const found = report.goals.find((one) => one.goal === goal)!;
  return paneRows.flatMap((row) => {
    const choice = choicesOf(row, report, found).find(
      ({ text }) => text !== undefined && bestLine(indexed(text), lit) !== undefined,
    );
    return choice?.text === undefined ? [] : [{ id: row.id, key: choice.key, pane: choice.text }];
  });
}

/** The first line of a text, not folded away, whose thing lights something in all of them, as their marks say. */
export function lineThatLights(report: Report, pane: Pane, all: readonly { readonly pane: Pane }[]): number {
  const own = indexed(pane);
  const line = [...rowsOf(own.lines.length, pane.folds)].find((row) => {
    const thing = own.at(row);
    return thing !== undefined && all.every((other) => bestLine(indexed(other.pane), litBy(report, thing)) !== undefined);
  });
  if (line === undefined) throw new Error(`no line of ${pane.title} lights up all panes`);
  return line;
}

/** Whether the line of that number is in the page, which then has a class of its own. */
export const rowIsThere = (pane: string, number: number): boolean => {
  document.querySelector(".here")?.classList.remove("here");
  const lines = [...document.querySelectorAll(`[data-pane=${pane}] .line`)];
  const found = lines.find((line) => line.querySelector(".number")?.textContent === String(number));
  found?.classList.add("here");
  return found !== undefined;
};
/** Scrolls the lines of a pane, once they are there. */
export const scrollsTo = (pane: string, top: number): boolean => {
  const lines = document.querySelector(`[data-pane=${pane}] .lines`);
  if (lines !== null) lines.scrollTop = top;
  return lines !== null;
};
/** Panes in which something that lights up is within sight. */
export const litPanes = (): string[] =>
  [...document.querySelectorAll("[data-pane]")].flatMap((pane) => {
    const within = [...pane.querySelectorAll(".lit")].some((lit) => {
      const { top, bottom } = lit.getBoundingClientRect();
      const seen = lit.closest(".lines, .picks")?.getBoundingClientRect();
      return seen !== undefined && bottom > seen.top && top < seen.bottom;
    });
    return within ? (pane.getAttribute("data-pane") ?? "") : [];
  });
/** What is held, as the foot says. */
export const held = (): string | undefined => document.querySelector(".foot code")?.textContent ?? undefined;
