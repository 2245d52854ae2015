// `layerc summary`: Keras' table of layers, with the multiply-adds and bytes that Keras leaves out.
import type { Command } from "commander";
import { type Resolved, resolve } from "../../../compiler/front/steps.ts";
import { sizeOf } from "../../../compiler/graph/graph.ts";
import { multiplyAdds } from "../../../compiler/pipeline/cost.ts";
import { inputShapeFlag } from "../flags.ts";
import { renderTable, showBytes, showCount } from "../render.ts";
import { readModel, work } from "../subject.ts";
import { print, printJson, warn } from "../terminal.ts";

interface Row {
  readonly name: string;
  /** Keras' class name. */
  readonly type: string;
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
  program
    .command("summary")
    .summary("print the layers of a model as a table")
    .description("Prints each layer with output shape, parameters, multiply-adds per row and bytes of weights.")
    .argument("<model>", "model file, or - for JSON on standard input")
    .addOption(inputShapeFlag())
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  layerc summary iris.model.ts\n  layerc summary iris.safetensors --json")
    .action(async (file: string, { inputShape, json }: { inputShape?: number[]; json?: boolean }) => {
      const subject = await readModel(file, inputShape);
      const resolved = await work(subject, () => resolve(subject.model));
      const rows = rowsOf(resolved);
      const totals = totalsOf(rows, resolved);
      const { warnings } = resolved;
      warn(warnings, subject.model);
      if (json) printJson({ model: subject.model.name, layers: rows, totals, warnings });
      else print(`Model: ${JSON.stringify(subject.model.name)}\n\n${table(rows)}\n\n${footer(totals)}`);
    });
}

function rowsOf({ steps, inference: { graph } }: Resolved): Row[] {
  return steps.map(({ entry, output, weights }) => {
    const params = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    // A wrapped layer stands below the path of the one around it.
    const isInside = (path: string) => path === entry.path || path.startsWith(`${entry.path}.`);
    const nodes = graph.nodes.filter((node) => isInside(graph.origins.get(node)?.path ?? ""));
    return {
      name: entry.name,
      type: entry.layer.keras,
      output,
      params,
      multiplyAdds: multiplyAdds({ ...graph, nodes }),
      bytes: 4 * params,
    };
  });
}

function totalsOf(rows: readonly Row[], { weights }: Resolved): Totals {
  const count = (wanted: boolean) =>
    weights.reduce((sum, { shape, trainable }) => sum + (trainable === wanted ? sizeOf(shape) : 0), 0);
  const [trainable, nonTrainable] = [count(true), count(false)];
  const params = trainable + nonTrainable;
  return {
    params,
    trainable,
    nonTrainable,
    multiplyAdds: rows.reduce((sum, row) => sum + row.multiplyAdds, 0),
    bytes: 4 * params,
  };
}

function table(rows: readonly Row[]): string {
  const head = ["Layer (type)", "Output shape", "Params", "Multiply-adds", "Bytes"];
  const line = ({ name, type, output, params, multiplyAdds, bytes }: Row) => [
    `${name} (${type})`,
    `[${["n", ...output].join(", ")}]`,
    showCount(params),
    showCount(multiplyAdds),
    showCount(bytes),
  ];
  return renderTable([head, ...rows.map(line)], [2, 3, 4]);
}

function footer({ params, trainable, nonTrainable, multiplyAdds, bytes }: Totals): string {
  return renderTable([
    ["Total params:", `${showCount(params)} (${showBytes(bytes)})`],
    ["Trainable params:", `${showCount(trainable)} (${showBytes(4 * trainable)})`],
    ["Non-trainable params:", `${showCount(nonTrainable)} (${showBytes(4 * nonTrainable)})`],
    ["Multiply-adds per row:", showCount(multiplyAdds)],
  ]);
}
