// A run as text. In: Results. Out: Markdown that reads well on a terminal too. Guarantee: it says nothing that the data does not.
import { judgeClaims, type Verdict } from "./claims.ts";
import type { Quartiles } from "./measure.ts";
import { type Absence, type Comparison, kilobytes, type Results, type RoofLine, short } from "./results.ts";

const spread = ({ q1, q3 }: Quartiles, show = short): string => `${show(q1)}–${show(q3)}`;
const percent = (value: number): string => `${short(100 * value)} %`;
const distinct = (items: readonly string[]): string[] => [...new Set(items)];

/** Markdown with aligned columns; numbers, but for the first column, to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i].length)));
  const right = head.map(
    (_, i) => i > 0 && rows.every((row) => row[i] === "" || /^-?[\d.]+(?:–[\d.]+| .*B| %.*)?$/.test(row[i])),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (right[i] ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** Nothing at all where there are no rows. */
const section = (title: string, says: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [`## ${title}`, ...(says === "" ? [] : [says]), table(head, rows)];

const trains = ({ work }: Comparison): boolean => work.includes("step of");

/** Nothing of a work without multiply-adds. */
const gflops = (value: number): string => (value === 0 ? "" : short(value));

/** Why there is no number, or where that is said. */
function reason(absences: readonly Absence[], engine: string, work: string): string {
  const found = absences.find((one) => one.engine === engine && (one.work === work || one.work === undefined));
  if (found === undefined) return "";
  return found.cell ?? (found.why.length <= 24 ? found.why : "see below");
}

/** The part of the fastest roofline that the baseline reaches. */
function share(roofs: readonly RoofLine[], work: string): string {
  const own = roofs.filter((line) => line.work === work && line.engine === undefined);
  const best = own.toSorted((a, b) => b.roof - a.roof)[0];
  return best === undefined ? "" : percent(best.share.median);
}

/** One line per work, one column per engine. */
function summary({ comparisons, roofs, absences, baseline }: Results): string[] {
  const measured = distinct(comparisons.map(({ rival }) => rival));
  // A peer that was not there, or not asked for, has a column too: an empty one.
  const engines = distinct([...measured, ...absences.filter(({ work }) => work === undefined).map(({ engine }) => engine)]);
  const rows = distinct(comparisons.map(({ work }) => work)).map((work) => {
    const lines = comparisons.filter((line) => line.work === work);
    const same = lines.filter(({ instead }) => instead === undefined);
    const best = Math.min(...(same.length > 0 ? same : lines).map((line) => line.baseline));
    const cells = engines.map((engine) => {
      const ratio = lines.find(({ rival }) => rival === engine)?.ratio.median;
      return ratio === undefined ? (measured.includes(engine) ? reason(absences, engine, work) : "") : short(ratio);
    });
    return [work, short(best), gflops(Math.max(...lines.map((line) => line.gflops))), share(roofs, work), ...cells];
  });
  const says = `How many times longer each engine takes, after the smallest of ${baseline}'s medians. GFLOP/s count two operations for each multiply-add of the layers as they are written, three times as many in training: where Winograd's tiles need fewer, those of the plain sum count, and their part of the roofline may be more than 100 %.`;
  return section("Summary", says, ["work", `${baseline} µs`, "GFLOP/s", "of the roofline", ...engines], rows);
}

function pairs(title: string, says: string, baseline: string, comparisons: readonly Comparison[]): string[] {
  const rows = comparisons.map((line) => [
    line.work,
    line.rival + [line.instead, line.note].map((text) => (text === undefined ? "" : ` (${text})`)).join(""),
    short(line.baseline),
    short(line.time),
    gflops(line.gflops),
    short(line.ratio.median),
    spread(line.ratio),
    String(line.pairs),
  ]);
  const head = ["work", "engine", `${baseline} µs`, "engine µs", `${baseline} GFLOP/s`, "times", "quartiles", "pairs"];
  return section(title, says, head, rows);
}

/** One line per work, one column per roofline. */
function rooflines({ roofs, baseline }: Results): string[] {
  const names = distinct(roofs.map(({ name }) => name));
  const cell = (line: RoofLine | undefined): string =>
    line === undefined ? "" : `${percent(line.share.median)} (${spread(line.share, percent)}) of ${short(line.roof)}`;
  const of = ({ work, engine }: RoofLine): string => (engine === undefined ? work : `${work}, ${engine}`);
  const rows = distinct(roofs.map(of)).map((title) => {
    const lines = roofs.filter((line) => of(line) === title);
    return [title, short(lines[0].gflops), ...names.map((name) => cell(lines.find((line) => line.name === name)))];
  });
  const says = `Multiply-adds of one thread without a memory to wait for, in turn with ${baseline}: the part reached, its quartiles, the roof in GFLOP/s.`;
  return section("Rooflines", says, ["work", `${baseline} GFLOP/s`, ...names], rows);
}

function starts({ cold }: Results): string[] {
  const rows = cold.map((line) => [
    line.net,
    line.engine,
    short(line.start.median),
    spread(line.start),
    short(line.ratio.median),
    short(line.first),
    short(line.hundredth),
    short(line.steady),
    short(line.memory),
  ]);
  return section(
    "From process start",
    "Bare processes, in turn: from start to the first prediction, then single calls, and peak memory after 110 of them.",
    ["net", "engine", "first result ms", "quartiles", "times", "1st call µs", "100th µs", "steady µs", "memory MB"],
    rows,
  );
}

function fits({ fit = [] }: Results): string[] {
  const rows = fit.map((line) => [
    line.work,
    short(line.steps),
    short(line.fit),
    short(1 / line.share.median),
    spread({ q1: 1 / line.share.q3, q3: 1 / line.share.q1, median: 1 }),
    String(line.pairs),
  ]);
  const says =
    "An epoch of 4,096 rows, Adam and accuracy: by trainStep alone, and through fit with all it checks, shuffles and sums; processor time.";
  return section("fit", says, ["work", "bare steps ms", "fit ms", "times", "quartiles", "pairs"], rows);
}

function sizes({ modules, runtimes, heap, baseline }: Results): string[] {
  return [
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
  ];
}

function claimsOf(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.flatMap(({ claim, found }) =>
    found === undefined
      ? []
      : [
          [
            claim.works.length > 2 ? `${claim.works[0]} … ${claim.works.at(-1)}` : claim.works.join(" and "),
            { time: "times the time of ", start: "times the start of ", roofline: "part of ", fit: "part of its time for " }[
              claim.about
            ] +
              claim.rivals.join(" and ") +
              (claim.build === undefined ? "" : ` by ${claim.build}`),
            short(claim.atLeast),
            short(found),
            found >= claim.atLeast ? "yes" : claim.isGoal ? "a goal" : "NO",
          ],
        ],
  );
  return section(
    "Claims",
    "The worst of the works counts, and the best of the engines.",
    ["work", "what", "at least", "found", "holds"],
    rows,
  );
}

/** Works on which the baseline was not equally fast beside all engines: something else ran, or it was not warm. */
function uneven({ comparisons, baseline }: Results): string[] {
  const rows = distinct(comparisons.map(({ work }) => work)).flatMap((work) => {
    const lines = comparisons
      .filter((line) => line.work === work && line.instead === undefined)
      .toSorted((a, b) => a.baseline - b.baseline);
    const [best, worst] = [lines[0], lines.at(-1)];
    if (best === undefined || worst === undefined || worst.baseline < mostUneven * best.baseline) return [];
    return [[work, short(best.baseline), best.rival, short(worst.baseline), worst.rival]];
  });
  const says = `Works on which ${baseline} took half as long again beside one engine as beside another. Ratios stand, where both were disturbed; times do not.`;
  return section("Uneven", says, ["work", `${baseline} µs`, "beside", `${baseline} µs at worst`, "beside"], rows);
}
const mostUneven = 1.5;

/** Works that have one reason in common share a line. */
function missing(absences: readonly Absence[]): string[] {
  const keys = distinct(absences.map(({ engine, why }) => JSON.stringify([engine, why])));
  const rows = keys.map((key) => {
    const [engine, why] = JSON.parse(key) as [string, string];
    const works = absences.filter((one) => one.engine === engine && one.why === why).map(({ work }) => work ?? "all");
    return [engine, why, works.join("; ")];
  });
  return section("Not measured", "", ["engine", "why", "work"], rows);
}

export function markdown(results: Results): string {
  const { date, machine, baseline, versions, comparisons, absences } = results;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `# Benchmark of ${date}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node} (V8 ${machine.v8}); every engine on one thread. ${named.join(", ")}`,
    "`net x rows`. Times are medians per call; *times* is how many times longer the engine takes, the median over alternating pairs of one process. Results were compared with a reference in doubles before anything was timed.",
    ...summary(results),
    ...claimsOf(judgeClaims(results)),
    ...pairs(
      "Predictions",
      "",
      baseline,
      comparisons.filter((line) => !trains(line)),
    ),
    ...pairs("Training steps", "Forward, loss, backward, update.", baseline, comparisons.filter(trains)),
    ...fits(results),
    ...rooflines(results),
    ...uneven(results),
    ...starts(results),
    ...sizes(results),
    ...missing(absences),
  ]
    .join("\n\n")
    .concat("\n");
}
