// A model as Keras' table of layers, with the multiply-adds and bytes that Keras leaves out; of a model that is no chain also what each layer
// takes, and the model's inputs and outputs. In: a Model. Out: the table as data and as text.
import type { Port } from "../compiler/artifact.ts";
import type { Diagnostic } from "../compiler/diagnostics/error.ts";
import { type Resolved, resolve } from "../compiler/front/steps.ts";
import { sizeOf } from "../compiler/graph/graph.ts";
import type { Model } from "../compiler/model.ts";
import { multiplyAdds } from "../compiler/pipeline/cost.ts";
import { renderTable, showBytes, showCount } from "./table.ts";

/** A line of the table. */
export interface SummaryRow {
  readonly name: string;
  /** Keras' class name. */
  readonly type: string;
  /** Names of inputs and layers, `lstm:1` for a second result. */
  readonly inputs: readonly string[];
  /** Without the batch axis. */
  readonly output: readonly number[];
  readonly params: number;
  /** Of one row of a batch. */
  readonly multiplyAdds: number;
  readonly bytes: number;
}
/** Sums over the model; a shared weight counts once. */
export interface SummaryTotals {
  readonly params: number;
  readonly trainable: number;
  readonly nonTrainable: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
}

/** What a model is made of. */
export interface Summary {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** None of a Graph, which has no layers. */
  readonly layers: readonly SummaryRow[];
  readonly totals: SummaryTotals;
  readonly warnings: readonly Diagnostic[];
  /** All of it for people, as `layerc summary` prints it. */
  readonly text: string;
}

/** Keras' `model.summary()`: every layer with output shape and parameters, and the totals. Throws CompileError where the model does not build. */
export const summary = (model: Model): Summary => summaryOf(resolve(model));

/** The same of what is resolved already; `facts`: lines below the title. */
export function summaryOf(resolved: Resolved, facts = ""): Summary {
  const { model, warnings } = resolved;
  const { inputs, outputs } = resolved.predict;
  const layers = rowsOf(resolved);
  const totals = totalsOf(layers, resolved);
  const isChain = isLine(resolved);
  const title = `Model: ${JSON.stringify(model.name)}${facts}${isChain ? "" : `\n\n${portsText({ inputs, outputs })}`}`;
  const rows = layers.length === 0 ? "" : `\n\n${table(layers, !isChain)}`;
  const text = `${title}${rows}\n\n${footer(totals)}`;
  return { name: model.name, inputs, outputs, layers, totals, warnings, text };
}

/** Whether each layer takes what the one before gives, from the only input to the only output. */
const isLine = ({ entries, predict: { inputs, outputs } }: Resolved): boolean =>
  // A Graph has ports and no lines.
  entries.length > 0 &&
  inputs.length === 1 &&
  outputs.length === 1 &&
  entries.every(({ sources: [source, ...others] }, i) => {
    const isNext = "input" in source ? i === 0 : source.call === i - 1 && source.result === 0;
    return isNext && others.length === 0;
  });

function rowsOf({ steps, entries, predict: { graph, inputs } }: Resolved): SummaryRow[] {
  const nameOf = (source: Resolved["entries"][number]["sources"][number]): string =>
    "input" in source
      ? inputs[source.input].name
      : `${entries[source.call].name}${source.result === 0 ? "" : `:${source.result}`}`;
  return steps.map(({ entry, output, weights }) => {
    const params = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    // A wrapped layer stands below the path of the one around it.
    const isInside = (path: string) => path === entry.path || path.startsWith(`${entry.path}.`);
    const nodes = graph.nodes.filter((node) => isInside(graph.origins.get(node)?.path ?? ""));
    return {
      name: entry.name,
      type: entry.layer.keras,
      inputs: entry.sources.map(nameOf),
      output,
      params,
      multiplyAdds: multiplyAdds({ ...graph, nodes }),
      bytes: 4 * params,
    };
  });
}

function totalsOf(rows: readonly SummaryRow[], { weights, predict: { graph } }: Resolved): SummaryTotals {
  const count = (wanted: boolean) =>
    weights.reduce((sum, { shape, trainable }) => sum + (trainable === wanted ? sizeOf(shape) : 0), 0);
  const [trainable, nonTrainable] = [count(true), count(false)];
  const params = trainable + nonTrainable;
  return {
    params,
    trainable,
    nonTrainable,
    multiplyAdds: rows.length === 0 ? multiplyAdds(graph) : rows.reduce((sum, row) => sum + row.multiplyAdds, 0),
    bytes: 4 * params,
  };
}

function table(rows: readonly SummaryRow[], showsInputs: boolean): string {
  const head = ["Layer (type)", "Output shape", "Params", "Multiply-adds", "Bytes"];
  const line = ({ name, type, inputs, output, params, multiplyAdds, bytes }: SummaryRow) => [
    `${name} (${type})`,
    shapeText(output),
    showCount(params),
    showCount(multiplyAdds),
    showCount(bytes),
    ...(showsInputs ? [inputs.join(", ")] : []),
  ];
  return renderTable([[...head, ...(showsInputs ? ["Connected to"] : [])], ...rows.map(line)], [2, 3, 4]);
}

const shapeText = (shape: readonly number[]): string => `[${["n", ...shape].join(", ")}]`;

/** A line for each input and output. */
function portsText({ inputs, outputs }: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] }): string {
  const line = (kind: string) => (port: Port) => [`${kind}:`, port.name, shapeText(port.shape), aboutPort(port)];
  return renderTable([...inputs.map(line("Input")), ...outputs.map(line("Output"))]);
}

function aboutPort({ type, range }: Port): string {
  if (type === "string") return "texts";
  return range === undefined ? "" : `whole numbers below ${range.below}`;
}

function footer({ params, trainable, nonTrainable, multiplyAdds, bytes }: SummaryTotals): string {
  return renderTable([
    ["Total params:", `${showCount(params)} (${showBytes(bytes)})`],
    ["Trainable params:", `${showCount(trainable)} (${showBytes(4 * trainable)})`],
    ["Non-trainable params:", `${showCount(nonTrainable)} (${showBytes(4 * nonTrainable)})`],
    ["Multiply-adds per row:", showCount(multiplyAdds)],
  ]);
}
