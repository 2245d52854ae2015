// What TensorFlow.js calls the tensors of a model. In: a weight, and the layers that weights belong to. Out: the tensor's name.
//
//   dense/kernel                              layer / weight
//   bidirectional/forward_lstm/kernel         a direction has the layer's name with forward_ or backward_ in front
//   rnn/RNNCell_0/kernel                      cells in a stack are numbered; one cell, and the layer at each step, are no part of the name
import { internal } from "../../../../compiler/diagnostics/error.ts";
import type { Weight } from "../../../../compiler/front/params.ts";
import { layers } from "../../../../compiler/layers/index.ts";
import type { LayerSpec } from "../../../../compiler/model.ts";
import type { Place } from "../../keras/write/net.ts";
import { rowOf } from "./layers.ts";

/** The tensor's name of each weight. `owners`: by what the names of a line's weights begin with. */
export function tensorNames(weights: readonly Weight[], owners: ReadonlyMap<string, Place>): ReadonlyMap<Weight, string> {
  const cells = new Map<string, string[]>();
  return new Map(weights.map((weight) => [weight, nameOf(weight, owners, cells)]));
}

/** `cells`: those of each stack so far, in their order. */
function nameOf({ name, spec }: Weight, owners: ReadonlyMap<string, Place>, cells: Map<string, string[]>): string {
  const parts = name.split("/");
  for (let length = parts.length - 1; length > 0; length--) {
    const owner = parts.slice(0, length).join("/");
    const place = owners.get(owner);
    if (place === undefined) continue;
    const within = parts.slice(length, -1);
    const { line } = place;
    const innermost = layerWithin(line.layer.keras, line.config, within.length > 0);
    const own = rowOf(innermost, line.path).weights?.[spec.name] ?? spec.name;
    const places = within.flatMap((part, i) => (within[i - 1] === "cells" ? [`RNNCell_${numbered(cells, [owner, ...within.slice(0, i)].join("/"), part)}`] : called(part, place))); // biome-ignore format: one line
    return [place.name, ...places, own].join("/");
  }
  return internal(`the weight ${name} belongs to no line`);
}

function numbered(cells: Map<string, string[]>, stack: string, cell: string): number {
  const list = cells.get(stack) ?? [];
  cells.set(stack, list);
  const known = list.indexOf(cell);
  return known < 0 ? list.push(cell) - 1 : known;
}

/** The class whose weights they are. */
function layerWithin(keras: string, config: object, isWithin: boolean): string {
  const { layer } = config as { readonly layer?: LayerSpec };
  return isWithin && layer !== undefined ? (layers.get(layer.layer)?.keras ?? keras) : keras;
}

/** A place within a wrapper, as TensorFlow.js has it in names: a direction; one layer or cell alone is none. */
function called(part: string, { line }: Place): readonly string[] {
  const direction = /^(forward|backward)_layer$/.exec(part)?.[1];
  return direction === undefined
    ? []
    : [`${direction}_${(line.config as { readonly layer: LayerSpec }).layer.name ?? "layer_0"}`];
}
