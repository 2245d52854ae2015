// Softmax as a layer. The op takes one axis; several are put together behind the others, [n, kept…, Π axes], and taken apart again.
// A mask is laid against the last axes, as Keras lays it where it computes a row alone; with more rows Keras refuses, or mixes them.
import * as z from "zod";
import { CompileError } from "../../diagnostics/error.ts";
import { type Node, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";

/**
 * eˣ / Σ eˣ along one axis or several, counted with the batch as 0; the shape stays. Masked points become 0.
 * https://keras.io/api/layers/activation_layers/softmax/
 */
export const softmax = layer({
  name: "softmax",
  keras: "Softmax",
  says: "e^x / Σ e^x along `axis` (one or several, the batch is 0); 0 where a mask is 0, which is laid against the last axes of a row and must fit there.",
  config: z.strictObject({ axis: axisOrAxes.default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, mask, config: { axis } }) => {
    const axes = (sampleAxes(axis, sampleShape(x)) ?? []).map((sampleAxis) => sampleAxis + 1);
    if (mask === undefined) return { y: along(g, x, axes) };
    // Lowered to −1e9 and not taken out, a line of nothing but masked points gives no NaN; then they are 0.
    const keep = g.as("mask", () => laid(g, mask, x));
    return { y: g.select(keep, along(g, g.select(keep, x, g.like(x, -1e9)), axes), g.like(x, 0)) };
  },
});

function along(g: G, x: Node, axes: readonly number[]): Node {
  const { shape } = x.type;
  if (axes.length === 1) return g.softmax(x, { axis: axes[0] });
  // Several axes at once: moved to the end, softmax along one, moved back.
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const perm = [...kept, ...axes];
  const moved = g.transpose(x, { perm });
  const size = axes.reduce((product, i) => product * (shape[i] as number), 1);
  const flat = g.reshape(moved, { shape: [...kept.map((i) => shape[i]), size] });
  const y = g.reshape(g.softmax(flat, { axis: kept.length }), { shape: moved.type.shape });
  return g.transpose(y, { perm: perm.map((_, i) => perm.indexOf(i)) });
}

/** The mask over the shape of x: its last axis is laid against the last one of a row, and so on; a size of 1 serves all. */
function laid(g: G, mask: Node, x: Node): Node {
  const [row, steps] = [sampleShape(x), sampleShape(mask)];
  const before = row.length - steps.length;
  if (before < 0 || steps.some((size, i) => size !== 1 && size !== row[before + i])) {
    throw new CompileError({
      code: "shape/mismatch",
      path: "",
      message: `a mask of ${showShape(steps)} does not fit the last axes of ${showShape(row)}; softmax lays it there, as Keras does`,
      hint: 'activation({ activation: "softmax" }) computes the same and heeds no mask',
    });
  }
  const wide = steps.map((_, i) => i).filter((i) => steps[i] !== 1);
  const narrow = g.reshape(mask, { shape: [mask.type.shape[0], ...wide.map((i) => steps[i])] });
  return g.broadcast(narrow, { shape: x.type.shape, axes: [0, ...wide.map((i) => before + i + 1)] });
}
