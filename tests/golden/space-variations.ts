// Convolution, pooling and what else goes along spatial axes, in variations that no golden has: a layer, and the same as loops.
import { at, make, map, permute, reshape, type Tensor } from "./reference.ts";
import * as s from "./reference-space.ts";
import { alone, line, type Variation, type Weights } from "./variation.ts";

/** A layer under its own name on samples of a shape, and the loops; `first`: the same with channels first too. */
const each = (
  layer: string,
  input: readonly number[],
  config: Record<string, unknown>,
  of: (x: Tensor, weight: (name: string) => Tensor) => Tensor,
): readonly Variation[] => {
  const weight = (w: Weights) => (name: string) => w[`${layer}/${name}`];
  const first = [input.at(-1) as number, ...input.slice(0, -1)];
  const title = `${layer} ${JSON.stringify(config)} on ${input}`;
  return [
    { name: title, layers: alone(layer, input, config), reference: (x, w) => of(x, weight(w)) },
    {
      name: `${title}, channels first`,
      layers: alone(layer, first, { ...config, dataFormat: "channels_first" }),
      reference: (x, w) => s.toFirst(of(s.toLast(x), weight(w))),
    },
  ];
};
const plainly = (...of: Parameters<typeof each>): readonly Variation[] => each(...of).slice(0, 1);

interface Windowed extends s.Steps {
  readonly sizes: readonly number[];
}
const keys = ({ sizes, strides, dilations, padding }: Windowed) => ({
  kernelSize: sizes,
  ...(strides && { strides }),
  ...(dilations && { dilationRate: dilations }),
  ...(padding && { padding }),
});
const conv = (input: readonly number[], filters: number, how: Windowed, groups = 1) =>
  each(`conv${how.sizes.length}d`, input, { filters, ...keys(how), ...(groups > 1 && { groups }) }, (x, w) =>
    s.conv(x, w("kernel"), w("bias"), s.windowsOf(input.slice(0, -1), how.sizes, how), groups),
  );
const depthwise = (input: readonly number[], depthMultiplier: number, how: Windowed) =>
  each(`depthwiseConv${how.sizes.length}d`, input, { depthMultiplier, ...keys(how) }, (x, w) =>
    s.depthwise(x, w("kernel"), w("bias"), s.windowsOf(input.slice(0, -1), how.sizes, how)),
  );
const separable = (input: readonly number[], filters: number, how: Windowed) =>
  each(`separableConv${how.sizes.length}d`, input, { filters, depthMultiplier: 2, ...keys(how) }, (x, w) => {
    const deep = s.depthwise(x, w("depthwise_kernel"), undefined, s.windowsOf(input.slice(0, -1), how.sizes, how));
    const ones = how.sizes.map(() => 1);
    return s.conv(deep, w("pointwise_kernel"), w("bias"), s.windowsOf(deep.shape.slice(1, -1), ones));
  });
const transposed = (
  input: readonly number[],
  filters: number,
  how: Windowed & { readonly outputPadding?: readonly number[] },
  cut: readonly number[],
  outputs: readonly number[],
) => {
  const { sizes, outputPadding } = how;
  const [strides, dilations] = [how.strides ?? sizes.map(() => 1), how.dilations ?? sizes.map(() => 1)];
  const config = { filters, ...keys(how), ...(outputPadding && { outputPadding }) };
  return each(`conv${sizes.length}dTranspose`, input, config, (x, w) =>
    s.convTranspose(x, w("kernel"), w("bias"), { strides, dilations, cut, outputs }),
  );
};
const pool = (input: readonly number[], how: Windowed) =>
  (["max", "average"] as const).flatMap((kind) => {
    const { strides = how.sizes, padding = "valid" } = how;
    const windows = s.windowsOf(input.slice(0, -1), how.sizes, { strides, padding });
    const config = { poolSize: how.sizes, ...(how.strides && { strides }), padding };
    return each(`${kind}Pooling${how.sizes.length}d`, input, config, (x) =>
      s.pool(x, windows, kind === "max" ? s.largest : s.mean),
    );
  });
const adaptive = (input: readonly number[], outputSize: readonly number[]) =>
  (["Max", "Average"] as const).flatMap((kind) =>
    each(`adaptive${kind}Pooling${outputSize.length}d`, input, { outputSize }, (x) =>
      s.adaptive(x, outputSize, kind === "Max" ? s.largest : s.mean),
    ),
  );
const overAll = (input: readonly number[]) =>
  (["Max", "Average"] as const).flatMap((kind) =>
    each(`global${kind}Pooling${input.length - 1}d`, input, { keepdims: true }, (x) => {
      const whole = s.windowsOf(input.slice(0, -1), input.slice(0, -1));
      return s.pool(x, whole, kind === "Max" ? s.largest : s.mean);
    }),
  );

/** Weights of a kernel of `radius` around the middles of cells; `wide` makes it as much wider. */
const around =
  (length: number, size: number, radius: number, kernel: (x: number) => number, wide = 1) =>
  (o: number, i: number): number => {
    const distance = Math.abs(i + 0.5 - ((o + 0.5) * length) / size) / wide;
    return distance < radius ? kernel(distance) : 0;
  };
