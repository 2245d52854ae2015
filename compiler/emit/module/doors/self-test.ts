// `selfTest()`: the golden rows that the module carries, computed and compared. Where training may have changed this instance, a
// fresh one is asked.
import { invariant } from "../../../diagnostics/error.ts";
import { Code, commas, js, none } from "../../code.ts";
import { createParams } from "../parts.ts";
import { floats, numbers } from "../weights.ts";
import type { Door } from "./door.ts";

/** The largest error of the rows carried along. */
export const selfTest: Door = {
  name: "selfTest",
  when: (parts) => parts.selfTest !== undefined,
  text: ({ parts, scene }) => {
    const { selfTest: test, options } = parts;
    invariant(test !== undefined, "there are no golden rows");
    const { unpack, math } = scene.helpers;
    const [abs, max] = [math("abs"), math("max")];
    const instance = options.train ? js`create(${commas(createParams(parts))}).` : none;
    return js`function selfTest() {
  const y = ${floats(test.y, unpack)};
  const out = ${instance}predict(${numbers(test.x, unpack)});
  let scale = 1, error = 0;
  for (let i = 0; i < y.length; i++) {
    scale = ${max}(scale, ${abs}(y[i]));
    error = ${max}(error, ${abs}(out[i] - y[i]));
  }
  if (!(error <= 1e-5 * scale)) throw new Error("selfTest: largest error " + error);
  return error;
}`;
  },
  says: ({ options }) => {
    const which = options.train ? ", with the weights the module came with" : "";
    return js`/** Computes the rows carried along${new Code(which)}; gives the largest error, or throws when it is above 1e-5 * max(1, max|y|). */
selfTest(): number;`;
  },
};
