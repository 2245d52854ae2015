// `selfTest()`: the golden rows that the module carries along, computed and compared. Where training may have changed this instance,
// a fresh one is asked.
import { invariant } from "../../../diagnostics/error.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { Code, commas, js, none } from "../../code.ts";
import { selfTestFunction } from "../golden.ts";
import { createParams } from "../parts.ts";
import type { Door } from "./door.ts";
import { spelledOf } from "./ports.ts";

/** The largest error of the rows carried along. */
export const selfTest: Door = {
  name: "selfTest",
  when: (parts) => parts.selfTest !== undefined,
  text: (site) => {
    const { parts, scene } = site;
    const { selfTest: test, options, inputs, outputs } = parts;
    invariant(test !== undefined, "there are no golden rows");
    const { unpack, math } = scene.helpers;
    const instance = options.train ? js`create(${commas(createParams(parts))}).` : none;
    const words = spelledOf(site).map((own) => own?.words);
    const outputSize = outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return selfTestFunction(test, { inputs, outputs, words, outputSize, instance, math, unpack });
  },
  says: ({ options }) => {
    const which = options.train ? ", with the weights the module came with" : "";
    return js`/** Computes the rows carried along${new Code(which)}; gives the largest error, or throws an Error that names the output, its row and how far it may be off. */
selfTest(): number;`;
  },
};

/** What rounding the weights does at the rows carried along, on this engine; the text of selfTest has it. */
export const rounding: Door = {
  name: "rounding",
  when: (parts) => parts.selfTest?.given !== undefined,
  text: () => none,
  says: ({
    options,
  }) => js`/** Runs selfTest, and gives the largest difference of its answers from those with weights that are not rounded. */
rounding(): { readonly type: ${options.weightsType}; readonly worst: number };`,
};
