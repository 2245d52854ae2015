// Normalisations, einsum and what is identity at inference, in variations that no fixture has, and the same as loops.
import * as r from "./reference.ts";
import { at, make, sum, type Tensor } from "./reference.ts";
import { alone, line, type Variation } from "./variation.ts";

/** Σ over all labels that the output lacks, by going through every value of every label. */
function einsum(equation: string, x: Tensor, kernel: Tensor, bias: Tensor | undefined, biasAxes = ""): Tensor {
  const [left, middle, right] = equation.split(/,|->/);
  const sizes = new Map([
    ...[...left].map((label, i) => [label, x.shape[i]] as const),
    ...[...middle].map((label, i) => [label, kernel.shape[i]] as const),
  ]);
  const size = (label: string) => sizes.get(label) as number;
  const gone = [...sizes.keys()].filter((label) => !right.includes(label));
  const count = gone.reduce((product, label) => product * size(label), 1);
  return make([...right].map(size), (...c) => {
    const value = new Map([...right].map((label, i) => [label, c[i]]));
    const total = sum(count, (k) => {
      let rest = k;
      for (const label of gone) {
        value.set(label, rest % size(label));
        rest = Math.floor(rest / size(label));
      }
      const place = (term: string) => [...term].map((label) => value.get(label) as number);
      return at(x, ...place(left)) * at(kernel, ...place(middle));
    });
    // A bias has the axes of the output from the first of its own on, those that are not its own of size 1.
    const own = [...right]
      .slice(right.length - (bias?.shape.length ?? 0))
      .map((label) => (biasAxes.includes(label) ? (value.get(label) as number) : 0));
    return total + (bias === undefined ? 0 : at(bias, ...own));
  });
}
const einsums: readonly (readonly [equation: string, spelt: string, input: readonly number[], outputShape: unknown, biasAxes?: string])[] = [
  ["abc,cd->abd", "abc,cd->abd", [2, 3], [null, 4], "d"],
  ["abc,bcd->abd", "abc,bcd->abd", [2, 3], [2, 4], "b"],
  ["...x,xy->...y", "abcx,xy->abcy", [2, 2, 3], 4, "y"],
  ["ab...,bc->ac...", "abde,bc->acde", [3, 2, 2], [4]],
  ["abcd,bde->aec", "abcd,bde->aec", [2, 4, 2], [3, null], "ec"],
  ["abc,cde->aedb", "abc,cde->aedb", [2, 3], [2, 3, null], "d"],
  ["abc,cd->ad", "abc,cd->ad", [2, 3], [4], "d"],
  ["abcd,cbe->ace", "abcd,cbe->ace", [2, 3, 4], [null, 2], "ce"],
]; // biome-ignore format: one table

/** Mean and variance of x over the points that share `place`. */
const moments = (x: Tensor, place: (c: readonly number[]) => string) => {
  const all = new Map<string, number[]>();
  make(x.shape, (...c) => {
    const key = place(c);
    all.set(key, [...(all.get(key) ?? []), at(x, ...c)]);
    return 0;
  });
  return (c: readonly number[]) => {
    const values = all.get(place(c)) as number[];
    const mean = sum(values.length, (i) => values[i]) / values.length;
    const squares = sum(values.length, (i) => values[i] ** 2) / values.length;
    return { mean, squares, variance: sum(values.length, (i) => (values[i] - mean) ** 2) / values.length };
  };
};
const grouped = (
  input: readonly number[],
  config: { groups: number; axis?: number; center?: boolean; scale?: boolean },
): Variation => ({
  name: `groupNormalization ${JSON.stringify(config)} on [${input}]`,
  layers: alone("groupNormalization", input, { epsilon: 0.01, ...config }),
  reference: (x, w) => {
    const axis = (config.axis ?? -1) < 0 ? x.shape.length + (config.axis ?? -1) : (config.axis as number);
    const size = config.groups === -1 ? 1 : x.shape[axis] / config.groups;
    const of = moments(x, (c) => `${c[0]} ${Math.floor(c[axis] / size)}`);
    const weight = (part: string, c: readonly number[], standard: number) =>
      w[`groupNormalization/${part}`]?.data[c[axis]] ?? standard;
    return make(x.shape, (...c) => {
      const { mean, variance } = of(c);
      return ((at(x, ...c) - mean) / Math.sqrt(variance + 0.01)) * weight("gamma", c, 1) + weight("beta", c, 0);
    });
  },
});
const outside = (axes: readonly number[]) => (c: readonly number[]) => c.filter((_, axis) => !axes.includes(axis)).join();
const rms = (input: readonly number[], axis: number | readonly number[], axes: readonly number[]): Variation => ({
  name: `rmsNormalization over ${JSON.stringify(axis)} on [${input}]`,
  layers: alone("rmsNormalization", input, { axis, epsilon: 0.01 }),
  reference: (x, w) => {
    const of = moments(x, outside(axes));
    const scale = w["rmsNormalization/scale"];
    // Laid against the last axes.
    return make(
      x.shape,
      (...c) => (at(x, ...c) / Math.sqrt(of(c).squares + 0.01)) * at(scale, ...c.slice(c.length - scale.shape.length)),
    );
  },
});

