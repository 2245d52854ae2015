// The nodes of a TensorFlow graph as JSON. In: `modelTopology` of a graph-model, which nobody vouches for. Out: nodes by name, what each
// takes, and its attributes in plain terms. Guarantee: nothing is taken for another thing: an attribute of another form is an error.
//
//   {name, op, input: ["conv/weights", "split:1", "^before"], attr: {strides: {list: {i: ["1", …]}}, padding: {s: "U0FNRQ=="}, …}}
//
// Text is base64 of bytes, or the codes of its letters, or plain in files that people made. Whole numbers may be strings. What begins with
// `^` is an order of running, and no value.
// https://github.com/tensorflow/tfjs/blob/master/tfjs-converter/src/operations/operation_mapper.ts
import * as z from "zod";
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../../compiler/diagnostics/plain.ts";
import { shorten } from "../../header.ts";

/** A result of a node. */
export interface Reference {
  readonly node: string;
  readonly result: number;
}
/** A node of the graph. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Reference[];
  readonly attrs: Attrs;
}

const schema = z.array(
  z.looseObject({
    name: z.string().min(1),
    op: z.string(),
    input: z.array(z.string()).nullish(),
    attr: z.record(z.string(), z.unknown()).nullish(),
  }),
);

/** Nodes by name, in the file's order. Throws CompileError format/spec. */
export function readNodes(topology: unknown): ReadonlyMap<string, NodeDef> {
  const list = isPlain(topology) ? topology.node : undefined;
  const parsed = schema.safeParse(list);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = ["modelTopology.node", ...issue.path.map(String)].join(".");
    throw new CompileError({
      code: "format/spec",
      path,
      message: `a graph is a list of {name, op, input, attr}: ${issue.message}`,
    });
  }
  const nodes = new Map<string, NodeDef>();
  for (const { name, op, input, attr } of parsed.data) {
    if (nodes.has(name)) failNode(name, "the graph has two nodes of this name");
    const inputs = (input ?? []).filter((text) => !text.startsWith("^")).map(referenceOf);
    nodes.set(name, { name, op, inputs, attrs: new Attrs(name, attr ?? {}) });
  }
  return nodes;
}

/** `split:1` is the second result of `split`. */
export function referenceOf(text: string): Reference {
  const found = /^(.+):(\d{1,4})$/s.exec(text);
  return found === null ? { node: text, result: 0 } : { node: found[1], result: Number(found[2]) };
}

/** Throws a CompileError at a node. */
export function failNode(node: string, message: string): never {
  throw new CompileError({ code: "format/spec", path: shorten(node), message });
}

/** What a node says beside its inputs. Every question names the value of what is left out; undefined: it must be there. */
export class Attrs {
  readonly #node: string;
  readonly #attrs: Readonly<Record<string, unknown>>;

  constructor(node: string, attrs: Readonly<Record<string, unknown>>) {
    this.#node = node;
    this.#attrs = attrs;
  }

  number(name: string, standard?: number): number {
    const given = this.#of(name);
    if (given === undefined) return this.#absent(name, standard);
    return numberOf(given.f ?? given.i) ?? this.#wrong(name, "a number");
  }

  boolean(name: string, standard?: boolean): boolean {
    const given = this.#of(name);
    if (given === undefined) return this.#absent(name, standard);
    // What is false or 0 may have been left out of the JSON.
    const value = given.b ?? false;
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false");
  }

  numbers(name: string, standard?: readonly number[]): readonly number[] {
    const given = this.#of(name);
    if (given === undefined) return this.#absent(name, standard);
    const list = isPlain(given.list) ? (given.list.i ?? given.list.f ?? []) : undefined;
    const numbers = Array.isArray(list) ? list.map(numberOf) : [undefined];
    return numbers.includes(undefined) ? this.#wrong(name, "a list of numbers") : (numbers as number[]);
  }

