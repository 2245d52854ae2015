// Which column goes where. In: the columns of a file, the inputs of a model, what was asked for. Out: a cell for each number or text of a row, and
// the columns of the answers. Guarantee: names decide, and order only where a model has none; a name that is not there is an error with the
// nearest one.
import type { Port } from "../../compiler/artifact.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { About } from "../../compiler/model.ts";
import { failAt } from "../data/table.ts";
import type { Cell, Field, ResultColumn } from "./define.ts";

/** Names of columns: of the only input, or by input. */
export type Features = readonly string[] | Readonly<Record<string, readonly string[]>>;

interface Table {
  readonly file: string;
  readonly fields: readonly Field[];
}

/** Throws CompileError data/column. */
export function bind(table: Table, inputs: readonly Port[], about: About | undefined, asked?: Features): readonly Cell[] {
  const given = asked === undefined ? undefined : byPort(inputs, asked);
  return inputs.flatMap((port) => {
    const own = given?.[port.name] ?? namesOf(about?.features, port);
    const cells = own === undefined ? unnamed(table, port, inputs.length === 1) : named(table, port, own);
    if (cells.length === sizeOf(port.shape)) return cells;
    return failAt(table, {}, "data/column", `${cells.length} columns are given, the input ${JSON.stringify(port.name)} takes ${sizeOf(port.shape)} values`, "choose them by --features a,b,c"); // biome-ignore format: one line
  });
}

function byPort(inputs: readonly Port[], asked: Features): Readonly<Record<string, readonly string[]>> {
  const names = inputs.map(({ name }) => name);
  const fail = (message: string, hint: string): never => {
    throw new CompileError({ code: "data/column", path: "features", message, hint });
  };
  if (isList(asked)) {
    if (inputs.length === 1) return { [names[0]]: asked };
    return fail(`the model has ${names.length} inputs: ${names.join(", ")}`, `give --features ${names[0]}=column,… for each`);
  }
  const strange = Object.keys(asked).find((name) => !names.includes(name));
  return strange === undefined ? asked : fail(`the model has no input ${JSON.stringify(strange)}`, suggestionFor(strange, names));
}
const isList = (asked: Features): asked is readonly string[] => Array.isArray(asked);

/** Names of every number of a row, where the model has them. */
const namesOf = (
  by: Readonly<Record<string, readonly string[]>> | undefined,
  { name, shape }: Port,
): readonly string[] | undefined =>
  by !== undefined && Object.hasOwn(by, name) && by[name].length === sizeOf(shape) ? by[name] : undefined;

/** A column by name; `Origin=USA` is a word of the column Origin, `x[3]` a place in the lists of x, as a trained model calls them. */
function named(table: Table, port: Port, names: readonly string[]): readonly Cell[] {
  const field = (name: string): Field | undefined => table.fields.find((one) => one.name === name);
  return names.flatMap((name): Cell[] => {
    const own = field(name);
    if (own !== undefined) return whole(table, port, own);
    const [, column = "", word = ""] = /^(.+?)=(.*)$/s.exec(name) ?? [];
    if (field(column)?.kind === "text") {
      const among = names.flatMap((other) => (other.startsWith(`${column}=`) ? [other.slice(column.length + 1)] : []));
      return [{ column, as: "is", word, among }];
    }
    const [, list = "", index = ""] = /^(.+)\[(\d+)\]$/s.exec(name) ?? [];
    if (field(list)?.kind === "list") {
      const of = names.filter((other) => other.startsWith(`${list}[`)).length;
      return [{ column: list, as: "item", index: Number(index), of }];
    }
    return failAt(table, {}, "data/column", `there is no column ${JSON.stringify(name)}`, suggestionFor(name, table.fields.map((one) => one.name))); // biome-ignore format: one line
  });
}

/** A model without names: a column called as the input, or all columns where they are as many as it takes. */
function unnamed(table: Table, port: Port, isOnly: boolean): readonly Cell[] {
  const size = sizeOf(port.shape);
  const own = table.fields.find(({ name }) => name === port.name);
  if (own !== undefined && (size === 1 || own.kind === "list")) return whole(table, port, own);
  if (isOnly && table.fields.length === size) return table.fields.flatMap((field) => whole(table, port, field));
  const has = `the file has ${table.fields.length} column${table.fields.length === 1 ? "" : "s"}, the input ${JSON.stringify(port.name)} takes ${size} values a row`;
  return failAt(table, {}, "data/column", isOnly ? has : `there is no column ${JSON.stringify(port.name)}`, "choose them by --features a,b,c, or give the model about: { features }"); // biome-ignore format: one line
}

/** All that a column holds. */
function whole(table: Table, port: Port, { name, kind, type }: Field): Cell[] {
  const wanted = port.type === "string" ? "text" : "number";
  if (kind === wanted) return [{ column: name, as: wanted }];
  const of = sizeOf(port.shape);
  if (kind === "list" && wanted === "number")
    return Array.from({ length: of }, (_, index) => ({ column: name, as: "item", index, of }));
  return failAt(table, { column: name }, "data/column", `holds ${type}, and ${wanted}s are wanted`, "choose other columns by --features"); // biome-ignore format: one line
}

/** What is written for each output: a column, or one for each class or number. */
export function resultColumns(outputs: readonly Port[], about: About | undefined, prefix: string): readonly ResultColumn[] {
  return outputs.flatMap((port) => {
    const size = sizeOf(port.shape);
    const isText = port.type === "string";
    if (size === 1) return [{ name: prefix + port.name, isText }];
    const classes = namesOf(about?.classes, port);
    return Array.from({ length: size }, (_, i) => ({ name: `${prefix}${port.name}_${classes?.[i] ?? i}`, isText }));
  });
}

/** Columns of the file that go over. Throws CompileError data/column where one is not there, or has the name of an answer. */
export function kept(table: Table, asked: readonly string[] | undefined, columns: readonly ResultColumn[]): readonly string[] {
  const names = table.fields.map(({ name }) => name);
  const missing = asked?.find((name) => !names.includes(name));
  if (missing !== undefined)
    failAt(table, {}, "data/column", `there is no column ${JSON.stringify(missing)} to keep`, suggestionFor(missing, names));
  const all = asked ?? names;
  // Engines of SQL tell no capitals from small letters.
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const twice = columns.find(({ name }) => all.some((one) => same(one, name)));
  if (twice !== undefined)
    failAt(table, { column: twice.name }, "data/column", "the file has a column of the name of an answer", "call the answers otherwise by --prefix, or leave the column out by --keep"); // biome-ignore format: one line
  return all;
}