export const normCases: readonly Variation[] = [
  ...einsums.map(
    ([equation, spelt, input, outputShape, biasAxes]): Variation => ({
      name: `einsumDense ${equation} on [${input}]`,
      layers: alone("einsumDense", input, { equation, outputShape, ...(biasAxes === undefined ? {} : { biasAxes }) }),
      reference: (x, w) => einsum(spelt, x, w["einsumDense/kernel"], w["einsumDense/bias"], biasAxes),
    }),
  ),
  grouped([4, 6], { groups: 3 }),
  grouped([6, 3, 2], { groups: 2, axis: 1, center: false }),
  grouped([3, 4, 2], { groups: 2, axis: -2, scale: false }),
  grouped([4, 6], { groups: -1 }),
  grouped([6], { groups: 1 }),
  rms([4, 6], -1, [2]),
  rms([3, 4, 5], [3, 2], [2, 3]),
  rms([4, 4], 1, [1]),
  ...[-1, 1, [1, 3]].map(
    (axis): Variation => ({
      name: `unitNormalization over ${JSON.stringify(axis)}, zeros among it`,
      layers: alone("unitNormalization", [2, 2, 3], { axis }),
      input: (noise) => noise.integer(-1, 1) * noise.integer(0, 1),
      reference: (x) => {
        const axes = [axis].flat().map((a) => (a < 0 ? a + 4 : a));
        const size = axes.reduce((product, a) => product * x.shape[a], 1);
        const of = moments(x, outside(axes));
        return make(x.shape, (...c) => at(x, ...c) / Math.max(Math.sqrt(of(c).squares * size), 1e-12));
      },
    }),
  ),
  {
    name: "layerNormalization with rmsScaling: divided by the deviation, not centred",
    layers: alone("layerNormalization", [3, 5], { rmsScaling: true, epsilon: 0.01 }),
    reference: (x, w) => {
      const of = moments(x, outside([2]));
      return make(x.shape, (...c) => (at(x, ...c) / Math.sqrt(of(c).variance + 0.01)) * w["layerNormalization/gamma"].data[c[2]]);
    },
  },
  {
    name: "spectralNormalization at inference is the layer",
    layers: alone("spectralNormalization", [3, 4], { layer: { layer: "dense", config: { units: 2 } } }),
    reference: (x, w) => r.dense(x, w["spectralNormalization/layer/kernel"], w["spectralNormalization/layer/bias"]),
  },
  {
    name: "noise and penalties are nothing at inference",
    layers: [
      ...alone("spatialDropout2d", [3, 4, 2], { rate: 0.5 }),
      line("gaussianNoise", { stddev: 0.5 }),
      line("gaussianDropout", { rate: 0.5 }),
      line("alphaDropout", { rate: 0.5 }),
      line("activityRegularization", { l1: 0.1, l2: 0.2 }),
    ],
    reference: (x) => x,
  },
];
