// The cases of the keras.js project that are made of what layerc has, compiled and run, against what a Keras 2 computed.
import { describe, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import { expectClose } from "../close.ts";
import type { Ported } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { streamer } from "../streams/run.ts";
import { options, part, start } from "./cases.ts";
import { kerasJs } from "./keras-js.ts";

const choice = kerasJs(part("keras-js"));

it("takes every case but those of the table", () => {
  console.log(showChoice("keras-js", choice));
  expectRefused(choice.left, ["keras-js-stateful"]);
});

describe.each(options)("$name", ({ options: given }) => {
  it.each(choice.taken.filter(({ calls }) => calls > 1))("$case, call after call", ({ case: name, model, x, y, calls }) => {
    const [{ shape }] = resolve(model).predict.inputs;
    const stream = streamer(model, { ...given, chunk: shape[0] });
    const results = Array.from({ length: calls }, () => Float32Array.from(stream.step(x) as Float32Array));
    expectClose(results[calls - 1], y, standard.layers, name);
  });

  it.each(choice.taken.filter(({ calls }) => calls === 1))("$case", ({ case: name, model, x, y }) => {
    expectClose(start<Ported>(model, given).predict(x) as Float32Array, y, standard.layers, name);
  });
});
