// .h5 files that a real Keras 3 wrote beside its .keras files: each is the same Model, and gives what its expected numbers say, as plain
// JavaScript and in lanes. Models of Keras 1 and 2 that people trained are among those of models.test.ts.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { open } from "../../src/formats/index.ts";
import type { Ported } from "../executors.ts";
import { fed, layerCases } from "../fixtures/read.ts";
import { expectPorts } from "../ports.ts";
import { part, start } from "./cases.ts";

const goldens = layerCases().taken.filter((one) => existsSync(h5Of(one.case)));
function h5Of(name: string): string {
  return join(part("keras-goldens"), "layers", `${name}.h5`);
}

it("has such files", () => {
  expect(goldens.length).toBeGreaterThanOrEqual(40);
});

describe.each(["js", "simd"] as const)("%s", (target) => {
  it.each(goldens)("$case", ({ case: name, model, input, output, tolerance: allowed }) => {
    const { training: _, ...opened } = open(readFileSync(h5Of(name)), `${name}.h5`);
    expect(opened).toEqual(model);
    expectPorts(start<Ported>(opened, { target }).predict(fed(input)), fed(output), allowed, name);
  });
});
