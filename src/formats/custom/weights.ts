// The variables of a custom layer as the weights of its definition's lines. In: the weights of these lines, and the file's variables. Out: numbers
// for every weight. Guarantee: every variable is used, by a weight of its shape, or the definition's own function says where all go; where
// neither names nor order tell, the file is refused.
//
//   in folders     by the names of sublayers, which are the attributes of the Python class; what is left has to lie in one place, and
//                  goes in order: the layer's own variables, or a sublayer and its numbered likes (dense, dense_1, …)
//   in a list      by names where the names of all lines are there; else in order, what is trained before what is not, as Keras has it

import { append } from "../../../compiler/base/groups.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Weight } from "../../../compiler/front/params.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import { sameShape, showShape, sizeOf } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import { readRows } from "../../../runtime/rows.ts";
import { type Given, steppedOver } from "../define.ts";
import type { Custom, Variable } from "./define.ts";
import { ran, wrong } from "./lines.ts";

/** How a format keeps the variables of a layer. */
export type Keeping = "folders" | "list";
type Pairs = readonly (readonly [Weight, Variable])[];
/** A weight or a variable with the names that are left of its path. */
interface At<T> {
  readonly parts: readonly string[];
  readonly item: T;
}

const quote = (text: string): string => JSON.stringify(text);

/** The weights that belong to custom layers, taken out of a list. */
export function partedBy(
  weights: readonly Weight[],
  customs: readonly Custom[],
): { readonly rest: readonly Weight[]; readonly of: ReadonlyMap<Custom, readonly Weight[]> } {
  const of = new Map<Custom, Weight[]>();
  const rest: Weight[] = [];
  for (const weight of weights) {
    const custom = customs.find(({ owner }) => owner === "" || weight.name.startsWith(`${owner}/`));
    if (custom === undefined) rest.push(weight);
    else append(of, custom, weight);
  }
  return { rest, of };
}

/** The weights of a model; an error in lines that a definition gave says so. */
export function resolvedWeights(model: Model, customs: readonly Custom[]): readonly Weight[] {
  try {
    return resolve(model).weights;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const [, index] = /^layers\[(\d+)\]/.exec(error.path) ?? [];
    const line = index === undefined ? undefined : (model.layers[Number(index)]?.name ?? "");
    const custom = customs.find(({ owner }) => owner === "" || owner === line || owner.startsWith(`${line}/`));
    if (line === undefined || custom === undefined) throw error;
    const note = `the lines there are what the definition of ${quote(custom.className)} gives for the layer ${quote(custom.name)}`;
    throw error.with({ note });
  }
}

/** Numbers for the weights of all custom layers, by name. Throws CompileError format/custom-layer. */
export function customValues(
  { of }: ReturnType<typeof partedBy>,
  customs: readonly Custom[],
  variablesOf: (custom: Custom) => readonly Variable[],
  keeping: Keeping,
  refuse?: Given["refuse"],
): readonly (readonly [name: string, values: Float32Array])[] {
  return customs.flatMap((custom) => {
    const values = () => valuesOf(custom, of.get(custom) ?? [], variablesOf(custom), keeping);
    return steppedOver(refuse, values, () => []);
  });
}

function valuesOf(custom: Custom, weights: readonly Weight[], variables: readonly Variable[], keeping: Keeping) {
  if (custom.weights !== undefined) return told(custom, weights, custom.weights, variables);
  if (variables.length === 0 && custom.own !== undefined) return told(custom, weights, () => custom.own ?? {}, variables);
  const short = weights.map((weight): At<Weight> => {
    const within = weight.spec.within === undefined ? [] : weight.spec.within.split("/");
    return { parts: [...shortName(custom, weight).split("/").slice(0, -1), ...within], item: weight };
  });
  const held = variables.map((variable): At<Variable> => ({ parts: variable.name.split("/").slice(0, -1), item: variable }));
  const pairs = keeping === "folders" ? inFolders(custom, short, held) : inList(custom, short, held);
  return pairs.map(([weight, variable]) => {
    if (sameShape(weight.shape, variable.shape)) return [weight.name, variable.values] as const;
    const problem = `needs shape ${showShape(weight.shape)} for ${quote(shortName(custom, weight))}, the file gives ${showShape(variable.shape)} in ${quote(variable.name)}`;
    throw wrong(custom, problem, hint);
  });
}

const hint =
  "list the lines in the order of the file's variables, give them the names of its sublayers, or give { layers, weights: (variables) => … }";
const shortName = ({ owner }: Custom, { name }: Weight): string => (owner === "" ? name : name.slice(owner.length + 1));

/** What the definition's own function says. */
function told(custom: Custom, weights: readonly Weight[], given: NonNullable<Custom["weights"]>, variables: readonly Variable[]) {
  const found: unknown = ran(custom, () => given(variables));
  if (typeof found !== "object" || found === null) throw wrong(custom, "gives weights that are no object by name");
  const names = weights.map((weight) => shortName(custom, weight));
  const strange = Object.keys(found).find((name) => !names.includes(name));
  if (strange !== undefined)
    throw wrong(custom, `gives the weight ${quote(strange)}, its lines have ${names.map(quote).join(", ") || "none"}`);
  return weights.map(({ name, shape }, i) => {
    if (!Object.hasOwn(found, names[i])) throw wrong(custom, `gives no weight ${quote(names[i])}`);
    const fail = (message: string): CompileError =>
      wrong(custom, `gives a weight ${quote(names[i])} that does not fit: ${message}`);
    const value = (found as Readonly<Record<string, unknown>>)[names[i]];
    const { values } = readRows(names[i], value, {
      shape: shape.slice(1),
      into: Float32Array,
      error: (_, message) => fail(message),
    });
    if (values.length !== sizeOf(shape))
      throw fail(`wanted ${sizeOf(shape)} numbers of shape ${showShape(shape)}, found ${values.length}`);
    return [name, values] as const;
  });
}

