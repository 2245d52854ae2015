// Last layers that cannot learn what the loss asks for. In: the Graph of a forward pass, and the loss. Out: a warning, or none.
// Guarantee: what counts is what the output is, not which layer made it: an activation is found through whatever only moves numbers, and
// weights times inputs through scales and shifts that do not depend on the data. The table says what fires on which head, with a sample.
import type { Diagnostic } from "../diagnostics/error.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Loss } from "../training/define.ts";

/** What a loss meets. */
export interface Head {
  /** The op that gives the output; `linear` for weights times inputs. */
  readonly end: string;
  /** How many numbers the end weighs against each other; for most, the size of the last axis. */
  readonly units: number;
  /** Size of the output's last axis, or of the loss's. */
  readonly classes: number;
  /** Without a loss, nothing. */
  readonly loss?: { readonly name: string; readonly takes: Loss["takes"]; readonly fromLogits: boolean };
}

interface Row {
  readonly name: string;
  readonly when: (head: Head) => boolean;
  readonly says: (head: Head) => string;
  readonly hint: string;
  /** A last dense layer and a loss for which it speaks. */
  readonly sample: { readonly units: number; readonly activation: string; readonly loss?: object };
}

const distributions = ["softmax", "sparsemax"];
/** Each number in 0..1 for itself. */
const squashes = ["sigmoid", "hardSigmoid", "hardSigmoidKeras2", "sparseSigmoid"];
/** Any numbers, or those on one side of a bound that is no probability's. */
const unbounded = [
  ...["linear", "relu", "relu6", "leakyRelu", "elu", "selu", "celu", "gelu", "silu", "hardSilu", "mish", "tanh", "hardTanh"],
  ...["softsign", "tanhShrink", "softShrink", "hardShrink", "threshold", "logSoftmax", "logSigmoid"],
];
/** Above 0: a distribution when they are divided by their sum, but no probabilities. */
const positive = ["exp", "exponential", "softplus", "squareplus", "sparsePlus"];

const wants = ({ loss }: Head, ...kinds: readonly Loss["takes"][]): boolean => loss !== undefined && kinds.includes(loss.takes);
const ends = ({ end }: Head, ...kinds: readonly (readonly string[])[]): boolean => kinds.some((kind) => kind.includes(end));
const isLogits = ({ loss }: Head): boolean => loss?.fromLogits === true;
const nameOf = ({ loss }: Head): string => loss?.name ?? "";
const endOf = ({ end }: Head): string => (end === "linear" ? "without an activation" : `in ${end}`);

