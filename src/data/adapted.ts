// What a model takes from the rows it is trained with: means, boundaries, vocabularies, the range of features. In: a model and prepared rows.
// Out: the model with these numbers inside, so that what it becomes takes raw values. Guarantee: no other row is looked at.
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import type { PortRows, RowsLike } from "../../runtime/index.ts";
import { adapt, adaptNormalization, isUnadapted, withStandIns } from "../adapt.ts";
import { withScaler } from "../scikit.ts";

/** How features are brought to one size. */
export type Scaling = "standard" | "minmax";

/** Adapts the layers that come first and have not adapted yet, and puts a scaler in front of each input of numbers where that is asked for. */
export function adaptedTo(model: Model, x: PortRows, scaling?: Scaling): Model {
  const { entries, predict } = resolve(withStandIns(model));
  const rowsOf = (port: string): PortRows => (predict.inputs.length === 1 ? x : (x as Readonly<Record<string, RowsLike>>)[port]);
  let out = model;
  for (const { path, sources } of entries) {
    const index = Number(/^layers\[(\d+)\]$/.exec(path)?.[1] ?? Number.NaN);
    if (Number.isNaN(index) || !isUnadapted(out.layers[index])) continue;
    let [source] = sources;
    // A line that only declares an input gives what it takes.
    while ("call" in source && entries[source.call].layer.declares !== undefined) [source] = entries[source.call].sources;
    if ("input" in source) out = adapt(out, index, rowsOf(predict.inputs[source.input].name) as RowsLike);
  }
  if (scaling === undefined) return out;
  return predict.inputs.reduce((made, { name, shape, type, range }) => {
    if (type === "string" || range !== undefined) return made;
    const scaler = scalers[scaling](Float64Array.from(rowsOf(name) as ArrayLike<number>), shape);
    return withScaler(made, scaler, name);
  }, out);
}

/** By name the attributes of scikit-learn's scaler, one number for each place along the last axis. */
const scalers: Readonly<Record<Scaling, (values: Float64Array, shape: readonly number[]) => Readonly<Record<string, unknown>>>> =
  {
    standard: (values, shape) => {
      const { mean, variance } = adaptNormalization(values, { shape });
      return { class: "StandardScaler", mean_: mean, scale_: variance.map((one) => Math.sqrt(one) || 1) };
    },
    minmax: (values, shape) => {
      const width = shape.at(-1) ?? 1;
      const least = new Array<number>(width).fill(Number.POSITIVE_INFINITY);
      const most = new Array<number>(width).fill(Number.NEGATIVE_INFINITY);
      values.forEach((value, i) => {
        least[i % width] = Math.min(least[i % width], value);
        most[i % width] = Math.max(most[i % width], value);
      });
      const scale = least.map((low, i) => 1 / (most[i] - low || 1));
      return { class: "MinMaxScaler", min_: least.map((low, i) => -low * scale[i]), scale_: scale };
    },
  };
