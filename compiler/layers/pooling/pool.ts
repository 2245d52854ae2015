// Pooling over windows of one, two or three spatial axes, channels apart: the largest value of each, or the mean. With two axes:
//
//   max        out[n, i, j, c] = max over k < ph, l < pw of x[n, s·i + k − top, s·j + l − left, c]       x is −∞ outside
//   average    out[n, i, j, c] = Σ_kl of the same / how many of the taps lie inside                      x is 0 outside
//
// In ops: pad, window, turned to [n, OH, OW, ph, pw, C], and a reduction over the taps; of equal values the first takes the gradient of a maximum.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import {
  badWindow,
  bordered,
  type Geometry,
  margins,
  padding,
  patches,
  windowStream,
  windowsOver,
} from "../convolution/windows.ts";
import { layer } from "../define.ts";
import { channelsLast, eachAxis, formatKey, fromLast, needsSpace, perAxis, toLast } from "../layout.ts";

/** What is taken of a window: its taps are the axes of `windows` before the last, its channels. */
interface Taking {
  /** What stands outside the input. */
  readonly outside: number;
  readonly of: (g: G, windows: Node, geometry: Geometry, lengths: readonly number[]) => Node;
}
interface Member<P> {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
  /** Keras has a default for the maximum alone. */
  readonly poolSize: P;
}
type PerAxis = ReturnType<typeof perAxis>;

const pool = <P extends PerAxis | z.ZodDefault<PerAxis>>(taking: Taking, { rank, poolSize, ...member }: Member<P>) => {
  const geometry = (config: object): Geometry => {
    const { poolSize: sizes, strides, padding: how } = config as Keys;
    const [ones, taps] = [eachAxis(1, rank), eachAxis(sizes, rank)];
    return { sizes: taps, strides: eachAxis(strides ?? taps, rank), dilations: ones, padding: how };
  };
  return layer({
    ...member,
    config: z.strictObject({ poolSize, strides: perAxis(rank).nullable().default(null), padding, ...formatKey }),
    legal: (config, input) =>
      needsSpace(rank, config, input) ?? badWindow(geometry(config), channelsLast(config, input), "poolSize"),
    weights: () => [],
    stream: windowStream(geometry),
    lower: (g, { x, config }) => {
      return { y: fromLast(g, config, taken(g, toLast(g, config, x), geometry(config), taking)), mask: null };
    },
  });
};
interface Keys {
  readonly poolSize: number | readonly number[];
  readonly strides: number | readonly number[] | null;
  readonly padding: "valid" | "same";
}

function taken(g: G, x: Node, geometry: Geometry, taking: Taking): Node {
  const patched = patches(g, bordered(g, x, geometry, taking.outside), geometry);
  // What the gradient computes of the taps lies as the windows have their axes: channels last, side by side as in the input.
  const perm = patched.type.shape.map((_, axis) => axis);
  const windows = g.transpose(patched, { perm: [...perm.toSpliced(geometry.sizes.length + 1, 1), geometry.sizes.length + 1] });
  return taking.of(g, windows, geometry, x.type.shape.slice(1, geometry.sizes.length + 1) as number[]);
}

/** The axes of the taps. */
const tapsOf = (windows: Node, { sizes }: Geometry): number[] =>
  sizes.map((_, i) => windows.type.shape.length - sizes.length - 1 + i);

const max: Taking = {
  outside: Number.NEGATIVE_INFINITY,
  of: (g, windows, geometry) => g.reduceMax(windows, { axes: tapsOf(windows, geometry) }),
};

const average: Taking = {
  outside: 0,
  of: (g, windows, geometry, lengths) => {
    const sum = g.reduceSum(windows, { axes: tapsOf(windows, geometry) });
    return g.div(
      sum,
      g.as("count", () => inside(g, sum, geometry, lengths)),
    );
  },
};