/** The first row that fires speaks. */
export const heads: readonly Row[] = [
  {
    name: "a choice from one",
    when: (head) => head.units === 1 && ends(head, distributions, ["logSoftmax"]),
    says: ({ end }) => `${end} over one unit gives ${end === "logSoftmax" ? 0 : 1} for every input, whatever the weights are`,
    hint: 'one unit with activation "sigmoid" and binary_crossentropy tells two classes apart; a number needs no activation',
    sample: { units: 1, activation: "softmax" },
  },
  {
    name: "one class",
    when: (head) => head.classes === 1 && wants(head, "distribution"),
    says: (head) => `${nameOf(head)} chooses from the last axis, which has one class: the loss cannot change`,
    hint: "give the last layer as many units as there are classes, or take binary_crossentropy with one sigmoid",
    sample: { units: 1, activation: "sigmoid", loss: { name: "sparse_categorical_crossentropy" } },
  },
  {
    name: "probabilities taken for logits",
    when: (head) => isLogits(head) && ends(head, distributions, squashes),
    says: (head) => `${nameOf(head)} is told that it gets logits, but the model ends ${endOf(head)}, which it would apply again`,
    hint: "leave fromLogits out, or the last activation",
    sample: { units: 3, activation: "softmax", loss: { name: "categorical_crossentropy", fromLogits: true } },
  },
  {
    name: "logits taken for probabilities",
    when: (head) =>
      !isLogits(head) &&
      ((wants(head, "probabilities", "distribution", "shares") && ends(head, unbounded)) ||
        (wants(head, "probabilities", "shares") && ends(head, positive))),
    says: (head) => `${nameOf(head)} takes probabilities, but the model ends ${endOf(head)}, which gives numbers outside 0 to 1`,
    hint: 'end in activation "softmax" (classes) or "sigmoid" (each for itself), or without one and with fromLogits: true',
    sample: { units: 3, activation: "linear", loss: { name: "sparse_categorical_crossentropy" } },
  },
  {
    name: "a distribution taken for numbers",
    when: (head) => wants(head, "numbers") && ends(head, distributions),
    says: (head) => `${nameOf(head)} measures distances, but the model ends ${endOf(head)}, whose numbers sum to 1`,
    hint: "for classes take categorical_crossentropy; for numbers leave the activation out",
    sample: { units: 3, activation: "softmax", loss: { name: "mean_squared_error" } },
  },
  {
    name: "a distribution taken for probabilities",
    when: (head) => wants(head, "probabilities") && ends(head, distributions),
    says: (head) => `${nameOf(head)} judges each number for itself, but the model ends ${endOf(head)}, whose numbers sum to 1`,
    hint: 'for one class of many take categorical_crossentropy; for several at once activation "sigmoid"',
    sample: { units: 3, activation: "softmax", loss: { name: "binary_crossentropy" } },
  },
  {
    name: "probabilities taken for a distribution",
    when: (head) => !isLogits(head) && wants(head, "distribution") && ends(head, squashes),
    says: (head) => `${nameOf(head)} takes numbers that sum to 1, but the model ends ${endOf(head)}, each number for itself`,
    hint: 'for one class of many end in activation "softmax"; for several at once take binary_crossentropy',
    sample: { units: 3, activation: "sigmoid", loss: { name: "categorical_crossentropy" } },
  },
];

/** What the table says of one of a model's ends; at most one warning. */
export function headWarnings(
  forward: Graph,
  output: string,
  given?: { readonly item: Pick<Loss, "name" | "takes">; readonly config: object },
): readonly Diagnostic[] {
  const y = forward.results.find(([name]) => name === output)?.[1];
  if (y === undefined) return [];
  const node = endAt(forward, y);
  if (node === undefined) return [];
  const head: Head = {
    end: node.op === "dot" ? "linear" : node.op,
    units: (node.type.shape[typeof node.attrs.axis === "number" ? node.attrs.axis : node.type.shape.length - 1] ?? 0) as number,
    classes: (y.type.shape.at(axisOf(given?.config)) ?? 0) as number,
    ...(given === undefined ? {} : { loss: lossOf(given) }),
  };
  const row = heads.find(({ when }) => when(head));
  if (row === undefined) return [];
  const path = forward.origins.get(node)?.path ?? "";
  return [{ code: "training/head", path, message: row.says(head), hint: row.hint }];
}

const lossOf = ({ item, config }: { readonly item: Pick<Loss, "name" | "takes">; readonly config: object }) => ({
  name: item.name,
  takes: item.takes,
  fromLogits: "fromLogits" in config && config.fromLogits === true,
});
const axisOf = (config: object = {}): number => ("axis" in config && typeof config.axis === "number" ? config.axis : -1);

const moves = ["reshape", "transpose", "broadcast", "stopGradient"];
const scales = ["add", "sub", "mul", "div"];

/** The node that gives the output its kind: an activation, or the product of weights and inputs; undefined where it is neither. */
function endAt({ nodes }: Graph, y: Node): Node | undefined {
  const reads = new Set<Node>();
  for (const node of nodes) if (node.op === "input" || node.inputs.some((input) => reads.has(input))) reads.add(node);
  let node = y;
  let isScaled = false;
  for (;;) {
    const [first, ...others] = node.inputs.filter((input) => reads.has(input));
    if (first === undefined) return undefined;
    if (moves.includes(node.op)) node = first;
    else if (node.op === "concat") node = first;
    else if (scales.includes(node.op) && others.length === 0) [node, isScaled] = [first, true];
    // A scaled activation is another function: a tanh may well have been brought to 0..1.
    else return isScaled && node.op !== "dot" ? undefined : node;
  }
}
