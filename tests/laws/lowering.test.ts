// Law: what a nest computes is what the op's `eval` says. Every primitive of the list, alone in a graph, planned and lowered
// in both precisions, against the reference: |error| <= (T + 4)·2^-24·Σ|terms|, T additions in sequence (1 with f64).
import { describe, expect, test } from "vitest";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import { bindShape, graph, sizeOf } from "../../compiler/ir/graph.ts";
import { build, ops } from "../../compiler/ops/index.ts";
import { plan } from "../../compiler/plan/plan.ts";
import { verifyPlan } from "../../compiler/plan/verify.ts";
import { assemble } from "../../compiler/program/assemble.ts";
import { random } from "../../compiler/random.ts";

const lowered = Object.values(ops).filter(
  (op) => op.kind === "primitive" && op.lower.kind !== "source" && op.lower.kind !== "scan",
);
const seen = new Map<string, number>();

describe("op lowering", () => {
  test.each(lowered.map((op) => [op.name, op] as const))("%s", (name, op) => {
    const noise = random(77);
    for (let round = 0; round < 30; round++) {
      const sample = op.sample(noise);
      const rows = noise.integer(1, 5);
      const g = build();
      const inputs = sample.inputs.map((type, i) => g.input({ name: `in${i}`, shape: [...type.shape] }));
      const y = g.node(name, inputs, sample.attrs);
      const source = graph("single", [["y", y]]);
      const values: Record<string, Float32Array> = {};
      sample.inputs.forEach((type, i) => {
        const limit = sample.integers?.[i];
        values[`in${i}`] = Float32Array.from({ length: sizeOf(bindShape(type.shape, rows)) }, () =>
          limit === undefined ? draw(noise.uniform()) : noise.integer(0, limit - 1),
        );
      });
      const want = runGraph(source, { rows, values, precision: "double" }).results.y.data;
      const scale = termScale(source, values, rows);
      for (const fmt of ["f64", "f32"] as const) {
        for (const symbolic of [false, true]) {
          const made = plan(source, { rows: symbolic ? { max: 6 } : rows });
          verifyPlan(made);
          const { program, tables } = assemble([{ entry: "run", plan: made }], { name: "single", fmt, prepared: new Set() });
          const machine = createMachine(program, { constants: tables });
          for (const [input, data] of Object.entries(values)) machine.buffers.get(input)?.set(data);
          machine.run("run", symbolic ? { n: rows } : {});
          const got = machine.buffers.get("y") as Float32Array;
          const terms = fmt === "f64" ? 1 : Math.max(...Object.values(values).map(({ length }) => length), 1);
          want.forEach((wanted, i) => {
            const bound = (terms + 4) * 2 ** -24 * Math.max(Math.abs(wanted), scale);
            const right =
              Object.is(wanted, got[i]) ||
              Math.abs(wanted - got[i]) <= bound ||
              (Number.isNaN(wanted) && Number.isNaN(got[i])) ||
              Math.fround(wanted) === got[i];
            if (!right) expect.fail(`${name} ${JSON.stringify(sample.attrs)} ${fmt} element ${i}: ${got[i]}, not ${wanted}`);
          });
        }
      }
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  });

  test("every primitive with loops was lowered", () => {
    expect([...seen.keys()].sort()).toEqual(lowered.map(({ name }) => name).sort());
  });
});

/** Magnitudes from 2^-3 to 2^3, both signs. */
const draw = (u: number): number => (u < 0.5 ? -1 : 1) * 2 ** (((u * 997) % 1) * 6 - 3);

/** Σ|terms| of the largest element: the op on absolute values where it sums, else 0. */
function termScale(source: ReturnType<typeof graph>, values: Readonly<Record<string, Float32Array>>, rows: number): number {
  const { op } = source.nodes[source.nodes.length - 1];
  if (!["dot", "reduceSum", "overlapAdd", "scatterAdd"].includes(op)) return 0;
  const absolute = Object.fromEntries(Object.entries(values).map(([key, data]) => [key, data.map(Math.abs)]));
  return runGraph(source, { rows, values: absolute, precision: "double" }).results.y.data.reduce((a, b) => Math.max(a, b), 0);
}
