// What the convolutions share: the sum of products over patches, and what comes after it. In: [n, ...space, C], channels last, and a
// kernel. Out: [n, ...space, filters]. Guarantee: one dot, however many groups there are, and no patch is copied: patches and groups
// are views. For two spatial axes:
//
//   groups of channels   [n, OH, OW, g, C/g, kh, kw] · [kh, kw, C/g, g, F/g]  →  [n, OH, OW, g, F/g]  =  [n, OH, OW, F]
//   every channel alone  [n, OH, OW, C, kh, kw] · [kh, kw, C, m]              →  [n, OH, OW, C, m]    =  [n, OH, OW, C·m]
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type ActivationName, activate, activationSchema, badActivation } from "../activations.ts";
import type { Problem } from "../define.ts";
import { formatKey, fromLast } from "../layout.ts";
import { biasKeys } from "../shared.ts";
import { bordered, type Geometry, patches } from "./windows.ts";

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** The filters of group g over the channels of group g; the kernel is [...taps, C / groups, filters]. */
export function convolve(g: G, x: Node, kernel: Node, geometry: Geometry, groups: number): Node {
  const border = bordered(g, x, geometry, 0);
  const rank = geometry.sizes.length;
  const taps = range(0, rank);
  if (groups === 1) {
    const contract = [
      [...range(rank + 2, rank), rank + 1],
      [...taps, rank],
    ] as const;
    return g.dot(patches(g, border, geometry), kernel, { batch: [[], []], contract });
  }
  const sizes = kernel.type.shape as readonly number[];
  const [channels, filters] = sizes.slice(rank);
  const split = g.reshape(border, { shape: [...border.type.shape.slice(0, rank + 1), groups, channels] });
  const parts = g.reshape(kernel, { shape: [...sizes.slice(0, rank), channels, groups, filters / groups] });
  const contract = [
    [...range(rank + 3, rank), rank + 2],
    [...taps, rank],
  ] as const;
  const batch = [[rank + 1], [rank + 1]] as const;
  return joined(g, g.dot(patches(g, split, geometry), parts, { batch, contract, at: rank + 1 }));
}

/** Every channel by itself, under as many filters as the kernel [...taps, C, m] has for it. */
export function convolveDepthwise(g: G, x: Node, kernel: Node, geometry: Geometry): Node {
  const rank = geometry.sizes.length;
  const contract = [range(rank + 2, rank), range(0, rank)] as const;
  const batch = [[rank + 1], [rank]] as const;
  const windows = patches(g, bordered(g, x, geometry, 0), geometry);
  return joined(g, g.dot(windows, kernel, { batch, contract, at: rank + 1 }));
}

/** The last two axes as one. */
function joined(g: G, x: Node): Node {
  const { shape } = x.type;
  const [a, b] = shape.slice(-2) as number[];
  return g.reshape(x, { shape: [...shape.slice(0, -2), a * b] });
}

/** Keras' keys of what comes after the products. */
export const finishKeys = { ...formatKey, activation: activationSchema, ...biasKeys };

type Finish = { readonly activation: ActivationName | null; readonly dataFormat: "channels_last" | "channels_first" | null };

/** activation(x + bias), the channels where the config wants them; without a bias nothing is added. */
export function finished(g: G, x: Node, bias: Node | undefined, config: Finish): Node {
  const sum = bias === undefined ? x : g.add(x, g.broadcastTo(bias, x.type.shape));
  // What goes along an axis, such as softmax, takes the last one of the result, whatever stands there.
  return activate(g, config.activation, fromLast(g, config, sum));
}

/** The problem of an activation that does not fit a result of so many filters; `output` gives its spatial sizes. */
export const badFinish = ({ activation, dataFormat }: Finish, filters: number, output: readonly number[]): Problem | undefined =>
  badActivation(activation, dataFormat === "channels_first" ? (output.at(-1) as number) : filters);
