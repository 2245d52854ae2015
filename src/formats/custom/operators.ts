// An operator of a file's author by the user's definition: the same function as for a layer, and what it gives is put into the Graph around.
// In: what a node says, the nodes of its inputs, and the numbers that the file has for it. Out: the nodes of its results. Guarantee: lines see
// rows of samples, as layers do; every variable is used, or the definition says where all go.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { type Resolved, resolve } from "../../../compiler/front/steps.ts";
import type { Node } from "../../../compiler/graph/graph.ts";
import { copyInto } from "../../../compiler/graph/rebuild.ts";
import type { Model } from "../../../compiler/model.ts";
import type { G } from "../../../compiler/ops/index.ts";
import type { Custom, CustomLayer, LayerDefinition, LayerDefinitions, Variable } from "./define.ts";
import { defined, wrong } from "./lines.ts";
import { customValues, partedBy } from "./weights.ts";

/** A node of an operator that has a definition. */
export interface CustomOperator extends CustomLayer {
  readonly path: string;
  /** Attributes, as plain data. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The numbers that the file has for it, in the order of its inputs. */
  readonly variables: readonly Variable[];
  /** Each with rows: [n, …]. */
  readonly inputs: readonly Node[];
  /** How many results others read. */
  readonly results: number;
}

/** What it is called within the model that it becomes. */
const line = "operator";

/** The definition by the first of these names that has one. */
export function definitionNamed(names: readonly string[], definitions: LayerDefinitions = {}): LayerDefinition | undefined {
  const found = names.find((name) => Object.hasOwn(definitions, name));
  return found === undefined ? undefined : definitions[found];
}

/** How somebody says what an operator means, by the name that stands in the file. */
export function operatorHint(name: string): string {
  const bare = name.slice(name.lastIndexOf(":") + 1);
  const file = `./${bare.replace(/(?<=[a-z\d])(?=[A-Z])/g, "-").toLowerCase()}.ts`;
  const entry = bare === name ? name : `${JSON.stringify(name)}: ${bare}`;
  return `say it in layers that layerc has: --layer ${name}=${file}, or open(bytes, name, { layers: { ${entry} } }); docs/formats/custom-layers.md shows how`;
}

/**
 * The results of an operator, rows first. `weight` makes a param, or a constant, of numbers under a name. Throws CompileError
 * format/custom-layer, or what is wrong with the lines at the node.
 */
export function operatorResults(
  g: G,
  given: CustomOperator,
  definition: LayerDefinition,
  weight: (name: string, shape: readonly number[], values: Float32Array) => Node,
): readonly Node[] {
  const { name, className, call, path } = given;
  const about = { name, className, call, path, part: "node", owner: line, folder: "" } as const;
  const made = defined({ class_name: className, config: given.config }, about, definition);
  // Its inputs stand in the operator's own order, not in Keras' of what is trained.
  const custom = { ...made.custom, isFrozen: true };
  const ports = given.inputs.map(({ type }, i) => ({ name: `input${i}`, shape: type.shape.slice(1) as number[] }));
  const inputs = ports.map((port) => port.name);
  const outputs = Array.from({ length: given.results }, (_, i) => ({ name: `result${i}`, from: `${line}:${i}` }));
  const inner = resolved({ name, seed: 0, inputs: ports, layers: [{ ...made.line, name: line, inputs }], outputs }, about);
  const { graph, feeds } = inner.predict;
  if (feeds.some(({ encoder }) => encoder !== undefined)) throw wrong(about, "gives lines that take texts, or encode numbers");
  const parted = partedBy(inner.weights, [custom]);
  const values = new Map(customValues(parted, [custom], () => given.variables, "list"));
  const nodeOf = new Map(feeds.map((feed) => [feed.name, given.inputs[feed.ports[0]]]));
  const copies = copyInto(g.builder, graph, ({ op, attrs, type }) => {
    if (op === "input") return nodeOf.get(String(attrs.name));
    if (op !== "param") return undefined;
    const numbers = values.get(String(attrs.name)) ?? new Float32Array();
    return weight(`${name}${String(attrs.name).slice(line.length)}`, type.shape as readonly number[], numbers);
  });
  return graph.results.map(([, node]) => copies.get(node) as Node);
}

function resolved(model: Model, about: Pick<Custom, "name" | "className" | "path" | "part">): Resolved {
  try {
    return resolve(model);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (error.path.startsWith("outputs"))
      throw wrong(about, `gives fewer results than the ${model.outputs?.length} that the file reads`);
    const note = `the lines there are what the definition of ${JSON.stringify(about.className)} gives for the node ${JSON.stringify(about.name)}`;
    throw error.with({ under: about.path, note });
  }
}
