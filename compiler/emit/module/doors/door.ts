// What a door is: a function or constant that a module shows, as a row of a table. Everything a caller can reach is one.
import type { Port } from "../../../artifact.ts";
import { internal } from "../../../diagnostics/error.ts";
import type { Entry } from "../../../program/program.ts";
import { Code, js, literal, type Name, none } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";
import type { Scene } from "../scene.ts";

/** What a door's text is made from: the module's parts, and what stands in it already. */
export interface Site {
  readonly parts: ModuleParts;
  readonly scene: Scene;
}

/** One export of a module. */
export interface Door {
  readonly name: string;
  /** Whether the module has it. */
  readonly when: (parts: ModuleParts) => boolean;
  /** Its function, with what only it needs; no text where something else declares it. */
  readonly text: (site: Site) => Code;
  /** As a member of the interface Model, with its comment. */
  readonly says: (parts: ModuleParts) => Code;
}

/** `[28, 28, 1]`, as a literal and as a type. */
export const shapeText = (shape: readonly number[]): Code => new Code(`[${shape.map((size) => literal(size).text).join(", ")}]`);

/** The shape of a row for `rowsOf`: a single number may stand in a list of its own. */
export const rowShape = (shape: readonly number[]): Code => shapeText(shape.length === 0 ? [1] : shape);

/** An entry of the program; internal where it must be there and is not. */
export const entryOf = ({ parts: { program } }: Site, entry: string): Entry =>
  program.entries.find(({ name }) => name === entry) ?? internal(`the program has no entry ${entry}`);
/** An entry that not every module has. */
export const maybeEntry = ({ parts: { program } }: Site, entry: string): Entry | undefined =>
  program.entries.find(({ name }) => name === entry);

/** What a module computes of weights alone, in order. */
const preparing = (site: Site): readonly Entry[] => ["restore", "prepare"].flatMap((entry) => maybeEntry(site, entry) ?? []);

/** Once in a module: what depends on weights alone, where it is not shipped. */
export function prepareText(site: Site): Code {
  const entries = preparing(site);
  if (entries.length === 0) return none;
  return js`// What depends on weights alone is computed when it is asked for${site.parts.options.train ? ", and again after they changed" : ""}.
let stale = true;
function prepare() {
  if (!stale) return;
  ${entries.map((entry) => site.scene.calls(entry))}
  stale = false;
}`;
}

/** What is to run before weights are read: what depends on them alone is computed again after they changed. */
export const prepared = (site: Site): Code => (preparing(site).length === 0 ? none : js`prepare();`);
/** What is to run after weights changed. */
export const outdated = (site: Site): Code => (preparing(site).length === 0 ? none : js`stale = true;`);

/** The statement that checks whole numbers of a port, where it holds such; `what` names it, and where its range stands in `ranges`. */
export const checkRange = ({ scene }: Site, { range }: Port, what: string, values: Name, size: number): Code =>
  range === undefined ? none : js`${scene.helpers.whole()}(${what}, ${values}, ${size}, ranges.${new Code(what)});`;
