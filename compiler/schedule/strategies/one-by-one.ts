// What is left: every point by itself, in the order of the map. It takes any nest.
import type { Strategy } from "./define.ts";

export const oneByOne: Strategy = {
  name: "one-by-one",
  says: "every point by itself, in order: short sums, sums over an unknown number of rows, scattered results",
  when: ({ order }) => ({ order, tile: [] }),
  sample: {
    target: "js",
    nest: `map i < 3
reduce k < 4
fold add f64(x[4*i + k]) from 0
store y[i] = acc`,
  },
};
