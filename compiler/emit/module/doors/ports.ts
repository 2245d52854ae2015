// Ports in a module's text: how a caller's rows become arrays of numbers, one for each input of the entries. In: ports and feeds. Out:
// statements over names. A single port is the argument itself (`x`); of several, the argument is an object by name (`x.price`), each of
// whose properties is read once. Text becomes numbers here, through the table of its feed.
import type { Port } from "../../../artifact.ts";
import type { Feed } from "../../../front/steps.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { Code, commas, js, lines, literal, member, type Name, name, none, quote } from "../../code.ts";
import { times } from "../routes.ts";
import type { Scene } from "../scene.ts";
import { checkRange, rowShape, type Site } from "./door.ts";

/** A port, as the text of one argument sees it. */
export interface Slot {
  readonly port: Port;
  /** Its rows in the text. */
  readonly id: Name;
  /** What errors call it: `x`, `x.price`. */
  readonly what: string;
  /** Numbers, or texts, of a row. */
  readonly size: number;
}

/** The ports of an argument; `single`: it is the rows of its only port, and no object. */
export function slotsOf(
  { helpers }: Scene,
  argument: string,
  ports: readonly Port[],
  single = ports.length === 1,
): readonly Slot[] {
  return ports.map((port) => ({
    port,
    id: single ? name(argument) : helpers.names.unique(`${argument}_${port.name}`),
    what: single ? argument : argument + member(port.name).text,
    size: sizeOf(port.shape),
  }));
}

/** A string among other code. */
const text = (value: string): Code => new Code(quote(value));
/** Takes the argument apart, where it has several ports: each is a variable of its own from here on. `shapes`: the constant that has them. */
export function takeApart(
  { helpers }: Scene,
  argument: string,
  shapes: "inputs" | "targets",
  slots: readonly Slot[],
  single = slots.length === 1,
): Code {
  if (single) return none;
  const read = commas(slots.map(({ id, port }) => js`${id} = ${name(argument)}${member(port.name)}`));
  return js`${helpers.portsOf()}(${text(argument)}, ${name(argument)}, ${name(shapes)});
let ${read};`;
}

/** `x.length / 2`; of one number each `x.length`. */
const rowsIn = ({ id, size }: Slot): Code => js`${id}.length${size === 1 ? none : js` / ${size}`}`;

/** Reads the rows of every slot; leaves their number in `rows`, which all have in common. */
export function readSlots(site: Site, slots: readonly Slot[]): Code {
  const { helpers } = site.scene;
  const [first, ...others] = slots;
  const read = ({ port, id, what, size }: Slot, isExact: boolean): Code => {
    if (port.type === "string") return js`${id} = ${helpers.textsOf()}(${text(what)}, ${id}, ${rowShape(port.shape)});`;
    const broken = isExact && size > 1 ? js` || ${id}.length % ${size}` : none;
    return js`if (!(${id} instanceof Float32Array) || !${id}.length${broken}) ${id} = ${helpers.rowsOf()}(${text(what)}, ${id}, ${rowShape(port.shape)});`;
  };
  return lines(
    read(first, true),
    js`const rows = ${rowsIn(first)};`,
    ...others.flatMap((slot) => [read(slot, false), agree(slot, first)]),
    ...slots.map(({ port, id, what, size }) => checkRange(site, port, what, id, size)),
  );
}

/** Throws where a slot has other rows than the first. */
export function agree({ id, what, size }: Slot, first: Slot): Code {
  const wanted = times(name("rows"), size);
  return js`if (${id}.length !== ${wanted}) throw new RangeError(${text(`${what}: wanted `)} + ${wanted} + ${text(` numbers, ${literal(size).text} per row of ${first.what}, got `)} + ${id}.length);`;
}

/** The numbers that an input of the entries takes. */
export interface Fed {
  readonly name: string;
  readonly id: Name;
  readonly size: number;
}
/** The inputs of a module in its text. */
export interface Inputs {
  readonly slots: readonly Slot[];
  readonly fed: readonly Fed[];
  /** Tables of words: declarations that stand once. */
  readonly tables: Code;
  /** Statements that make numbers of texts. */
  readonly before: Code;
}
const known = new WeakMap<Scene, Inputs>();
/** The same names and tables for all functions of a module. */
export function inputsOf({ parts: { feeds, inputs }, scene }: Site): Inputs {
  const made = known.get(scene);
  if (made !== undefined) return made;
  const { helpers } = scene;
  const slots = slotsOf(scene, "x", inputs);
  const tables: Code[] = [];
  const before: Code[] = [];
  const fed = feeds.map(({ name: own, port, table }: Feed): Fed => {
    const { id: texts, what, size } = slots[port];
    if (table === undefined) return { name: own, id: texts, size };
    const [id, words, ids] = ["ids", "words", "numbers"].map((part) => helpers.names.unique(`${own}_${part}`));
    const sorted = table.words.map((word, i) => ({ word, id: table.ids[i] })).sort((a, b) => (a.word < b.word ? -1 : 1));
    tables.push(js`const ${words} = [${commas(sorted.map(({ word }) => text(word)))}];
const ${ids} = [${commas(sorted.map((one) => literal(one.id)))}];`);
    const unknown = table.unknown === undefined ? js`undefined` : literal(table.unknown);
    before.push(js`const ${id} = ${helpers.lookUp()}(${text(what)}, ${texts}, ${size}, ${words}, ${ids}, ${unknown});`);
    return { name: own, id, size: sizeOf(table.shape) };
  });
  const all: Inputs = { slots, fed, tables: lines(...tables), before: lines(...before) };
  known.set(scene, all);
  return all;
}
