// Models that people trained, of every format: each file that the folder has expected numbers for gives them, as plain JavaScript and in
// lanes. What layerc does not open is refused, and the table of exemptions says so.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import { open } from "../../src/formats/index.ts";
import { expectClose } from "../close.ts";
import type { Ported } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { part, start } from "./cases.ts";

const root = part("models");

interface Expected {
  readonly input_shapes: readonly (readonly number[])[];
  readonly input_rule: string;
  readonly output: readonly number[];
}
interface Case extends Expected {
  readonly name: string;
  readonly folder: string;
  readonly file: string;
}

const cases = readdirSync(root).flatMap((name): readonly Case[] => {
  const folder = join(root, name);
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Readonly<Record<string, Expected>>;
  // Those of ONNX have names of inputs, and numbers to be corrected: onnx-node.test.ts asks them.
  const files = Object.entries(expected).filter(([file]) => !file.endsWith(".onnx"));
  return files.map(([file, numbers]) => ({ name: `${name}/${file}`, folder, file, ...numbers }));
});

/** The Model of a file, or why there is none. */
function openedOf({ folder, file }: Case): Model | string {
  const beside = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined);
  try {
    return open(readFileSync(join(folder, file)), file, { beside });
  } catch (error) {
    if (error instanceof CompileError) return error.code;
    throw error;
  }
}

const read = cases.map((given) => ({ ...given, model: openedOf(given) }));
const taken = read.flatMap((given) => (typeof given.model === "string" ? [] : [{ ...given, model: given.model }]));

it("opens every file", () => {
  expect(readdirSync(root).length).toBeGreaterThanOrEqual(13);
  expect(read.flatMap(({ name, model }) => (typeof model === "string" ? [[name, model] as const] : []))).toEqual([]);
});

/** The numbers of an input by its rule: a fraction of 1009, or a whole number below a limit. */
function ruled(rule: string, count: number): Float32Array {
  const below = /^integer .* mod (\d+)$/.exec(rule)?.[1];
  if (below === undefined && !rule.startsWith("(i*7919 mod 1009)/1009")) throw new Error(`no such rule: ${rule}`);
  const at = (i: number): number => (i * 7919) % 1009;
  return Float32Array.from({ length: count }, (_, i) => (below === undefined ? at(i) / 1009 : at(i) % Number(below)));
}

describe.each(["js", "simd"] as const)("%s", (target) => {
  it.each(taken)("$name", ({ name, model, input_shapes: shapes, input_rule: rule, output }) => {
    const { inputs } = resolve(model).predict;
    const given = shapes.map((shape) => ruled(rule, sizeOf(shape)));
    const x = given.length === 1 ? given[0] : Object.fromEntries(inputs.map((port, i) => [port.name, given[i]]));
    const y = start<Ported>(model, { target }).predict(x) as Float32Array;
    expectClose(y.subarray(0, output.length), output, standard.layers, name);
  });
});