const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const methods: Readonly<Record<string, readonly [radius: number, kernel: (x: number) => number]>> = {
  bilinear: [1, (x) => 1 - x],
  lanczos3: [3, (x) => sinc(x) * sinc(x / 3)],
  lanczos5: [5, (x) => sinc(x) * sinc(x / 5)],
};
const resized = (
  interpolation: string,
  [height, width, channels]: readonly number[],
  to: readonly [number, number],
  antialias: boolean,
) =>
  each("resizing", [height, width, channels], { height: to[0], width: to[1], interpolation, antialias }, (x) => {
    const [radius, kernel] = methods[interpolation];
    return [height, width].reduce((value, length, i) => {
      const wide = antialias ? Math.max(length / to[i], 1) : 1;
      return s.resample(value, i + 1, to[i], around(length, to[i], radius, kernel, wide));
    }, x);
  });
const area = (o: number, i: number, length: number, size: number) =>
  Math.max(Math.min(i + 1, ((o + 1) * length) / size) - Math.max(i, (o * length) / size), 0);

export const spaceCases: readonly Variation[] = [
  ...conv([11, 3], 5, { sizes: [3], padding: "causal", dilations: [2] }),
  ...conv([9, 4], 6, { sizes: [4], padding: "causal", strides: [3] }, 2),
  ...conv([2, 3], 2, { sizes: [5], padding: "causal" }),
  ...conv([10, 2], 8, { sizes: [3], padding: "same", strides: [2], dilations: [2] }),
  ...conv([9, 8, 2], 3, { sizes: [2, 3], strides: [2, 1], dilations: [2, 3], padding: "same" }),
  ...conv([5, 6, 4, 2], 4, { sizes: [2, 3, 2], strides: [2, 1, 1], padding: "same" }, 2),
  ...conv([5, 5, 5, 1], 9, { sizes: [2, 2, 2], dilations: [2, 1, 3] }),
  ...depthwise([12, 5], 2, { sizes: [3], strides: [2], padding: "same" }),
  ...depthwise([31, 8], 1, { sizes: [5], dilations: [2] }),
  ...depthwise([6, 7, 3], 1, { sizes: [3, 2], padding: "same" }),
  ...separable([9, 3], 5, { sizes: [4], padding: "same", dilations: [2] }),
  ...separable([6, 5, 2], 4, { sizes: [3, 2], strides: [2, 2] }),
  ...transposed([5, 3], 4, { sizes: [3], strides: [2] }, [0], [11]),
  ...transposed([5, 3], 4, { sizes: [2], strides: [3], padding: "same" }, [0], [15]),
  ...transposed([4, 2], 3, { sizes: [5], strides: [2], padding: "same", outputPadding: [1] }, [1], [8]),
  ...transposed([4, 2], 3, { sizes: [4], dilations: [3], padding: "same" }, [4], [4]),
  ...transposed([4, 3, 2], 3, { sizes: [4, 3], strides: [2, 2], padding: "same" }, [1, 0], [8, 6]),
  ...transposed([3, 4, 2], 5, { sizes: [5, 2], strides: [3, 4] }, [0, 0], [11, 16]),
  ...transposed([3, 4, 9], 8, { sizes: [4, 4], strides: [2, 2], padding: "same" }, [1, 1], [6, 8]),
  ...transposed([2, 3, 2, 2], 2, { sizes: [3, 2, 1], strides: [2, 1, 2] }, [0, 0, 0], [5, 4, 4]),
  ...pool([9, 4], { sizes: [3], strides: [2], padding: "same" }),
  ...pool([7, 8, 5], { sizes: [3, 2], strides: [2, 3], padding: "same" }),
  ...pool([4, 5, 4, 2], { sizes: [2, 3, 2], padding: "same" }),
  ...pool([6, 3], { sizes: [4], strides: [1] }),
  ...adaptive([7, 3], [3]),
  ...adaptive([8, 6, 4], [4, 2]),
  ...adaptive([5, 9, 2], [7, 4]),
  ...adaptive([4, 3, 5, 2], [3, 3, 2]),
  ...overAll([7, 4]),
  ...overAll([3, 4, 5]),
  ...overAll([2, 3, 2, 4]),
  ...(["bilinear", "lanczos3", "lanczos5"] as const).flatMap((method) => [
    ...resized(method, [12, 14, 2], [5, 9], true),
    ...resized(method, [13, 9, 1], [17, 27], false),
  ]),
  ...each("resizing", [9, 7, 2], { height: 4, width: 5, interpolation: "area" }, (x) =>
    s.resample(
      s.resample(x, 1, 4, (o, i) => area(o, i, 9, 4)),
      2,
      5,
      (o, i) => area(o, i, 7, 5),
    ),
  ),
  ...each("resizing", [9, 7, 3], { height: 12, width: 4, interpolation: "nearest" }, (x) =>
    make([x.shape[0], 12, 4, 3], (n, i, j, c) => at(x, n, Math.floor(((i + 0.5) * 9) / 12), Math.floor(((j + 0.5) * 7) / 4), c)),
  ),
  ...each("resizing", [4, 6, 2], { height: 2, width: 2, padToAspectRatio: true, fillValue: 3, interpolation: "nearest" }, (x) =>
    make([x.shape[0], 2, 2, 2], (n, i, j, c) => {
      const row = Math.floor((i + 0.5) * 3) - 1;
      return row < 0 || row > 3 ? 3 : at(x, n, row, Math.floor((j + 0.5) * 3), c);
    }),
  ),
  ...each("centerCrop", [7, 6, 2], { height: 4, width: 3 }, (x) =>
    make([x.shape[0], 4, 3, 2], (n, i, j, c) => at(x, n, i + 1, j + 1, c)),
  ),
  ...plainly("upSampling1d", [4, 3], { size: 3 }, (x) => make([x.shape[0], 12, 3], (n, i, c) => at(x, n, Math.floor(i / 3), c))),
  ...each("upSampling2d", [3, 4, 2], { size: [2, 3] }, (x) =>
    make([x.shape[0], 6, 12, 2], (n, i, j, c) => at(x, n, Math.floor(i / 2), Math.floor(j / 3), c)),
  ),
  ...each("upSampling3d", [2, 3, 2, 2], { size: [2, 1, 3] }, (x) =>
    make([x.shape[0], 4, 3, 6, 2], (n, i, j, k, c) => at(x, n, Math.floor(i / 2), j, Math.floor(k / 3), c)),
  ),
  ...each("zeroPadding1d", [3, 2], { padding: [2, 1] }, (x) =>
    make([x.shape[0], 6, 2], (n, i, c) => (i < 2 || i > 4 ? 0 : at(x, n, i - 2, c))),
  ),
  ...each("zeroPadding2d", [3, 2, 2], { padding: [1, [0, 2]] }, (x) =>
    make([x.shape[0], 5, 4, 2], (n, i, j, c) => (i < 1 || i > 3 || j > 1 ? 0 : at(x, n, i - 1, j, c))),
  ),
  ...each("zeroPadding3d", [2, 2, 2, 2], { padding: 1 }, (x) =>
    make([x.shape[0], 4, 4, 4, 2], (n, ...p) => {
      const c = p.pop() as number;
      return p.every((i) => i > 0 && i < 3) ? at(x, n, ...p.map((i) => i - 1), c) : 0;
    }),
  ),
  ...plainly("cropping1d", [5, 2], {}, (x) => make([x.shape[0], 3, 2], (n, i, c) => at(x, n, i + 1, c))),
  ...each("cropping2d", [5, 6, 2], { cropping: [[1, 0], 2] }, (x) =>
    make([x.shape[0], 4, 2, 2], (n, i, j, c) => at(x, n, i + 1, j + 2, c)),
  ),
  ...each("cropping3d", [4, 4, 4, 2], {}, (x) =>
    make([x.shape[0], 2, 2, 2, 2], (n, i, j, k, c) => at(x, n, i + 1, j + 1, k + 1, c)),
  ),
  {
    name: "flatten, channels first",
    layers: alone("flatten", [2, 3, 4], { dataFormat: "channels_first" }),
    reference: (x) => reshape(permute(x, [2, 3, 1]), 24),
  },
  {
    name: "globalAveragePooling1d of kept steps",
    layers: [...alone("masking", [4, 2]), line("globalAveragePooling1d")],
    // The third step of each row is all zeros, so masked.
    input: (noise) => [0, 1, 2, -3][noise.integer(0, 3)],
    reference: (x) =>
      make([x.shape[0], 2], (n, c) => {
        const kept = [0, 1, 2, 3].filter((t) => at(x, n, t, 0) !== 0 || at(x, n, t, 1) !== 0);
        return kept.reduce((total, t) => total + at(x, n, t, c), 0) / kept.length;
      }),
  },
  {
    name: "channels first: conv2d, relu, maxPooling2d, conv2d with softmax along the width",
    layers: [
      ...alone("conv2d", [2, 6, 7], { filters: 5, kernelSize: 3, padding: "same", dataFormat: "channels_first" }),
      line("reLU"),
      line("maxPooling2d", { dataFormat: "channels_first" }),
      line("conv2d", { filters: 3, kernelSize: 1, dataFormat: "channels_first", activation: "softmax" }, "last"),
    ],
    reference: (x, w) => {
      const image = s.conv(s.toLast(x), w["conv2d/kernel"], w["conv2d/bias"], s.windowsOf([6, 7], [3, 3], { padding: "same" }));
      const pooled = s.pool(map(image, (v) => Math.max(v, 0)), s.windowsOf([6, 7], [2, 2], { strides: [2, 2] }), s.largest); // biome-ignore format: one line
      const e = map(s.toFirst(s.conv(pooled, w["last/kernel"], w["last/bias"], s.windowsOf([3, 3], [1, 1]))), Math.exp);
      return make(e.shape, (n, c, i, j) => at(e, n, c, i, j) / [0, 1, 2].reduce((total, k) => total + at(e, n, c, i, k), 0));
    },
  },
];
