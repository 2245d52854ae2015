// Operators along one axis: softmax and its kin, running sums, sorting. Before version 13 softmax took all axes from one on as one line.

import type { Node } from "../../../../compiler/graph/graph.ts";
import { sizeOf } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { alongMatrix, ranked } from "../../functions.ts";
import { axisOf, type Made, type Operator, operator, type Site } from "../define.ts";
import { axesOf, nodeAxis, type Value } from "../values.ts";
import { beside, reshapeTo } from "./moves.ts";
import { checkCount } from "./sources.ts";

type Line = (g: G, x: Node, axis: number) => Node;

/** Lines along one axis. */
export function lines(site: Site, x: Value, axis: number, build: Line, dtype = x.dtype): Value {
  return beside(site, x, [axis], false, (inner, [at]) => {
    const value = site.apart(inner, [at]);
    return site.made(build(site.g, site.node(value), nodeAxis(value.at, at)), value.at, dtype);
  });
}

const softmaxLike = (name: string, build: Line): readonly Operator[] => [
  operator(name, 1, (site) => {
    const x = site.input(0);
    const from = axisOf(site, site.int("axis", 1), x.shape.length + 1);
    const flat = reshapeTo(site, x, [sizeOf(x.shape.slice(0, from)), sizeOf(x.shape.slice(from))]);
    return reshapeTo(site, lines(site, flat, 1, build), x.shape);
  }),
  operator(name, 13, (site) => {
    const x = site.input(0);
    return lines(site, x, axisOf(site, site.int("axis", -1), x.shape.length), build);
  }),
];

/** 1 at the first of the largest. */
const hardmax: Line = (g, x, axis) => {
  const size = x.type.shape[axis] as number;
  const found = g.oneHot(g.argmax(x, { axis }), { depth: size });
  const last = x.type.shape.length - 1;
  return g.transpose(found, { perm: axesOf(last + 1).map((i) => (i === axis ? last : i < axis ? i : i - 1)) });
};

/** A sum over what comes before, with or without the number itself: a product with ones on one side of a diagonal. */
const cumSum = (site: Site): Value => {
  const x = site.input(0);
  const axis = axisOf(site, site.numbers(1, "an axis")?.[0] ?? 0, x.shape.length);
  const [isExclusive, isReverse] = [site.int("exclusive", 0) === 1, site.int("reverse", 0) === 1];
  return lines(site, x, axis, (g, node, at) => {
    const size = node.type.shape[at] as number;
    checkCount(site, size * size);
    const reaches = (from: number, to: number): boolean => {
      const ahead = isReverse ? from - to : to - from;
      return isExclusive ? ahead > 0 : ahead >= 0;
    };
    const ones = Float32Array.from({ length: size * size }, (_, i) => (reaches(Math.floor(i / size), i % size) ? 1 : 0));
    return alongMatrix(g, node, at, site.constant([size, size], ones));
  });
};

/** Lines that are sorted by comparing each number with each. */
const longest = 4096;

/** The k largest or smallest and where they stand; of equals the first comes first. */
const topK = (site: Site): Made => {
  const x = site.input(0);
  const axis = axisOf(site, site.int("axis", -1), x.shape.length);
  const k = site.attribute("k")?.int ?? site.numbers(1, "k")?.[0] ?? 1;
  const size = x.shape[axis];
  if (size > longest) site.refuse(`of a line of ${size} numbers`);
  if (k > size) site.refuse(`of ${k} of ${size} numbers`);
  const value = site.apart(x, [axis]);
  const at = nodeAxis(value.at, axis);
  const { g } = site;
  const node = site.node(value);
  const rank = node.type.shape.length;
  const moved = g.transpose(node, { perm: [...axesOf(rank).filter((i) => i !== at), at] });
  const [values, places] = ranked(g, moved, k, site.int("largest", 1) === 1);
  const back = axesOf(rank).map((i) => (i === at ? rank - 1 : i < at ? i : i - 1));
  return [
    site.made(g.transpose(values, { perm: back }), value.at, x.dtype),
    site.made(g.transpose(places, { perm: back }), value.at, "int64"),
  ];
};

/** Rows of the group. */
export const along: readonly Operator[] = [
  ...softmaxLike("Softmax", (g, x, axis) => g.softmax(x, { axis })),
  ...softmaxLike("LogSoftmax", (g, x, axis) => g.logSoftmax(x, { axis })),
  ...softmaxLike("Hardmax", hardmax),
  operator("CumSum", 11, cumSum),
  operator("TopK", 1, topK),
];
