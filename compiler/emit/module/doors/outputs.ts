// The arrays that a function of a module writes its answer to: the caller's `out`, checked, or new ones. In: slots of the outputs. Out:
// statements; words are spelled when the numbers are there.
import { Code, commas, js, member, type Name, quote, record } from "../../code.ts";
import { times } from "../routes.ts";
import type { Site } from "./door.ts";
import type { Slot, Spelled } from "./ports.ts";

/** Leaves an array in every slot, and in `out` what is returned. */
export const outputsOf = (site: Site, outputs: readonly Slot[], words: readonly (Spelled | undefined)[], rows: Rows): Code =>
  outputs.length === 1 ? oneOutput(site, outputs[0], words[0], rows) : severalOutputs(site, outputs, words, rows);

/** How many rows an array holds: the text's `rows`, or one. */
type Rows = Name | 1;
const numbers = (rows: Rows, size: number): Code => (rows === 1 ? js`${size}` : times(rows, size));

/** `"out: wanted 6 numbers, got "`. */
const said = (rows: Rows, size: number): Code =>
  rows === 1
    ? new Code(quote(`out: wanted ${size} numbers, got `))
    : js`"out: wanted " + ${numbers(rows, size)} + " numbers, got "`;

/** The array that is given, or a new one. */
function oneOutput({ scene }: Site, { id, size }: Slot, words: Spelled | undefined, rows: Rows): Code {
  const { kind, listOf } = scene.helpers;
  const wanted = numbers(rows, size);
  if (words !== undefined)
    return js`out = ${listOf()}("out", out) || [];
const ${id} = new Float32Array(${wanted});`;
  return js`if (${id} === undefined) ${id} = new Float32Array(${wanted});
else if (!(${id} instanceof Float32Array) && ${kind()}(${id}) !== "Float32Array") throw new TypeError("out: wanted a Float32Array, got " + ${kind()}(${id}));
else if (${id}.length !== ${wanted}) throw new RangeError(${said(rows, size)} + ${id}.length);`;
}

/** An object of arrays; what it does not name is not written. */
function severalOutputs({ scene }: Site, outputs: readonly Slot[], words: readonly (Spelled | undefined)[], rows: Rows): Code {
  const { helpers } = scene;
  const fresh = ({ size }: Slot): Code => js`new Float32Array(${numbers(rows, size)})`;
  const made = record(outputs.map((slot, i) => [slot.port.name, words[i] === undefined ? fresh(slot) : js`[]`]));
  const given = outputs.flatMap((slot, i): Code[] => {
    const { id, what, size, port } = slot;
    const own = words[i];
    if (own === undefined) return [js`${id} = ${helpers.outOf()}(${what}, out${member(port.name)}, ${numbers(rows, size)})`];
    return [js`${own.list} = ${helpers.listOf()}(${what}, out${member(port.name)})`, js`${id} = ${own.list} && ${fresh(slot)}`];
  });
  return js`if (out === undefined) out = ${made};
else ${helpers.portsOf()}("out", out, outputs);
const ${commas(given)};`;
}

/** Numbers as the words that the caller gets. */
export function spelling({ scene }: Site, own: Spelled | undefined, optional: boolean): Code | undefined {
  if (own === undefined) return undefined;
  const { list, numbers, words, unknown } = own;
  const put = js`${scene.helpers.spell()}(${numbers}, ${words}, ${new Code(quote(unknown))}, ${list});`;
  return optional ? js`if (${list}) ${put}` : put;
}
