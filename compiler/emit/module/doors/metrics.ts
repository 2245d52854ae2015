// `resetMetrics()` and `getMetrics()`: what trainStep has seen since the last reset, as means over its rows, or made of sums over them.
// Keras' names.
import { js, name, none } from "../../code.ts";
import type { Door } from "./door.ts";
import { logsOf, shownOf, talliesLength } from "./training.ts";
import { logsType } from "./types.ts";

/** Begins a new mean. */
export const resetMetrics: Door = {
  name: "resetMetrics",
  when: ({ options }) => options.train,
  text: ({ parts }) => js`function resetMetrics() {
  totals.fill(0);
  counts.fill(0);
  ${talliesLength(parts) > 0 ? js`tallies.fill(0);` : none}
}`,
  says: () => js`/** Forgets the steps so far: an epoch begins. */
resetMetrics(): void;`,
};

/** The means so far. */
export const getMetrics: Door = {
  name: "getMetrics",
  when: ({ options }) => options.train,
  text: (site) => js`function getMetrics() {
  return ${shownOf(site, name("totals"), name("counts"), name("tallies"))};
}`,
  says: (parts) => js`/** The mean losses of the rows that trainStep has seen since the last reset; 0 where there are none. */
getMetrics(): ${logsType(logsOf(parts))};`,
};
