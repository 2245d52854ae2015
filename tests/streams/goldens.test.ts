// Keras' stateful models, call after call: chunks as long as its batches, a stream for each row.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { expectClose } from "../close.ts";
import { expectRefused } from "../exemptions.ts";
import { type Floats, floats } from "../fixtures/floats.ts";
import { layerCases } from "../fixtures/read.ts";
import { rowsFrom } from "../ports.ts";
import { streamExecutors } from "./run.ts";

const stateful = layerCases().taken.filter(({ calls }) => calls !== undefined);
const lengthOf = ({ model }: (typeof stateful)[number]): number => resolve(model).predict.inputs[0].shape[0];
/** Why it cannot be, where it cannot. */
const refusal = (one: (typeof stateful)[number]): string | undefined => {
  try {
    resolve(one.model).stream(lengthOf(one));
    return undefined;
  } catch (error) {
    if (error instanceof CompileError && error.code === "stream/refused") return error.diagnostic.message;
    throw error;
  }
};

it("takes every case but those of the table", () => {
  expect(stateful.length).toBeGreaterThanOrEqual(10);
  expectRefused(stateful.flatMap((one) => (refusal(one) === undefined ? [] : [[one.case, refusal(one) as string] as const])), ["keras-stateful-ahead"]); // biome-ignore format: one line
});

describe.each(stateful.filter((one) => refusal(one) === undefined))("$case", (one) => {
  it.each(streamExecutors)("$name", ({ start }) => {
    const [input] = resolve(one.model).predict.inputs;
    const [{ name: output }] = resolve(one.model).predict.outputs;
    const rows = one.calls?.[0].input.shape[0] ?? 0;
    for (let row = 0; row < rows; row++) {
      const stream = start(one.model, lengthOf(one));
      for (const [i, call] of (one.calls ?? []).entries()) {
        if (call.reset) stream.reset();
        const found = stream.step({ [input.name]: rowsFrom(floats(call.input as Floats), rows, row, 1) })[output];
        expectClose(found, rowsFrom(floats(call.output as Floats), rows, row, 1), one.tolerance, `call ${i}, row ${row}`);
      }
    }
  });
});