  text(name: string, standard?: string): string {
    const given = this.#of(name);
    if (given === undefined) return this.#absent(name, standard);
    return textOf(given.s) ?? this.#wrong(name, "text");
  }

  texts(name: string, standard: readonly string[] = []): readonly string[] {
    const given = this.#of(name);
    if (given === undefined) return standard;
    const list = isPlain(given.list) ? (given.list.s ?? []) : undefined;
    const texts = Array.isArray(list) ? list.map(textOf) : [undefined];
    return texts.includes(undefined) ? this.#wrong(name, "a list of texts") : (texts as string[]);
  }

  /** A type's name in the graph, such as `DT_FLOAT`. */
  type(name: string, standard?: string): string {
    const given = this.#of(name);
    if (given === undefined) return this.#absent(name, standard);
    return typeName(given.type ?? 0) ?? this.#wrong(name, "a type");
  }

  /** Sizes, −1 where one is open; undefined where not even their number is known. */
  shape(name: string): readonly number[] | undefined {
    const given = this.#of(name);
    return given === undefined ? undefined : shapeOf(given.shape, () => this.#wrong(name, "a shape"));
  }

  /** All that says something to a definition: numbers, texts, true or false, and lists of them. */
  plain(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      Object.keys(this.#attrs).flatMap((name): [string, unknown][] => {
        const given = this.#of(name) ?? {};
        if (given.b !== undefined) return [[name, this.boolean(name)]];
        if (given.s !== undefined) return [[name, this.text(name)]];
        if (given.f !== undefined || given.i !== undefined) return [[name, this.number(name)]];
        if (!isPlain(given.list)) return [];
        if (given.list.s !== undefined) return [[name, this.texts(name)]];
        return given.list.f === undefined && given.list.i === undefined ? [] : [[name, this.numbers(name)]];
      }),
    );
  }

  #of(name: string): Readonly<Record<string, unknown>> | undefined {
    const given = Object.hasOwn(this.#attrs, name) ? this.#attrs[name] : undefined;
    if (given === undefined || given === null) return undefined;
    return isPlain(given) ? given : this.#wrong(name, "an object");
  }

  #absent<T>(name: string, standard: T | undefined): T {
    return standard ?? failNode(this.#node, `the node does not say its ${name}`);
  }

  #wrong(name: string, wanted: string): never {
    return failNode(this.#node, `${shorten(name)} needs ${wanted}`);
  }
}

/** A shape as the graph spells it; `wrong` where it is none. */
export function shapeOf(given: unknown, wrong: () => never): readonly number[] | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isPlain(given)) return wrong();
  if (given.unknownRank === true || given.unknown_rank === true) return undefined;
  const sizes = (Array.isArray(given.dim) ? given.dim : []).map((dim: unknown) =>
    isPlain(dim) ? numberOf(dim.size ?? 0) : undefined,
  );
  return sizes.every((size) => Number.isSafeInteger(size)) ? (sizes as number[]) : wrong();
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  if (value === "NaN") return Number.NaN;
  return /^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$/i.test(value) ? Number(value) : undefined;
}

/** By their numbers in the graph. */
const types: readonly string[] = ["DT_INVALID", "DT_FLOAT", "DT_DOUBLE", "DT_INT32", "DT_UINT8", "DT_INT16", "DT_INT8", "DT_STRING", "DT_COMPLEX64", "DT_INT64", "DT_BOOL"]; // biome-ignore format: one list

/** The name of a type that is a name or a number; undefined where it is neither. */
export function typeName(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? (types[value] ?? `type ${value}`) : undefined;
}

const isReadable = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const isText = value.length < 2 ** 16 && value.every((code) => Number.isInteger(code) && code >= 0 && code < 256);
    return isText ? String.fromCharCode(...(value as number[])) : undefined;
  }
  if (typeof value !== "string") return undefined;
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return value;
  // A word such as SAME is base64 too, but of nothing that could be read.
  const text = atob(value);
  return isReadable(text) ? text : value;
}
