// What a module keeps from call to call, given away and taken back by name. In: buffers and what callers call them. Out: text of the two
// functions, which copy; all of it or nothing is set.
import { Code, commas, js, type Name, name, record } from "../../code.ts";
import type { Kept } from "../parts.ts";
import { rowShape, type Site } from "./door.ts";

/** The lists behind the two functions, as the text calls them. */
export interface Lists {
  readonly names: Name;
  readonly values: Name;
  readonly shapes: Name;
}
/** `stateNames`, `states`, `stateShapes`. */
export const listsOf = (one: string, several: string): Lists => ({
  names: name(`${one}Names`),
  values: name(several),
  shapes: name(`${one}Shapes`),
});

/** The function `id()`: copies by name. */
export const getText = (id: Name, { names, values }: Lists, all: readonly Kept[], { scene }: Site): Code =>
  js`const ${names} = [${commas(all.map((one) => js`${one.name}`))}], ${values} = [${commas(all.map(({ buffer }) => scene.bufferId(buffer)))}];
function ${id}() {
  const state = {};
  for (let i = 0; i < ${values}.length; i++) {
    state[${names}[i]] = new Float32Array(${values}[i].length);
    state[${names}[i]].set(${values}[i]);
  }
  return state;
}`;

/** The function `id(state)`: takes what the other gives. */
export function setText(id: Name, { names, values, shapes }: Lists, all: readonly Kept[], { scene }: Site): Code {
  const { kind, portsOf, rowsOf } = scene.helpers;
  return js`const ${shapes} = [${commas(all.map(({ shape }) => rowShape(shape)))}];
function ${id}(state) {
  const known = {};
  ${names}.forEach((key) => {
    known[key] = [];
  });
  ${portsOf()}("state", state, known);
  // Read and checked as a whole before the first is written.
  const given = ${values}.map((values, i) => {
    const what = 'state["' + ${names}[i] + '"]', value = state[${names}[i]];
    if (!value || typeof value !== "object") throw new TypeError(what + ": wanted " + values.length + " numbers, got " + ${kind()}(value));
    return ${rowsOf()}(what, [value], ${shapes}[i]);
  });
  for (let i = 0; i < ${values}.length; i++) ${values}[i].set(given[i]);
}`;
}

/** The type of what is given away. */
export const keptType = (all: readonly Pick<Kept, "name">[]): Code =>
  all.length === 0 ? js`{}` : record(all.map((one) => [one.name, new Code("Float32Array")]));
