// `setWeights(list)`: all weights or none.
import { js, lines, literal } from "../../code.ts";
import { type Door, outdated } from "./door.ts";

/** Takes what getWeights gives. */
export const setWeights: Door = {
  name: "setWeights",
  when: ({ options }) => options.train,
  text: (site) => {
    const { parts, scene } = site;
    const { kind, rowsOf } = scene.helpers;
    const count = parts.weights.length;
    return js`function setWeights(list) {
  if (!list || typeof list !== "object" || !(list.length >= 0)) throw new TypeError("weights: wanted a list of ${literal(count)} arrays, got " + ${kind()}(list));
  if (list.length !== ${count}) throw new RangeError("weights: wanted ${literal(count)} arrays, got " + list.length);
  // Read and checked as a whole before the first is written.
  const given = weights.map((values, i) => {
    const what = "weights[" + i + "] (" + weightNames[i] + ")", value = list[i];
    if (!value || typeof value !== "object") throw new TypeError(what + ": wanted " + values.length + " numbers, got " + ${kind()}(value));
    return ${rowsOf()}(what, [value], weightShapes[i]);
  });
  for (let i = 0; i < ${count}; i++) weights[i].set(given[i]);
  ${lines(outdated(site))}
}`;
  },
  says: () => js`/** Takes what getWeights gives, flat or nested; all of it is checked before anything is written. The optimizer's state stays. */
setWeights(list: readonly Rows[]): void;`,
};
