// `layerc summary`: Keras' table of layers, with the multiply-adds and bytes that Keras leaves out; of a model that is no chain also what
// each layer takes, and the model's inputs and outputs.
import type { Command } from "commander";
import type { Port } from "../../../compiler/artifact.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { type Resolved, resolve } from "../../../compiler/front/steps.ts";
import { sizeOf } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import { multiplyAdds } from "../../../compiler/pipeline/cost.ts";
import type { Found } from "../../formats/define.ts";
import { factsJson, factsText } from "../facts.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { renderTable, showBytes, showCount } from "../render.ts";
import { readFound, readModel, work } from "../subject.ts";
import { print, printJson, warn } from "../terminal.ts";

interface Row {
  readonly name: string;
  /** Keras' class name. */
  readonly type: string;
  /** Names of inputs and layers, `lstm:1` for a second result. */
  readonly inputs: readonly string[];
  /** Without the batch axis. */
  readonly output: readonly number[];
  readonly params: number;
  /** Of one row. */
  readonly multiplyAdds: number;
  readonly bytes: number;
}
interface Totals {
  readonly params: number;
  readonly trainable: number;
  readonly nonTrainable: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
}

/** Adds `layerc summary`, which prints Keras' table of layers. */
export function addSummary(program: Command): void {
  const command = program
    .command("summary")
    .summary("print the layers of a model as a table")
    .description("Prints each layer with output shape, parameters, multiply-adds per row and bytes of weights.")
    .argument("<model>", "model file, or - for JSON on standard input")
    .option("--json", "as JSON");
  addModelFlags(command)
    .addHelpText("after", "\nExamples:\n  layerc summary iris.model.ts\n  layerc summary iris.safetensors --json")
    .action(async (file: string, { json, ...flags }: ModelFlags & { json?: boolean }) => {
      const read = await readFound(file, flags);
      const subject = read === undefined ? await readModel(file, flags) : { ...read, model: modelIn(read.found) };
      const resolved = await work(subject, () => resolve(subject.model));
      const rows = rowsOf(resolved);
      const totals = totalsOf(rows, resolved);
      const { warnings } = resolved;
      warn(warnings, subject.model);
      const { inputs, outputs } = resolved.predict;
      const format = read?.found.format ?? subject.format;
      if (json)
        printJson({
          model: subject.model.name,
          format,
          file: read === undefined ? undefined : factsJson(read.found),
          inputs,
          outputs,
          layers: rows,
          totals,
          warnings,
        });
      else {
        const isChain = isLine(resolved);
        const facts =
          read === undefined ? (format === undefined ? "" : `\nRead as: ${format}`) : `\n${factsText(read.found, "Read as:")}`;
        const title = `Model: ${JSON.stringify(subject.model.name)}${facts}${isChain ? "" : `\n\n${portsText({ inputs, outputs })}`}`;
        const layers = rows.length === 0 ? "" : `\n\n${table(rows, !isChain)}`;
        print(`${title}${layers}\n\n${footer(totals)}`);
      }
    });
}

/** The model in a file; else the first of what stands against it. */
function modelIn({ model, problems: [first, ...others] }: Found): Model {
  if (model !== undefined) return model;
  const error = new CompileError(first);
  throw others.length === 0 ? error : error.with({ note: `and ${others.length} more: layerc inspect lists all` });
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

function rowsOf({ steps, entries, predict: { graph, inputs } }: Resolved): Row[] {
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

function totalsOf(rows: readonly Row[], { weights, predict: { graph } }: Resolved): Totals {
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

function table(rows: readonly Row[], showsInputs: boolean): string {
  const head = ["Layer (type)", "Output shape", "Params", "Multiply-adds", "Bytes"];
  const line = ({ name, type, inputs, output, params, multiplyAdds, bytes }: Row) => [
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

function footer({ params, trainable, nonTrainable, multiplyAdds, bytes }: Totals): string {
  return renderTable([
    ["Total params:", `${showCount(params)} (${showBytes(bytes)})`],
    ["Trainable params:", `${showCount(trainable)} (${showBytes(4 * trainable)})`],
    ["Non-trainable params:", `${showCount(nonTrainable)} (${showBytes(4 * nonTrainable)})`],
    ["Multiply-adds per row:", showCount(multiplyAdds)],
  ]);
}
