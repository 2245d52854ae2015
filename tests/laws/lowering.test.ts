// Law: what a nest computes is what the op's `eval` says. Every primitive of the list, alone in a graph, planned and lowered
// in both precisions and for all targets, with a fixed and with a symbolic number of rows, against the reference:
// |error| <= (T + 4)·2^-24·Σ|terms|, T additions in sequence (1 with f64). A scan has many roundings: 1e-5·max(1, |y|).
// Nor is it further off than the op's column `rounding` says, from which selfTest takes its bounds.
// So does its WebAssembly, whose bits without contraction are those of the Program; contracted, the bound is the same.
import { describe, expect, test } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { emitWasm } from "../../compiler/emit/wasm/emit.ts";
import { bindShape, type Graph, graph, type Node, sizeOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import { assemble } from "../../compiler/lower/assemble.ts";
import type { AnyOp, Tensor } from "../../compiler/ops/define.ts";
import { begin, ops } from "../../compiler/ops/index.ts";
import { plan } from "../../compiler/plan/planner.ts";
import { verifyPlan } from "../../compiler/plan/verify.ts";
import { verifyNests } from "../../compiler/program/nest/verify.ts";
import type { Program } from "../../compiler/program/program.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { applySchedules } from "../../compiler/schedule/apply.ts";
import { scheduleNests } from "../../compiler/schedule/choose.ts";
import { targets } from "../../compiler/targets.ts";
import { relaxedRuns } from "../engines.ts";

const lowered = Object.values(ops).filter((op) => op.kind === "primitive" && op.lower.kind !== "source" && op.name !== "pick");
const seen = new Set<string>();

describe("op lowering", () => {
  test.each(lowered.map((op) => [op.name, op] as const))("%s", (name, op) => {
    const noise = random(77);
    for (let round = 0; round < 30; round++) check(op, noise);
    seen.add(name);
  });

  test("every primitive with loops was lowered", () => {
    expect([...seen].sort()).toEqual(lowered.map((op) => op.name).sort());
  });
});

function check(op: AnyOp, noise: Random): void {
  const sample = op.sample(noise);
  const rows = noise.integer(1, 5);
  const g = begin();
  const inputs = sample.inputs.map((type, i) => g.input({ name: `in${i}`, shape: [...type.shape] }));
  const made = g.node(op.name, inputs, sample.attrs);
  const items = made.type.items?.map((_, index) => g.pick(made, { index })) ?? [made];
  const source = graph(
    "single",
    items.map((item, i) => [`y${i}`, item]),
  );
  const values: Record<string, Float32Array> = {};
  sample.inputs.forEach((type, i) => {
    const limit = sample.integers?.[i];
    const length = sizeOf(bindShape(type.shape, rows));
    values[`in${i}`] = Float32Array.from({ length }, () => (limit === undefined ? draw(noise) : noise.integer(0, limit - 1)));
  });
  const want = runGraph(source, { rows, values, precision: "double" }).results;
  const sizes = roundingOf(op, sample.attrs, inputs, values, rows, want.y0);
  const scale = scaleOf(op, source, values, rows);
  const longest = Math.max(1, ...Object.values(values).map(({ length }) => length));
  for (const symbolic of [false, true]) {
    const bits = new Map<string, Float32Array>();
    for (const [fmt, target] of [
      ["f64", "js"],
      ["f32", "js"],
      ["f32", "simd"],
      ["f32", "relaxed"],
    ] as const) {
      const planned = plan(source, { rows: symbolic ? { max: 6 } : rows });
      verifyPlan(planned);
      const { program: nests, tables } = assemble([{ entry: "run", plan: planned }], {
        name: "single",
        fmt,
        prepared: new Set(),
      });
      verifyNests(nests);
      const program = applySchedules(scheduleNests(nests, targets[target]));
      verifyProgram(program);
      const interpreted = interpretRun(program, tables, values, symbolic ? { n: rows } : {});
      const contracts = target === "relaxed" && relaxedRuns;
      const runs = target === "js" ? [interpreted] : [interpreted, wasmRun(program, values, symbolic ? [rows] : [], contracts)];
      for (const [result, { data }] of Object.entries(want)) {
        const [first, second] = runs.map((of) => of(result).slice(0, data.length));
        for (const got of [first, second ?? first]) {
          data.forEach((wanted, i) => {
            const sums = (fmt === "f64" ? 1 : longest) + 4;
            const bound =
              op.name === "scan" ? 1e-5 * Math.max(1, Math.abs(wanted)) : sums * 2 ** -24 * Math.max(Math.abs(wanted), scale);
            const right = Object.is(Math.fround(wanted), got[i]) || Math.abs(wanted - got[i]) <= bound;
            if (!right) expect.fail(`${op.name} ${target} ${fmt} ${result}[${i}]: ${got[i]}, not ${wanted}`);
            const stated =
              Object.is(Math.fround(wanted), got[i]) ||
              Math.abs(wanted - got[i]) <= (sizes[i] ?? Number.POSITIVE_INFINITY) * 2 ** -24;
            if (!stated) expect.fail(`${op.name} ${target} ${fmt}: ${got[i]}, not ${wanted}, which is more than its rounding`);
          });
        }
        if (second !== undefined && !contracts) expect(second, `${op.name} ${target} ${result}, WebAssembly`).toEqual(first);
        // Lanes and tiles change no bit of an f32 Program.
        const same = bits.get(result);
        if (fmt === "f32" && same !== undefined) expect(first, `${op.name} ${target} ${result}`).toEqual(same);
        if (fmt === "f32") bits.set(result, first);
      }
    }
  }
}

/** The op's own word on each element; a scan has none, its body's ops do. */
function roundingOf(
  op: AnyOp,
  attrs: object,
  inputs: readonly Node[],
  values: Readonly<Record<string, Float32Array>>,
  rows: number,
  output: Tensor,
): ArrayLike<number> {
  if (op.kind !== "primitive") throw new Error(`${op.name} is no primitive`);
  if (op.name === "scan") return [];
  if (op.rounding === "none") return output.data.map(() => 0);
  const tensors = inputs.map(({ type }, i) => ({
    shape: bindShape(type.shape, rows),
    data: Float64Array.from(values[`in${i}`]),
  }));
  return op.rounding(tensors, output, attrs);
}

/** Runs the entry; gives its results by name. */
function interpretRun(
  program: Program,
  tables: ReadonlyMap<string, Float32Array>,
  values: Readonly<Record<string, Float32Array>>,
  scalars: Readonly<Record<string, number>>,
) {
  const machine = createMachine(program, { constants: tables });
  for (const [input, data] of Object.entries(values)) machine.buffers.get(input)?.set(data);
  machine.run("run", scalars);
  return (result: string) => Float32Array.from(machine.buffers.get(result) ?? []);
}

function wasmRun(program: Program, values: Readonly<Record<string, Float32Array>>, scalars: readonly number[], relaxed: boolean) {
  const bytes = new Uint8Array(emitWasm(program, { relaxed, entries: ["run"] }));
  const { m, run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as {
    readonly m: WebAssembly.Memory;
    run(...scalars: readonly number[]): void;
  };
  const memory = new Float32Array(m.buffer);
  const bufferOf = (name: string) => program.buffers.find((buffer) => buffer.name === name) ?? { at: 0, length: 0 };
  for (const [input, data] of Object.entries(values)) memory.set(data, bufferOf(input).at);
  run(...scalars);
  return (result: string) => memory.slice(bufferOf(result).at, bufferOf(result).at + bufferOf(result).length);
}

/** Magnitudes from 2^-3 to 2^3, both signs. */
const draw = (noise: Random): number => noise.pick([-1, 1]) * 2 ** (noise.uniform() * 6 - 3);

/** Σ|terms| of the largest element: the op on absolute values where it sums, else 0. */
function scaleOf(op: AnyOp, source: Graph, values: Readonly<Record<string, Float32Array>>, rows: number): number {
  if (!["dot", "reduceSum", "overlapAdd", "scatterAdd"].includes(op.name)) return 0;
  const absolute = Object.fromEntries(Object.entries(values).map(([key, data]) => [key, data.map(Math.abs)]));
  return Math.max(0, ...runGraph(source, { rows, values: absolute, precision: "double" }).results.y0.data);
}
