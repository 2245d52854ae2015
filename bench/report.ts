// A run as data and as text. In: what was measured. Out: Results, which is JSON, and its Markdown, which reads well on a terminal
// too. Guarantee: the text says nothing that the data does not.
import { judgeClaims } from "./claims.ts";
import type { ColdLine, HeapLine } from "./cold.ts";
import type { Quartiles } from "./measure.ts";
import type { ModuleSize, RuntimeSize } from "./sizes.ts";
import { netOf, type Work } from "./workloads.ts";

/** The baseline and one rival on one work. */
export interface Comparison {
  readonly work: string;
  readonly rival: string;
  /** Where the rival cannot compute the net as it is: what both computed instead. */
  readonly note?: string;
  readonly pairs: number;
  /** Microseconds per call, medians. */
  readonly baseline: number;
  readonly time: number;
  /** Of the baseline: 2 operations per multiply-add and row, in training 6. */
  readonly gflops: number;
  /** The rival's time beside the baseline's, pair by pair. */
  readonly ratio: Quartiles;
}
/** The baseline beside the machine. */
export interface RoofLine {
  readonly work: string;
  readonly name: string;
  readonly says: string;
  readonly pairs: number;
  readonly gflops: number;
  readonly roof: number;
  /** The baseline's part of the roofline, pair by pair. */
  readonly share: Quartiles;
}
export interface Absence {
  readonly engine: string;
  readonly work?: string;
  readonly why: string;
}
export interface Results {
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly v8: string;
    readonly os: string;
  };
  readonly baseline: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly comparisons: readonly Comparison[];
  readonly roofs: readonly RoofLine[];
  readonly cold: readonly ColdLine[];
  readonly modules: readonly ModuleSize[];
  readonly runtimes: readonly RuntimeSize[];
  readonly heap: readonly HeapLine[];
  readonly absences: readonly Absence[];
}

export const workName = (work: Work): string =>
  work.kind === "predict"
    ? `${work.net.name} x${work.batch}`
    : `${work.training.net.name} x${work.training.batch}, step of ${work.training.optimizer}`;

export const rowsOf = (work: Work): number => (work.kind === "predict" ? work.batch : work.training.batch);
export const netNameOf = (work: Work): string => netOf(work).name;

/** Three significant digits, no exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}
const spread = ({ q1, q3 }: Quartiles, show = short): string => `${show(q1)}–${show(q3)}`;
const percent = (value: number): string => `${short(100 * value)} %`;
const kilobytes = (bytes: number): string => `${short(bytes / 1024)} KB`;

/** Markdown with aligned columns; numbers, but for the first column, to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i].length)));
  const right = head.map((_, i) => i > 0 && rows.every((row) => /^[\d.–-]/.test(row[i]) || row[i] === ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (right[i] ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

function section(title: string, says: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`## ${title}`, says, table(head, rows)];
}

export function markdown(results: Results): string {
  const { date, machine, baseline, versions, comparisons, roofs, cold, modules, runtimes, heap, absences } = results;
  const comparisonRow = (line: Comparison): string[] => [
    line.work,
    line.rival + (line.note === undefined ? "" : ` (${line.note})`),
    short(line.baseline),
    short(line.time),
    short(line.gflops),
    short(line.ratio.median),
    spread(line.ratio),
    String(line.pairs),
  ];
  const head = ["work", "engine", `${baseline} µs`, "engine µs", `${baseline} GFLOP/s`, "times", "quartiles", "pairs"];
  const trains = ({ work }: Comparison): boolean => work.includes("step of");
  const verdicts = judgeClaims(results).filter(({ found }) => found !== undefined);
  return [
    `# Benchmark of ${date}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node} (V8 ${machine.v8}); every engine on one thread. ` +
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    "`net x rows`. Times are medians per call; *times* is how many times longer the engine takes, the median over alternating pairs of one process. Results were compared with a reference in doubles before anything was timed.",
    ...section("Predictions", "", head, comparisons.filter((line) => !trains(line)).map(comparisonRow)),
    ...section(
      "Training steps",
      "Forward, loss, backward, update; brain.js: an epoch that updates after every row.",
      head,
      comparisons.filter(trains).map(comparisonRow),
    ),
    ...section(
      "Rooflines",
      "Multiply-adds of one thread without a memory to wait for, measured between the calls they stand beside.",
      ["work", "roofline", `${baseline} GFLOP/s`, "roof GFLOP/s", "reached", "quartiles", "pairs"],
      roofs.map((line) => [
        line.work,
        line.name,
        short(line.gflops),
        short(line.roof),
        percent(line.share.median),
        spread(line.share, percent),
        String(line.pairs),
      ]),
    ),
    ...section(
      "From process start",
      "Bare processes, in turn: from start to the first prediction, then single calls, and peak memory after 110 of them.",
      ["net", "engine", "first result ms", "quartiles", "times", "1st call µs", "100th µs", "steady µs", "memory MB"],
      cold.map((line) => [
        line.net,
        line.engine,
        short(line.start.median),
        spread(line.start),
        short(line.ratio.median),
        short(line.first),
        short(line.hundredth),
        short(line.steady),
        short(line.memory),
      ]),
    ),
    ...section(
      "Size of a module",
      "After gzip, weights included; nothing else is needed. Beside it the ONNX file, which needs a runtime.",
      ["net", `${baseline} module`, "ONNX file"],
      modules.map(({ net, module, onnx }) => [net, kilobytes(module), kilobytes(onnx)]),
    ),
    ...section(
      "Size of a runtime",
      "After bundling, minifying and gzip, without a model.",
      ["engine", "runtime"],
      runtimes.map(({ engine, bytes }) => [engine, kilobytes(bytes)]),
    ),
    ...section(
      "Growth of the heap",
      "heapUsed after gc(), with `out` given.",
      ["net", "calls", "growth"],
      heap.map(({ net, calls, growth }) => [net, String(calls), kilobytes(growth)]),
    ),
    ...section(
      "Claims",
      "",
      ["work", "engine", "at least", "found", "holds"],
      verdicts.map(({ claim, found }) => [
        claim.works.length > 2 ? `${claim.works[0]} … ${claim.works.at(-1)}` : claim.works.join(" and "),
        claim.rivals.join(" and "),
        short(claim.atLeast),
        short(found as number),
        (found as number) >= claim.atLeast ? "yes" : "NO",
      ]),
    ),
    ...section(
      "Not measured",
      "",
      ["engine", "work", "why"],
      absences.map(({ engine, work, why }) => [engine, work ?? "all", why]),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}