/** The largest value, or the mean of what lies inside, of each window of x [n, ...space, channels]. */
export const pooled = (g: G, x: Node, geometry: Geometry, how: "max" | "average"): Node =>
  taken(g, x, geometry, how === "max" ? max : average);

/** How many taps of each window lie inside, in the shape of `sum`. Axes multiply, so that a number an axis says it. */
function inside(g: G, sum: Node, geometry: Geometry, lengths: readonly number[]): Node {
  const { low } = margins(geometry, lengths);
  const counts = windowsOver(geometry, lengths).map((windows, i) =>
    Array.from({ length: windows }, (_, o) => {
      const first = o * geometry.strides[i] - low[i];
      return Math.min(first + geometry.sizes[i], lengths[i]) - Math.max(first, 0);
    }),
  );
  const isEven = (axis: readonly number[]) => axis.every((n) => n === axis[0]);
  const even = counts.reduce((product, axis) => (isEven(axis) ? product * axis[0] : product), 1);
  const { shape } = sum.type;
  const uneven = counts.flatMap((values, i) =>
    isEven(values) ? [] : [g.broadcast(g.constant({ shape: [values.length], values }), { shape, axes: [i + 1] })],
  );
  if (even === 1 && uneven.length > 0) return uneven.reduce((a, b) => g.mul(a, b));
  return uneven.reduce((a, b) => g.mul(a, b), g.fill(even, shape));
}

/** The largest value of each window, [n, T, C] to [n, OT, C]. https://keras.io/api/layers/pooling_layers/max_pooling1d/ */
export const maxPooling1d = pool(max, {
  name: "maxPooling1d",
  keras: "MaxPooling1D",
  says: "The maximum of each window of [steps, channels]; strides default to poolSize; `same` pads with −∞.",
  rank: 1,
  poolSize: perAxis(1).default(2),
});

/** The largest value of each window, [n, H, W, C] to [n, OH, OW, C]. https://keras.io/api/layers/pooling_layers/max_pooling2d/ */
export const maxPooling2d = pool(max, {
  name: "maxPooling2d",
  keras: "MaxPooling2D",
  says: "The maximum of each window of [height, width, channels]; strides default to poolSize; `same` pads with −∞.",
  rank: 2,
  poolSize: perAxis(2).default(2),
});

/** The largest value of each window, [n, D, H, W, C] to [n, OD, OH, OW, C]. https://keras.io/api/layers/pooling_layers/max_pooling3d/ */
export const maxPooling3d = pool(max, {
  name: "maxPooling3d",
  keras: "MaxPooling3D",
  says: "The maximum of each window of [depth, height, width, channels]; strides default to poolSize; `same` pads with −∞.",
  rank: 3,
  poolSize: perAxis(3).default(2),
});

/** The mean of each window, [n, T, C] to [n, OT, C]. https://keras.io/api/layers/pooling_layers/average_pooling1d/ */
export const averagePooling1d = pool(average, {
  name: "averagePooling1d",
  keras: "AveragePooling1D",
  says: "The mean of each window of [steps, channels], of what lies inside the input; strides default to poolSize.",
  rank: 1,
  poolSize: perAxis(1),
});

/** The mean of each window, [n, H, W, C] to [n, OH, OW, C]. https://keras.io/api/layers/pooling_layers/average_pooling2d/ */
export const averagePooling2d = pool(average, {
  name: "averagePooling2d",
  keras: "AveragePooling2D",
  says: "The mean of each window of [height, width, channels], of what lies inside the input; strides default to poolSize.",
  rank: 2,
  poolSize: perAxis(2),
});

/** The mean of each window, [n, D, H, W, C] to [n, OD, OH, OW, C]. https://keras.io/api/layers/pooling_layers/average_pooling3d/ */
export const averagePooling3d = pool(average, {
  name: "averagePooling3d",
  keras: "AveragePooling3D",
  says: "The mean of each window of [depth, height, width, channels], of what lies inside the input; strides default to poolSize.",
  rank: 3,
  poolSize: perAxis(3),
});
