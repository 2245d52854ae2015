// Plans from Graph texts, for tables of decisions. In: the lines of a Graph, options. Out: a Plan that is verified, the parts of
// its text that a row is about, and whether its Program gives the numbers of the Graph interpreter.
import { expect } from "vitest";
import type { Graph } from "../../compiler/graph/graph.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import { assemble } from "../../compiler/lower/assemble.ts";
import { ops } from "../../compiler/ops/index.ts";
import type { Plan } from "../../compiler/plan/plan.ts";
import { type PlanOptions, plan } from "../../compiler/plan/planner.ts";
import { printPlan } from "../../compiler/plan/print.ts";
import { verifyPlan } from "../../compiler/plan/verify.ts";
import { plainProgram } from "../../compiler/program/nest/plain.ts";
import { verifyNests } from "../../compiler/program/nest/verify.ts";

/** The decision that a row shows, the Graph, what is planned. */
export type Row = readonly [decision: string, graph: string, planned: string];
/** The same, with what the planner is told. */
export type ToldRow = readonly [...Row, options: Partial<PlanOptions>];

/** Lines without what indents them. */
export const flush = (text: string): string => text.trim().replace(/\n +/g, "\n");

/** The Graph of lines that end with its results and updates. */
export function graphOf(lines: string): Graph {
  const made = parseGraph(`graph g ${lines} end`, ops);
  verifyGraph(made, ops);
  return made;
}

/** A Plan for one row, unless the options say otherwise. */
export function planOf(lines: string, options: Partial<PlanOptions> = {}): Plan {
  const made = plan(graphOf(lines), { rows: 1, ...options });
  verifyPlan(made);
  return made;
}

/** Small whole numbers, whose sums and products are exact; another list for each name. */
const numbers = (name: string, length: number): number[] =>
  Array.from({ length }, (_, i) => ((7 * i + 3 * (name.codePointAt(0) ?? 0)) % 11) - 4);

/** One step of the Plan's Program and one of its Graph: the same results, the same params and states after it. */
export function expectNumbers(made: Plan): void {
  const rows = typeof made.rows === "number" ? made.rows : made.rows.max;
  const sources = made.buffers.filter(({ role }) => role === "input" || role === "param" || role === "state");
  const values = Object.fromEntries(sources.map(({ name, length }) => [name, numbers(name, length)]));
  const { program: nests, tables } = assemble([{ entry: "trainStep", plan: made }], {
    name: "g",
    fmt: "f64",
    prepared: new Set(),
  });
  verifyNests(nests);
  const program = plainProgram(nests);
  const machine = createMachine(program, {
    constants: new Map<string, ArrayLike<number>>([...tables, ...Object.entries(values)]),
  });
  machine.run("trainStep", { n: rows });
  const { results, updates } = runGraph(made.graph, { rows, values, precision: "f32" });
  for (const [name, { data }] of Object.entries({ ...results, ...updates }))
    expect([...(machine.buffers.get(name) ?? [])], name).toEqual([...data]);
}

const linesOf = (made: Plan): string[] => printPlan(made).trimEnd().replaceAll('"', "").split("\n");

/** The arena's map: its length, then a line for each buffer. */
export const arenaOf = (made: Plan): string => [`${made.arena} floats`, ...buffersOf(made, /^ +arena /)].join("\n");

/** Buffers of the Plan's text. */
export const buffersOf = (made: Plan, which: RegExp): string[] => {
  const lines = linesOf(made);
  const buffers = lines.slice(lines.indexOf("buffers") + 1);
  return buffers.filter((line) => which.test(line)).map((line) => line.replace(/^ +(arena )?/, ""));
};

/** Regions of the Plan's text without numbers and origins; those of a scan's body after "each step". */
export const regionsOf = (made: Plan): string =>
  linesOf(made)
    .filter((line) => /^ *region /.test(line))
    .map((line) =>
      line
        .replace(/region r\d+ @\d+: /, "")
        .replace(/ {2}# .*$/, "")
        .replace(/^( {2})+/, "each step: "),
    )
    .join("\n");
