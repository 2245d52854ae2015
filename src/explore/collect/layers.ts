// The list: layers as rows, as a text and as a drawing. In: a resolved model. Out: things of the model, which every entry shares, and what shows
// them. Guarantee: a thing for each line, each input, and whatever else the model names (the loss, the optimizer).
import { type Line, line } from "../../../compiler/base/lines.ts";
import type { Resolved } from "../../../compiler/front/steps.ts";
import { showShape } from "../../../compiler/graph/graph.ts";
import { summaryOf } from "../../summary.ts";
import type { Drawing, LayerRow, Pane } from "../report.ts";
import { draw } from "./drawing.ts";
import { paneOf } from "./panes.ts";
import type { Things } from "./things.ts";

/** What the report has of the list. */
export interface List {
  readonly rows: readonly LayerRow[];
  readonly drawing: Drawing;
  readonly pane: Pane;
}

const rows = (shape: readonly number[]): string => showShape(["n", ...shape]);
/** What an input is called where layers have paths. */
export const inputPath = (name: string): string => `inputs.${name}`;

/** The list of a model; its things are added. */
export function listOf(resolved: Resolved, things: Things): List {
  const { model, entries, steps, predict } = resolved;
  const summary = summaryOf(resolved);
  const inputs = predict.inputs.map(({ name, shape }) => things.add("layer", inputPath(name), `input ${name} ${rows(shape)}`));
  const layers = steps.map(({ entry, output }, i): LayerRow => {
    const { path, name, layer, config } = entry;
    const { params, multiplyAdds, bytes } = summary.layers[i];
    const says = `${layer.name} ${JSON.stringify(name)} ${rows(output)}: ${params} parameters, ${multiplyAdds} multiply-adds a row`;
    const thing = things.add("layer", path, says);
    return { thing, path, layer: layer.name, name, config: configText(config), output: rows(output), parameters: params, bytes, multiplyAdds }; // biome-ignore format: one line
  });
  const thingOf = (source: Resolved["entries"][number]["sources"][number]) =>
    "input" in source ? inputs[source.input] : layers[source.call].thing;
  const nameOf = (source: Resolved["entries"][number]["sources"][number]): string =>
    "input" in source
      ? predict.inputs[source.input].name
      : `${entries[source.call].name}${source.result === 0 ? "" : `:${source.result}`}`;
  const drawing = draw({
    boxes: [
      ...predict.inputs.map(({ name, shape }, i) => ({ thing: inputs[i], label: `${name}\n${rows(shape)}` })),
      ...layers.map(({ thing, layer, name, output }) => ({ thing, label: `${name}\n${layer} ${output}` })),
    ],
    arrows: entries.flatMap(({ sources }, i) => sources.map((source) => ({ from: thingOf(source), to: layers[i].thing }))),
  });
  const lines: Line[] = [
    line(`model ${JSON.stringify(model.name)}, seed ${model.seed}`),
    ...predict.inputs.map(({ name, shape }) => ofLayer(`input ${name} : ${rows(shape)}`, inputPath(name))),
    ...layers.map(({ path, layer, name, config, output }, i) => {
      const from = entries[i].sources.map(nameOf).join(", ");
      return ofLayer(`${path} ${layer} ${JSON.stringify(name)} of ${from} ${config} : ${output}`, path);
    }),
    ...predict.outputs.map(({ name, shape }) => line(`output ${name} : ${rows(shape)}`)),
    ...trainingLines(resolved),
  ];
  const find = ({ name }: { readonly name: string }) => things.find("layer", name);
  return { rows: layers, drawing, pane: paneOf({ stage: "list", title: "List" }, lines, find) };
}

/** A line of a layer: the pane knows layers alone, and finds them by their paths. */
const ofLayer = (text: string, path: string): Line => line(text, "node", [path]);

/** What the model is trained for, by the paths that its nodes have. */
function trainingLines({ model: { training } }: Resolved): readonly Line[] {
  if (training === undefined) return [];
  return (["loss", "optimizer"] as const).map((key) => ofLayer(`${key} ${valueText(training[key])}`, `training.${key}`));
}

/** `{units: 4, activation: "relu"}`, without what is not there. */
const configText = (config: object): string =>
  `{${Object.entries(config)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}: ${valueText(value)}`)
    .join(", ")}}`;

/** Data as JSON; what is longer than a person reads is cut. */
function valueText(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as Float32Array) : part)) ?? "";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
