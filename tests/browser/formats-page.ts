// What the page of formats.test.ts runs: a file is opened, compiled and asked, all in the page. Nothing of Node is there.
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import { open } from "../../src/formats/index.ts";

/** Bytes as text, and back. */
const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** What the model of a file gives for a row of every input; `beside`: the other files of its folder. */
export function ask(
  file: string,
  name: string,
  beside: Readonly<Record<string, string>>,
  inputShape: readonly number[],
): readonly number[][] {
  const model = open(bytesOf(file), name, {
    beside: (path) => (Object.hasOwn(beside, path) ? bytesOf(beside[path]) : undefined),
    ...(inputShape.length === 0 ? {} : { inputShape }),
  });
  const resolved = resolve(model);
  const { inputs } = resolved.predict;
  const rows = inputs.map(({ shape }, k) => {
    const limit = resolved.limitOf(k);
    return Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
      limit === undefined ? Math.fround(((7 * i + 3 * k) % 11) / 11) : i % limit,
    );
  });
  const module = load<PortPredictor>(compile(model, { target: "js", selfTest: false }));
  const y = module.predict(inputs.length === 1 ? rows[0] : Object.fromEntries(inputs.map((input, i) => [input.name, rows[i]])));
  return y instanceof Float32Array ? [[...y]] : Object.values(y).map((values) => [...values]);
}

Object.assign(globalThis, { ask });
