// The cases of the keras.js project that are made of what layerc has, compiled and run, against what a Keras 2 computed.
import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import type { Ported } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { options, part, start } from "./cases.ts";
import { kerasJs } from "./keras-js.ts";

const choice = kerasJs(part("keras-js"));

it("takes every case it can say", () => {
  console.log(showChoice("keras-js", choice));
  expectRefused(choice.left, ["keras-js-class", "keras-js-stateful", "keras-js-channels-first"]);
});

describe.each(options)("$name", ({ options: given }) => {
  it.each(choice.taken)("$case", ({ case: name, model, x, y }) => {
    expectClose(start<Ported>(model, given).predict(x) as Float32Array, y, standard.layers, name);
  });
});
