// What an operator of TensorFlow is: a row of a table. In: a call with its inputs and attributes. Out: its results as values. Guarantee: an
// operator takes from a call what it knows, in the form it has, or throws; the caller adds the node.
import type { Node, Size } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import type { Dtype } from "../manifest.ts";
import type { NodeDef } from "./nodes.ts";
import { isFoldable, type Known, type Live, mostKnown, refuse, type Value, type Values } from "./values.ts";

/** Samples that stand side by side in a row; each has code of its own. */
const mostSamples = 64;

/** One node that is being read. */
export class Call {
  readonly def: NodeDef;
  readonly inputs: readonly Value[];
  readonly values: Values;

  constructor(def: NodeDef, inputs: readonly Value[], values: Values) {
    this.def = def;
    this.inputs = inputs;
    this.values = values;
  }

  get g(): G {
    return this.values.g;
  }
  get attrs(): NodeDef["attrs"] {
    return this.def.attrs;
  }

  /** An input by its place; a negative one counts from the end. */
  input(place: number): Value {
    return this.inputs.at(place) ?? refuse(`it has ${this.inputs.length} inputs, and needs one at place ${place}`);
  }

  /** An input of numbers that layerc computes with. */
  floats(place: number): Value {
    const value = this.input(place);
    if (value.dtype === "float32") return value;
    return refuse(`it computes with ${value.dtype} numbers at run time`, "layerc computes in float32");
  }

  node(place: number): Node {
    return this.values.node(this.input(place));
  }

  /** An input whose numbers must be known: axes, a shape. */
  sizes(place: number): readonly Size[] {
    const value = this.input(place);
    if (value.kind === "live") return refuse(`its input ${place} is computed from what the model is given`);
    if (value.values.length > mostKnown) return refuse(`its input ${place} has ${value.values.length} numbers`);
    return Array.from(value.values);
  }

  /** The same of whole numbers, none of them the rows. */
  integers(place: number): readonly number[] {
    return this.sizes(place).map((size) =>
      typeof size === "number" && Number.isSafeInteger(size)
        ? size
        : refuse(`its input ${place} holds ${size}, wanted is a whole number`),
    );
  }

  /** The same of one. */
  integer(place: number): number {
    const [first, ...others] = this.integers(place);
    return first === undefined || others.length > 0 ? refuse(`its input ${place} is no single number`) : first;
  }

  /** An axis of a value, counted from 0, and never the rows. */
  axis(given: number, value: Value, rank = value.shape.length): number {
    const axis = given < 0 ? given + rank : given;
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank) return refuse(`there is no axis ${given} of ${rank}`);
    return axis;
  }

  /** The result of a node that was made of these inputs. */
  live(node: Node, dtype: Dtype = "float32", from: readonly Value[] = this.inputs): Live {
    return this.values.live(node, dtype, from);
  }
}

/** An operator: what a call of it gives, one value or several. */
export type Operator = (call: Call) => Value | readonly Value[];
/** Rows of the table, by TensorFlow's name. */
export type Operators = Readonly<Record<string, Operator>>;

/** All inputs, where each is computed with while the file is read; undefined where one is not. */
export function allKnown(inputs: readonly Value[]): readonly Known[] | undefined {
  const found = inputs.filter(isFoldable);
  return found.length === inputs.length ? found : undefined;
}

/**
 * What `make` gives of a value, whose axis 0 are samples that it keeps apart: of the rows, or, where a row is all that the graph takes at a
 * time, of each of its samples by itself. `make` sees [n, ...sample].
 */
export function eachSample(call: Call, value: Value, make: (x: Node) => Node): Node {
  const { g, values } = call;
  const node = values.node(value);
  if (value.kind === "known" || !value.hasRows) return refuse("what it takes does not depend on an input of the model");
  if (values.rows === "by axis 0") return make(node);
  const [samples, ...sample] = value.shape as readonly number[];
  if (!(samples >= 1 && samples <= mostSamples)) return refuse(`it takes ${samples} samples at once`);
  const made = Array.from({ length: samples }, (_, i) => {
    const starts = node.type.shape.map((_, axis) => (axis === 1 ? i : 0));
    const one = samples === 1 ? node : g.slice(node, { starts, sizes: ["n", 1, ...sample] });
    const y = make(g.reshape(one, { shape: ["n", ...sample] }));
    return g.reshape(y, { shape: ["n", 1, ...y.type.shape.slice(1)] });
  });
  return made.length === 1 ? made[0] : g.concat(...made, { axis: 1 });
}
