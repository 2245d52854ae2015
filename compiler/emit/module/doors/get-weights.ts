// `getWeights()`: copies of all weights, and the constants that say what they are.
import { Code, commas, comment, js } from "../../code.ts";
import { type Door, rowShape, shapeText } from "./door.ts";

/** Copies in Keras' order. */
export const getWeights: Door = {
  name: "getWeights",
  when: ({ options }) => options.train,
  // `slice` of a subarray copies from the start of the memory on some engines.
  text: ({ parts: { weights }, scene }) => js`const weights = [${commas(weights.map(({ buffer }) => scene.bufferId(buffer)))}];
const weightShapes = [${commas(weights.map(({ shape }) => rowShape(shape)))}];
function getWeights() {
  return weights.map((values) => {
    const own = new Float32Array(values.length);
    own.set(values);
    return own;
  });
}`,
  says: ({ weights }) => {
    const list = weights.map(({ name, shape }) => ` * ${comment(`${name} ${shapeText(shape).text}`).text.slice(3)}`);
    return js`/**
 * Copies, in this order:
${new Code(list.join("\n"))}
 */
getWeights(): Float32Array[];`;
  },
};
