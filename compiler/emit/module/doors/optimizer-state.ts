// `getOptimizerState()` and `setOptimizerState(state)`: what an optimizer keeps from step to step, by name, so that a training can be put
// away and gone on with.
import { js, name } from "../../code.ts";
import type { Kept, ModuleParts } from "../parts.ts";
import type { Door } from "./door.ts";
import { getText, keptType, listsOf, setText } from "./kept.ts";

const lists = listsOf("state", "states");

/** Buffers that live from call to call and are neither weights nor a stream's: slots, running products, the count of steps. */
const statesOf = ({ program, stream }: ModuleParts): readonly Kept[] => {
  const streams = new Set(stream?.states.map(({ buffer }) => buffer));
  return program.buffers
    .filter(({ role, name: buffer }) => role === "state" && !streams.has(buffer))
    .map(({ name: buffer, length }) => ({ name: buffer, buffer, shape: [length] }));
};

/** Copies by name. */
export const getOptimizerState: Door = {
  name: "getOptimizerState",
  when: ({ options }) => options.train,
  text: (site) => getText(name("getOptimizerState"), lists, statesOf(site.parts), site),
  says: (parts) => js`/** Copies of what the optimizer keeps from step to step. */
getOptimizerState(): ${keptType(statesOf(parts))};`,
};

/** Takes what getOptimizerState gives. */
export const setOptimizerState: Door = {
  name: "setOptimizerState",
  when: ({ options }) => options.train,
  text: (site) => setText(name("setOptimizerState"), lists, statesOf(site.parts), site),
  says: () => js`/** Takes what getOptimizerState gives; all of it is checked before anything is written. */
setOptimizerState(state: { readonly [name: string]: Rows }): void;`,
};
