// Ports in a module's text: how a caller's rows become arrays of numbers, one for each input of the entries. In: ports and feeds. Out:
// statements over names. A single port is the argument itself (`x`); of several, the argument is an object by name (`x.price`), each of
// whose properties is read once. Texts and whole numbers become numbers of the Graph here, by the encoder of their feed.
import type { Port } from "../../../artifact.ts";
import type { Feed } from "../../../front/steps.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { Code, commas, js, lines, literal, member, type Name, name, none, quote } from "../../code.ts";
import { encoderText } from "../encoders/encoder.ts";
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
  /** Numbers that encoders take: they are read as doubles. */
  readonly isWhole: boolean;
}

/** The ports of an argument; `single`: it is the rows of its only port, and no object. */
export function slotsOf(
  { helpers }: Scene,
  argument: string,
  ports: readonly Port[],
  single = ports.length === 1,
  feeds: readonly Feed[] = [],
): readonly Slot[] {
  return ports.map((port, i) => ({
    port,
    isWhole: port.type !== "string" && feeds.some(({ encoder, ports: taken }) => encoder !== undefined && taken.includes(i)),
    id: single ? name(argument) : helpers.names.unique(`${argument}_${port.name}`),
    what: single ? argument : argument + member(port.name).text,
    size: sizeOf(port.shape),
  }));
}

/** An output whose numbers are words for the caller. */
export interface Spelled {
  /** What the caller gets. */
  readonly list: Name;
  readonly numbers: Name;
  /** The words in the text. */
  readonly words: Name;
  readonly unknown: string;
}
const spelled = new WeakMap<Scene, readonly (Spelled | undefined)[]>();
/** Where an output of a module is words: their list stands once. */
export function spelledOf({ parts: { outputs, words }, scene }: Site): readonly (Spelled | undefined)[] {
  const made =
    spelled.get(scene) ??
    slotsOf(scene, "out", outputs).map(({ id, port }, i): Spelled | undefined => {
      const own = words[i];
      if (own === undefined) return undefined;
      const [numbers, list] = ["ids", "words"].map((part) => scene.helpers.names.unique(`${port.name}_${part}`));
      return { list: id, numbers, words: list, unknown: own.unknown };
    });
  spelled.set(scene, made);
  return made;
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
  const read = ({ port, id, what, size, isWhole }: Slot, isExact: boolean): Code => {
    if (isWhole) return js`${id} = ${helpers.wholesOf()}(${text(what)}, ${id}, ${rowShape(port.shape)});`;
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
  /** Tables of encoders: declarations that stand once. */
  readonly tables: Code;
  /** Statements that encode. */
  readonly before: Code;
}
const known = new WeakMap<Scene, Inputs>();
/** The same names and tables for all functions of a module. */
export function inputsOf({ parts: { feeds, inputs }, scene }: Site): Inputs {
  const made = known.get(scene);
  if (made !== undefined) return made;
  const { helpers } = scene;
  const slots = slotsOf(scene, "x", inputs, inputs.length === 1, feeds);
  const tables: Code[] = [];
  const before: Code[] = [];
  const fed = feeds.map(({ name: own, ports, encoder, shape }: Feed): Fed => {
    const [{ id: items, size, isWhole }] = ports.map((port) => slots[port]);
    if (encoder === undefined && !isWhole) return { name: own, id: items, size };
    const id = helpers.names.unique(`${own}_ids`);
    if (encoder === undefined) {
      before.push(js`const ${id} = new Float32Array(${items});`);
      return { name: own, id, size };
    }
    const sources = ports.map((port) => ({ ...slots[port], isText: inputs[port].type === "string" }));
    const { table, numbers } = encoderText(encoder, { helpers, hint: own, sources });
    tables.push(table);
    before.push(js`const ${id} = ${numbers};`);
    return { name: own, id, size: sizeOf(shape) };
  });
  const all: Inputs = { slots, fed, tables: lines(...tables), before: lines(...before) };
  known.set(scene, all);
  return all;
}
