// What the convolutions share: the sum of products over patches, and what comes after it. In: a picture [n, H, W, C] and a kernel.
// Out: [n, OH, OW, filters]. Guarantee: one dot, however many groups there are, and no patch is copied: patches and groups are views.
//
//   groups of channels   [n, OH, OW, g, C/g, kh, kw] · [kh, kw, C/g, g, F/g]  →  [n, OH, OW, g, F/g]  =  [n, OH, OW, F]
//   every channel alone  [n, OH, OW, C, kh, kw] · [kh, kw, C, m]              →  [n, OH, OW, C, m]    =  [n, OH, OW, C·m]
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type ActivationName, activate } from "../activations.ts";
import { sizeOf } from "../shared.ts";
import { bordered, type Geometry, patches } from "./windows.ts";

/** The filters of group g over the channels of group g; the kernel is [kh, kw, C / groups, filters]. */
export function convolve(g: G, x: Node, kernel: Node, geometry: Geometry, groups: number): Node {
  const border = bordered(g, x, geometry, 0);
  const [kh, kw, channels, filters] = kernel.type.shape as readonly number[];
  if (groups === 1)
    return g.dot(patches(g, border, geometry), kernel, {
      batch: [[], []],
      contract: [
        [4, 5, 3],
        [0, 1, 2],
      ],
    });
  const split = g.reshape(border, { shape: [...border.type.shape.slice(0, 3), groups, channels] });
  const parts = g.reshape(kernel, { shape: [kh, kw, channels, groups, filters / groups] });
  return joined(
    g,
    g.dot(patches(g, split, geometry), parts, {
      batch: [[3], [3]],
      contract: [
        [5, 6, 4],
        [0, 1, 2],
      ],
      at: 3,
    }),
  );
}

/** Every channel by itself, under as many filters as the kernel [kh, kw, C, m] has for it. */
export function convolveDepthwise(g: G, x: Node, kernel: Node, geometry: Geometry): Node {
  return joined(
    g,
    g.dot(patches(g, bordered(g, x, geometry, 0), geometry), kernel, {
      batch: [[3], [2]],
      contract: [
        [4, 5],
        [0, 1],
      ],
      at: 3,
    }),
  );
}

/** The last two axes as one. */
function joined(g: G, x: Node): Node {
  const { shape } = x.type;
  return g.reshape(x, { shape: [...shape.slice(0, 3), sizeOf(shape.slice(3) as number[])] });
}

/** activation(x + bias); without a bias nothing is added. */
export function finished(g: G, x: Node, bias: Node | undefined, activation: ActivationName | null): Node {
  return activate(g, activation, bias === undefined ? x : g.add(x, g.broadcastTo(bias, x.type.shape)));
}
