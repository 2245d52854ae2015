// What `--input` was given, for each input of a model. In: the values of the flag, `rows.csv` or `a=rows.csv`, and the model's ports. Out:
// rows by port, as numbers or texts, and as what the Graph's inputs take. Guarantee: every input is given once, all have as many rows,
// and a text that a layer does not know is refused with its row.
import type { Port } from "../../compiler/artifact.ts";
import { isPlain } from "../../compiler/diagnostics/plain.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { encode, type Refuse } from "../../compiler/encode/encode.ts";
import type { Feed } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { failInput } from "../data/input.ts";
import { type Find, readSource, rowsOf, type Source, type Values } from "./rows.ts";

/** Rows of a model's inputs. */
export interface Inputs {
  readonly rows: number;
  /** In the order of the ports. */
  readonly values: readonly Values[];
}

/** The rows that the flags give. Throws CompileError `format/input`. */
export function readInputs(given: readonly string[], ports: readonly Port[]): Inputs {
  const sources = sourcesOf(given, ports);
  const values = ports.map((port, i) => rowsOf(sources[i], port));
  const counts = ports.map(({ shape }, i) => values[i].length / sizeOf(shape));
  const other = counts.findIndex((rows) => rows !== counts[0]);
  if (other > 0)
    failInput(
      `${ports[other].name} has ${showRows(counts[other])}, ${ports[0].name} has ${counts[0]}`,
      "give as many rows for every input",
    );
  return { rows: counts[0], values };
}

const showRows = (rows: number): string => `${rows} row${rows === 1 ? "" : "s"}`;

/** A value of the flag: `a=rows.csv` is for the input a, and so is no file of that name. */
export function nameIn(given: string, names: readonly string[]): readonly [name: string | undefined, given: string] {
  const name = names.find((one) => given.startsWith(`${one}=`));
  return name === undefined ? [undefined, given] : [name, given.slice(name.length + 1)];
}

/** Where the rows of each port are, in their order. */
function sourcesOf(given: readonly string[], ports: readonly Port[]): readonly Source[] {
  const names = ports.map(({ name }) => name);
  const hint = hintFor(ports);
  const found = new Map<string, Source>();
  const put = (name: string, source: Source): void => {
    if (found.has(name)) failInput(`the input ${JSON.stringify(name)} is given twice`, "give each input once");
    found.set(name, source);
  };
  for (const one of given) {
    const [name, rest] = nameIn(one, names);
    if (name !== undefined) {
      put(name, readSource(rest, `${name}: `));
      continue;
    }
    refuseName(one, names);
    const source = readSource(rest);
    if (source.kind === "json" && isPlain(source.value)) {
      for (const [key, value] of Object.entries(source.value)) {
        if (!names.includes(key)) failName(key, names);
        put(key, { ...source, value, label: `${source.label}${key}: `, ...(source.find && { find: within(source.find, key) }) });
      }
    } else if (source.kind === "arrays" && !source.arrays.has("") && (names.length > 1 || source.arrays.has(names[0]))) {
      for (const [key, array] of source.arrays) {
        if (!names.includes(key)) failName(key, names);
        put(key, { kind: "arrays", arrays: new Map([[key, array]]), label: `${source.label}: ${key}`, file: source.file });
      }
    } else if (names.length === 1) put(names[0], source);
    else failInput(`the model has ${names.length} inputs (${names.join(", ")}), and the rows do not say whose they are`, hint);
  }
  return ports.map(({ name }) => found.get(name) ?? failInput(`the input ${JSON.stringify(name)} has no rows`, hint));
}

const within =
  (find: Find, key: string): Find =>
  (steps) =>
    find([key, ...steps]);

const hintFor = ([first, ...others]: readonly Port[]): string => {
  const rows = ({ type }: Port) => (type === "string" ? '["…"]' : "[…]");
  if (others.length === 0) return `give --input '${rows(first)}'`;
  const one = others[0];
  return `give --input ${first.name}=rows.csv --input '${one.name}=${rows(one)}', or an object by name: --input '{"${first.name}": ${rows(first)}, …}'`;
};

/** A word with `=` behind it is meant as a name where inputs have such, or where it is nearly one. */
function refuseName(given: string, names: readonly string[]): void {
  const name = /^([^\s=/\\[{]+)=/.exec(given)?.[1];
  if (name !== undefined && (names.length > 1 || /=\s*\[/.test(given))) failName(name, names);
}

const failName = (name: string, names: readonly string[]): never =>
  failInput(`the model has no input ${JSON.stringify(name)}: it has ${names.join(", ")}`, suggestionFor(name, names));

/** What the Graph's inputs take: numbers as they are, and what encoders make of texts and whole numbers. */
export function feedsOf(
  feeds: readonly Feed[],
  { values }: Inputs,
  ports: readonly Port[],
): Readonly<Record<string, Float32Array>> {
  const made = feeds.map(({ name, ports: taken, encoder }): [string, Float32Array] => {
    const columns = taken.map((port) => values[port]);
    if (encoder === undefined) return [name, columns[0] as Float32Array];
    const refuse: Refuse = (input, place, wanted) => {
      const { name: port, shape } = ports[taken[input]];
      const [item, size] = [columns[input][place], sizeOf(shape)];
      const where = `${port}: row ${Math.floor(place / size) + 1}, place ${(place % size) + 1}`;
      const known = encoder.kind === "lookup" ? encoder.vocabulary.map(String) : [];
      return failInput(`${where} holds ${JSON.stringify(item)}, wanted is ${wanted}`, suggestionFor(String(item), known));
    };
    return [name, encode(encoder, columns, refuse)];
  });
  return Object.fromEntries(made);
}
