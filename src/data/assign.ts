// Which columns fill which port. In: a table, the ports of a model, and what was asked for. Out: names of columns by port. Guarantee: each
// name is a column of the table; a column that is a target, a weight, a group or without a name is nobody's feature by itself.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { columnOf, failAt, type Table } from "./table.ts";

/** An input as data fill it. */
export interface InputPort {
  readonly name: string;
  /** Of a row. */
  readonly shape: readonly number[];
  readonly type?: "string";
}

/** What an output is held against, and what its loss takes that for. */
export interface TargetPort {
  readonly name: string;
  /** Of a row. */
  readonly shape: readonly number[];
  /** The place of a class, a 1 at its place, numbers in 0..1, or any. */
  readonly takes: "index" | "distribution" | "probabilities" | "numbers";
  /** Size of the output's last axis. */
  readonly classes: number;
  /** A label that stands for none. */
  readonly ignore?: number;
  /** Names of the classes, where the model has some. */
  readonly names?: readonly string[];
}

/** Names of columns: of the only port, or by port. */
export type ByPort = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** What is asked of a table. */
export interface Asked {
  readonly inputs: readonly InputPort[];
  readonly targets: readonly TargetPort[];
  /** Default: all columns that are nothing else; of several inputs the columns of their names. */
  readonly features?: ByPort;
  readonly target: ByPort;
  /** How much each row counts. */
  readonly weight?: string;
  /** No features either. */
  readonly without?: readonly string[];
  /** Rows follow each other in time: a target's past is a feature, and by default the only one. */
  readonly isSeries?: boolean;
}

/** Columns by port. */
export interface Assigned {
  readonly inputs: readonly (readonly [port: InputPort, columns: readonly string[]])[];
  readonly targets: readonly (readonly [port: TargetPort, columns: readonly string[]])[];
  readonly weight?: string;
}

/** Throws CompileError data/column. */
export function assign(
  table: Table,
  { inputs, targets, features, target, weight, without = [], isSeries = false }: Asked,
): Assigned {
  const aims = targetsBy(targets, target);
  const taken = new Set([...aims.flatMap(([, columns]) => columns), ...(weight === undefined ? [] : [weight]), ...without]);
  const past = isSeries && inputs.length === 1 ? aims.flatMap(([, columns]) => columns) : undefined;
  const asked = features ?? past;
  const given = asked === undefined ? defaults(table, inputs, taken) : byPort(inputs, asked, "features");
  const all = [...aims.flatMap(([, columns]) => columns), ...given.flatMap(([, columns]) => columns), ...taken];
  for (const name of all) columnOf(table, name);
  for (const [port, columns] of given) {
    if (columns.length === 0) failAt(table, {}, "data/column", `no column is left for the input ${JSON.stringify(port.name)}`);
    const target = columns.find((name) => aims.some(([, own]) => own.includes(name)));
    if (target !== undefined && !isSeries)
      failAt(table, { column: target }, "data/column", "the column is a target, and no feature besides");
  }
  return { inputs: given, targets: aims, ...(weight === undefined ? {} : { weight }) };
}

function defaults(table: Table, inputs: readonly InputPort[], taken: ReadonlySet<string>): Assigned["inputs"] {
  if (inputs.length > 1) return inputs.map((port) => [port, [port.name]]);
  const free = table.columns.filter(({ name, isUnnamed }) => !taken.has(name) && isUnnamed !== true);
  return [[inputs[0], free.map(({ name }) => name)]];
}

/** As many columns as outputs are one for each, in order or by name; for the only output all are its own. */
function targetsBy(ports: readonly TargetPort[], given: ByPort): Assigned["targets"] {
  if (!isList(given) || ports.length === 1) return byPort(ports, given, "target");
  if (given.length !== ports.length) {
    const names = ports.map(({ name }) => name);
    throw new CompileError({
      code: "data/column",
      path: "target",
      message: `${given.length} columns are given for ${ports.length} outputs: ${names.join(", ")}`,
      hint: `give --target ${names.map((name) => `${name}=column`).join(" --target ")}`,
    });
  }
  const areNames = ports.every(({ name }) => given.includes(name));
  return ports.map((port, i) => [port, [areNames ? port.name : given[i]]]);
}

function byPort<P extends { readonly name: string }>(
  ports: readonly P[],
  given: ByPort,
  what: string,
): readonly (readonly [P, readonly string[]])[] {
  const fail = (message: string, hint: string): never => {
    throw new CompileError({ code: "data/column", path: what, message, hint });
  };
  const names = ports.map(({ name }) => name);
  if (isList(given)) {
    if (ports.length === 1) return [[ports[0], given]];
    return fail(`the model has ${ports.length} inputs: ${names.join(", ")}`, `give --${what} ${names[0]}=column,… for each`);
  }
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange !== undefined) fail(`the model has no port ${JSON.stringify(strange)}`, suggestionFor(strange, names));
  return ports.map((port) => [port, Object.hasOwn(given, port.name) ? given[port.name] : fail(`nothing is given for ${JSON.stringify(port.name)}`, `give --${what} ${port.name}=column`)]); // biome-ignore format: one line
}

const isList = (given: ByPort): given is readonly string[] => Array.isArray(given);

/** All columns that are asked for. */
export const columnsOf = ({ inputs, targets, weight }: Assigned): readonly string[] => [
  ...new Set([...[...inputs, ...targets].flatMap(([, columns]) => columns), ...(weight === undefined ? [] : [weight])]),
];
