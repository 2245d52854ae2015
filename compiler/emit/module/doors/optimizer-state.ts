// `getOptimizerState()` and `setOptimizerState(state)`: what an optimizer keeps from step to step, by name, so that a training can be put
// away and gone on with. All of it or nothing is set.
import { Code, commas, js, record } from "../../code.ts";
import type { Door, Site } from "./door.ts";

/** Buffers that live from call to call and are no weights: slots, running products, the count of steps. */
const statesOf = ({ parts: { program }, scene }: Site) =>
  program.buffers.filter(({ role, name }) => role === "state" && scene.isNamed(name));

/** Copies by name. */
export const getOptimizerState: Door = {
  name: "getOptimizerState",
  when: ({ options }) => options.train,
  text: (site) => {
    const all = statesOf(site);
    return js`const stateNames = [${commas(all.map(({ name }) => js`${name}`))}], states = [${commas(all.map(({ name }) => site.scene.bufferId(name)))}];
function getOptimizerState() {
  const state = {};
  for (let i = 0; i < states.length; i++) {
    state[stateNames[i]] = new Float32Array(states[i].length);
    state[stateNames[i]].set(states[i]);
  }
  return state;
}`;
  },
  says: ({ program }) => {
    const all = program.buffers.filter(({ role }) => role === "state");
    return js`/** Copies of what the optimizer keeps from step to step. */
getOptimizerState(): ${all.length === 0 ? js`{}` : record(all.map(({ name }) => [name, new Code("Float32Array")]))};`;
  },
};

/** Takes what getOptimizerState gives. */
export const setOptimizerState: Door = {
  name: "setOptimizerState",
  when: ({ options }) => options.train,
  text: ({ scene }) => {
    const { portsOf, rowsOf } = scene.helpers;
    return js`function setOptimizerState(state) {
  const known = {};
  stateNames.forEach((key) => {
    known[key] = [];
  });
  ${portsOf()}("state", state, known);
  // Read and checked as a whole before the first is written.
  const given = states.map((values, i) => ${rowsOf()}('state["' + stateNames[i] + '"]', [state[stateNames[i]]], [values.length]));
  for (let i = 0; i < states.length; i++) states[i].set(given[i]);
}`;
  },
  says: () => js`/** Takes what getOptimizerState gives; all of it is checked before anything is written. */
setOptimizerState(state: { readonly [name: string]: Rows }): void;`,
};
