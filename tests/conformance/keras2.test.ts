// .h5 files: those that a real Keras 3 wrote beside its .keras files, and models of Keras 1 and 2 that people trained. Each gives what its
// expected numbers say, as plain JavaScript and in lanes.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { open } from "../../src/formats/index.ts";
import { expectClose } from "../close.ts";
import type { Ported } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { fed, layerCases } from "../fixtures/read.ts";
import { expectPorts } from "../ports.ts";
import { part, start } from "./cases.ts";

const goldens = layerCases().taken.filter((one) => existsSync(h5Of(one.case)));
const models = readdirSync(part("models")).flatMap((folder) =>
  readdirSync(join(part("models"), folder))
    .filter((name) => /\.(h5|hdf5)$/.test(name))
    .map((name) => ({ folder, name })),
);

function h5Of(name: string): string {
  return join(part("keras-goldens"), "layers", `${name}.h5`);
}

interface Expected {
  readonly input_shapes: readonly (readonly number[])[];
  readonly input_rule: string;
  readonly output: readonly number[];
}
/** The numbers of an input by its rule: a fraction of 1009, or a whole number below a limit. */
function ruled(rule: string, count: number): Float32Array {
  const below = /^integer .* mod (\d+)$/.exec(rule)?.[1];
  if (below === undefined && rule !== "(i*7919 mod 1009)/1009") throw new Error(`no such rule: ${rule}`);
  const at = (i: number): number => (i * 7919) % 1009;
  return Float32Array.from({ length: count }, (_, i) => (below === undefined ? at(i) / 1009 : at(i) % Number(below)));
}

it("has files of both kinds", () => {
  expect(goldens.length).toBeGreaterThanOrEqual(40);
  expect(models.length).toBeGreaterThanOrEqual(4);
});

describe.each(["js", "simd"] as const)("%s", (target) => {
  it.each(goldens)("$case", ({ case: name, model, input, output, tolerance: allowed }) => {
    const { training: _, ...opened } = open(readFileSync(h5Of(name)), `${name}.h5`);
    expect(opened).toEqual(model);
    expectPorts(start<Ported>(opened, { target }).predict(fed(input)), fed(output), allowed, name);
  });

  it.each(models)("$folder/$name", ({ folder, name }) => {
    const at = join(part("models"), folder);
    const model = open(readFileSync(join(at, name)), name);
    const expected = (JSON.parse(readFileSync(join(at, "expected.json"), "utf8")) as Readonly<Record<string, Expected>>)[name];
    const ports = resolve(model).predict.inputs;
    const inputs = expected.input_shapes.map(([, ...shape]) => ruled(expected.input_rule, sizeOf(shape)));
    const x = inputs.length === 1 ? inputs[0] : Object.fromEntries(ports.map((port, i) => [port.name, inputs[i]]));
    const y = start<Ported>(model, { target }).predict(x) as Float32Array;
    expectClose(y.subarray(0, expected.output.length), expected.output, standard.layers, name);
  });
});
