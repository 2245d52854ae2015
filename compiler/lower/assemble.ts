// Plans → one Program: buffers that plans share (params, state, prepared constants) exist once, the arenas of entries lie
// over each other (only one entry runs at a time), every entry calls its kernels in order.
import { invariant } from "../diagnostics/error.ts";
import type { Node } from "../graph/graph.ts";
import { checkMemory } from "../graph/limits.ts";
import type { Plan } from "../plan/plan.ts";
import { type Callee, touchedBuffers } from "../program/calls.ts";
import type { NestKernel } from "../program/nest/nest.ts";
import type { Buffer, Entry, FloatFmt, Program, Role } from "../program/program.ts";
import { lower } from "./lower.ts";

/** One entry of the Program to be. */
export interface Part {
  readonly entry: string;
  readonly plan: Plan;
}

export interface AssembleOptions {
  readonly name: string;
  readonly fmt: FloatFmt;
  /** Params that `prepare` computes: constants of the Program. */
  readonly prepared: ReadonlySet<string>;
}

export interface Assembled {
  readonly program: Program<NestKernel>;
  /** Contents of the constant tables that graphs carry. */
  readonly tables: ReadonlyMap<string, Float32Array>;
}

/** The Program of some entries at the stage `nests`. */
export function assemble(parts: readonly Part[], { name, fmt, prepared }: AssembleOptions): Assembled {
  const buffers = new Map<string, Omit<Buffer, "at"> & { at: number }>();
  const tables = new Map<string, Float32Array>();
  const kernels: NestKernel[] = [];
  const entries: Entry[] = [];
  const names = new Map<string, number>();
  let n = 0;
  for (const { entry, plan } of parts) {
    if (typeof plan.rows !== "number") n = Math.max(n, plan.rows.max);
    const twins = tablesOf(plan, tables);
    for (const buffer of plan.buffers) {
      if ((buffer.role === "arena" && buffer.to < 0) || twins.has(buffer.name)) continue;
      const role: Role = prepared.has(buffer.name) ? "const" : buffer.role;
      const initial = buffer.initial === undefined ? {} : { initial: buffer.initial };
      const known = buffers.get(buffer.name);
      invariant(
        known === undefined || (known.length === buffer.length && (role === known.role || known.role === "const")),
        `two buffers named ${buffer.name}`,
      );
      if (known === undefined)
        buffers.set(buffer.name, { name: buffer.name, at: buffer.at, length: buffer.length, role, ...initial });
    }
    const outputs = outputsOf(plan);
    const made = lower(plan, {
      fmt,
      kernelName: (region) => unique(`${entry}/${region.name}`, names),
      renamed: twins,
    });
    kernels.push(...made);
    entries.push({
      name: entry,
      rows: typeof plan.rows === "number" ? plan.rows : "n",
      calls: made.map(({ name: kernel }) => ({ kernel })),
      inputs: plan.buffers.filter(({ role }) => role === "input").map(({ name: buffer }) => [publicName(plan, buffer), buffer]),
      outputs: plan.graph.results.map(([result], i) => [result, outputs[i]]),
    });
  }
  const laid = lay([...buffers.values()]);
  checkLength(laid, parts);
  const program: Program<NestKernel> = {
    name,
    scalars: n === 0 ? [] : [{ name: "n", min: 1, max: n }],
    buffers: laid,
    kernels,
    entries,
  };
  return { program, tables };
}

/** The module's memory must be possible; what takes most of it is named. */
function checkLength(buffers: readonly Buffer[], parts: readonly Part[]): void {
  const numbers = buffers.reduce((end, { at, length }) => Math.max(end, at + length), 0);
  const [largest] = [...buffers].sort((a, b) => b.length - a.length);
  const rows = Math.max(...parts.map(({ plan }) => (typeof plan.rows === "number" ? plan.rows : plan.rows.max)));
  const hint = rows > 1 ? `compile for fewer rows than a batch of ${rows}, or make the model smaller` : "make the model smaller";
  checkMemory(`with ${JSON.stringify(largest?.name ?? "")}, the largest value, the module takes`, numbers, hint);
}

const isTable = (node: Node): boolean => node.op === "constant" && (node.attrs.values as readonly number[]).length > 1;

/** Adds the tables of a plan to those there are; of tables that are there already, under another entry's name, gives that name. */
function tablesOf({ operands }: Plan, tables: Map<string, Float32Array>): ReadonlyMap<string, string> {
  const twins = new Map<string, string>();
  for (const [node, operand] of operands) {
    if (!isTable(node) || operand.kind !== "view" || tables.has(operand.buffer)) continue;
    const values = Float32Array.from(node.attrs.values as number[]);
    const twin = [...tables].find(([, other]) => sameBits(other, values));
    if (twin === undefined) tables.set(operand.buffer, values);
    else twins.set(operand.buffer, twin[0]);
  }
  return twins;
}

const sameBits = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));

/** Results get their buffers first, in order. */
const outputsOf = (plan: Plan): readonly string[] => plan.buffers.filter(({ role }) => role === "output").map(({ name }) => name);

function publicName(plan: Plan, buffer: string): string {
  for (const [node, operand] of plan.operands) {
    if (node.op === "input" && operand.kind === "view" && operand.buffer === buffer) return String(node.attrs.name);
  }
  return buffer;
}

/** `stem`, else the first of `stem_1`, `stem_2`, … that is free. `names`: each that is taken, and the last number given behind it. */
function unique(stem: string, names: Map<string, number>): string {
  let name = stem;
  let k = names.get(stem) ?? 0;
  while (names.has(name)) name = `${stem}_${++k}`;
  if (k > 0) names.set(stem, k);
  names.set(name, 0);
  return name;
}

/** Outside buffers one after the other, then the arena. */
function lay(buffers: readonly Buffer[]): readonly Buffer[] {
  let end = 0;
  const outside = buffers
    .filter(({ role }) => role !== "arena")
    .map((buffer) => {
      const at = end;
      end += buffer.length;
      return { ...buffer, at };
    });
  const places = new Map(outside.map((buffer) => [buffer.name, buffer]));
  return buffers.map((buffer) => places.get(buffer.name) ?? { ...buffer, at: end + buffer.at });
}

/** The Program with a buffer for every weight (getWeights speaks of all, also of those no kernel reads), and without other
 * buffers that no kernel touches and no entry names. `touched`: the buffers of a kernel of the stage at hand. */
export function settle<K extends Callee>(
  program: Program<K>,
  touched: (kernel: K) => Iterable<string>,
  weights: readonly { readonly name: string; readonly length: number }[] = [],
): Program<K> {
  const used = new Set(touchedBuffers(program, touched));
  for (const { inputs, outputs } of program.entries) for (const [, buffer] of [...inputs, ...outputs]) used.add(buffer);
  for (const { name } of weights) used.add(name);
  const known = new Set(program.buffers.map(({ name }) => name));
  const missing = weights.filter(({ name }) => !known.has(name));
  const outside = program.buffers.reduce((sum, { role, length }) => (role === "arena" ? sum : sum + length), 0);
  const relative = program.buffers.map((buffer) => (buffer.role === "arena" ? { ...buffer, at: buffer.at - outside } : buffer));
  const extra = missing.map(({ name, length }): Buffer => ({ name, at: 0, length, role: "param" }));
  return { ...program, buffers: lay([...relative, ...extra].filter((buffer) => used.has(buffer.name))) };
}