/** By the names of sublayers, level by level; what is left goes in order where it lies in one place. */
function inFolders(custom: Custom, weights: readonly At<Weight>[], variables: readonly At<Variable>[]): Pairs {
  const names = [...new Set(weights.flatMap(({ parts }) => parts.slice(0, 1)))].filter((name) =>
    variables.some(({ parts }) => parts[0] === name),
  );
  const below = <T>(list: readonly At<T>[], name: string): readonly At<T>[] =>
    list.filter(({ parts }) => parts[0] === name).map(({ parts, item }) => ({ parts: parts.slice(1), item }));
  const left = <T>(list: readonly At<T>[]) => list.filter(({ parts }) => !names.includes(parts[0]));
  const matched = names.flatMap((name) => inFolders(custom, below(weights, name), below(variables, name)));
  const [more, unread] = [left(weights), left(variables)];
  const strangers = unread.filter(({ parts }) => parts.length > 0);
  // Half of the names may be chance: lines without names are called dense and dense_1, and so are attributes.
  if (names.length > 0 && strangers.length > 0) throw noLines(custom, strangers);
  // A Sequential keeps its layers one step further in.
  const isInside = names.length === 0 && unread.length > 0 && unread.every(({ parts }) => parts[0] === "layers");
  if (isInside) return inFolders(custom, more, below(unread, "layers"));
  return [...matched, ...inPlace(custom, more, unread)];
}

/** The error of sublayers that no line is called after, where nothing else says whose their variables are. */
function noLines(custom: Custom, variables: readonly At<Variable>[]): CompileError {
  const found = variables.map(({ item }) => item.name.slice(0, item.name.lastIndexOf("/")) || "vars");
  const shown = [...new Set(found)].slice(0, 6).map(quote).join(", ");
  return wrong(custom, `has no lines of these names, and the file holds variables in ${shown}`, hint);
}

/** Of what lies in one place, in its order. */
function inPlace(custom: Custom, weights: readonly At<Weight>[], variables: readonly At<Variable>[]): Pairs {
  const placeOf = ({ parts }: At<Variable>): string => parts.join("/").replace(/_\d+$/, "");
  const places = [...new Set(variables.map(placeOf))];
  if (places.length > 1) throw noLines(custom, variables);
  const number = ({ parts }: At<Variable>): number => Number(/_(\d+)$/.exec(parts.at(-1) ?? "")?.[1] ?? 0);
  const sorted = variables.toSorted((a, b) => number(a) - number(b));
  const items = weights.map(({ item }) => item);
  return inOrder(custom, sorted.some(({ parts }) => parts.length > 0) ? items : trainedFirst(custom, items), sorted);
}

/** By names where those of all lines are there, else in order. */
function inList(custom: Custom, weights: readonly At<Weight>[], variables: readonly At<Variable>[]): Pairs {
  const lines = [...new Set(weights.flatMap(({ parts }) => parts.slice(0, 1)))];
  const ofLine = (line: string) => variables.filter(({ parts }) => parts.includes(line));
  const isNamed =
    lines.length > 0 &&
    lines.every((line) => ofLine(line).length > 0) &&
    variables.every(({ parts }) => lines.filter((line) => parts.includes(line)).length === 1);
  if (!isNamed) return inOrder(custom, trainedFirst(custom, weights.map(({ item }) => item)), variables); // biome-ignore format: one line
  return lines.flatMap((line) => {
    const own = weights.filter(({ parts }) => parts[0] === line).map(({ item }) => item);
    return inOrder(custom, trainedFirst(custom, own), ofLine(line));
  });
}

/** As Keras lists the weights of a layer. */
const trainedFirst = ({ isFrozen }: Custom, weights: readonly Weight[]): readonly Weight[] =>
  isFrozen ? weights : [...weights.filter(({ trainable }) => trainable), ...weights.filter(({ trainable }) => !trainable)];

function inOrder(custom: Custom, weights: readonly Weight[], variables: readonly At<Variable>[]): Pairs {
  if (weights.length !== variables.length) {
    const [needed, found] = [weights.map((weight) => shortName(custom, weight)), variables.map(({ item }) => item.name)].map(
      listed,
    );
    throw wrong(custom, `needs ${weights.length} variables (${needed}), the file holds ${variables.length} (${found})`, hint);
  }
  return weights.map((weight, i) => {
    const { item } = variables[i];
    checkName(custom, weight, item, weights);
    return [weight, item] as const;
  });
}

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.slice(0, 8).join(", "));

/** Throws where a variable's name says that it is another weight of the same line. */
function checkName(custom: Custom, weight: Weight, { name }: Variable, weights: readonly Weight[]): void {
  const last = name.slice(name.lastIndexOf("/") + 1).replace(/:\d+$/, "");
  const lineOf = (one: Weight): string => one.name.slice(0, one.name.lastIndexOf("/"));
  if (last === weight.spec.name || !weights.some((one) => lineOf(one) === lineOf(weight) && one.spec.name === last)) return;
  throw wrong(
    custom,
    `would read ${quote(shortName(custom, weight))} from ${quote(name)}: the file's variables are in another order`,
    hint,
  );
}
