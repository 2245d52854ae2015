// Softmax as a layer. The op takes one axis; several are put together behind the others, [n, kept…, Π axes], and taken apart again.
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, sampleAxes } from "../shared.ts";

/**
 * eˣ / Σ eˣ along one axis or several, counted with the batch as 0; the shape stays.
 * https://keras.io/api/layers/activation_layers/softmax/
 */
export const softmax = layer({
  name: "softmax",
  keras: "Softmax",
  says: "e^x / Σ e^x along `axis` (one or several, the batch is 0); where a mask of the input's shape is 0, x is lowered by 1e9 first.",
  config: z.strictObject({ axis: axisOrAxes.default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  lower: (g, { x, mask, config: { axis } }) => {
    const { shape } = x.type;
    const axes = (sampleAxes(axis, shape.slice(1) as number[]) ?? []).map((sampleAxis) => sampleAxis + 1);
    // Masked points are lowered by 1e9 and not taken out: a line of nothing but such points gives numbers of sum 1, no NaN.
    const fits = mask !== undefined && showShape(mask.type.shape) === showShape(shape);
    const shifted = fits ? g.add(x, g.mul(g.sub(g.like(x, 1), mask), g.like(x, -1e9))) : x;
    if (axes.length === 1) return { y: g.softmax(shifted, { axis: axes[0] }) };
    // Several axes at once: moved to the end, softmax along one, moved back.
    const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const perm = [...kept, ...axes];
    const moved = g.transpose(shifted, { perm });
    const size = axes.reduce((product, i) => product * (shape[i] as number), 1);
    const flat = g.reshape(moved, { shape: [...kept.map((i) => shape[i]), size] });
    const y = g.reshape(g.softmax(flat, { axis: kept.length }), { shape: moved.type.shape });
    return { y: g.transpose(y, { perm: perm.map((_, i) => perm.indexOf(i)) }) };
  },
});
