// Ensembles of decision trees: forests, boosted trees. Every tree is walked at once: the place of a node is looked up in lists of columns,
// numbers and children, so that the ops are as many as the deepest tree has steps, however many trees there are.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { type Made, type Operator, operator, type Site } from "../../define.ts";
import { known, type Value } from "../../values.ts";
import { chosen, rowsOf } from "../indexing.ts";
import { cut, reshapeTo } from "../moves.ts";
import { reduced } from "../reductions.ts";
import { type Forest, forestOf, splitForestOf } from "./forest.ts";
import { tableOf } from "./linear.ts";
import { labelsOf, largestLabel, ofTwo, transformed } from "./scores.ts";

/** Numbers of the leaves' table. */
const mostNumbers = 2 ** 24;

const tests: Readonly<Record<string, (g: G, x: Node, number: Node) => Node>> = {
  BRANCH_LEQ: (g, x, number) => g.max(g.less(x, number), g.equal(x, number)),
  BRANCH_LT: (g, x, number) => g.less(x, number),
  BRANCH_GTE: (g, x, number) => g.max(g.less(number, x), g.equal(x, number)),
  BRANCH_GT: (g, x, number) => g.less(number, x),
  BRANCH_EQ: (g, x, number) => g.equal(x, number),
  BRANCH_NEQ: (g, x, number) => g.sub(g.like(x, 1), g.equal(x, number)),
};

/** The place of the leaf that each row comes to in each tree, [N, trees]. */
function leavesOf(site: Site, x: Value, forest: Omit<Forest, "placeOf">): Value {
  const [rows, columnCount] = x.shape;
  const { roots, modes } = forest;
  const list = (name: string, numbers: ArrayLike<number>): Value => ({
    ...known("float32", [numbers.length], Float32Array.from(numbers)),
    name: `trees.${name}`,
  });
  const names = [...new Set(modes.filter((mode) => mode !== "LEAF"))];
  // Known for all rows until the first step.
  let place = known("float32", [1, roots.length], Float32Array.from(roots));
  const tables = {
    column: list("column", forest.columns),
    number: list("number", forest.numbers),
    yes: list("true", forest.onTrue),
    no: list("false", forest.onFalse),
    mode: list(
      "mode",
      modes.map((mode) => names.indexOf(mode)),
    ),
    missing: list("missing", forest.takesMissing.map(Number)),
  };
  const wide = reshapeTo(site, x, [rows, 1, columnCount]);
  for (let step = 0; step < forest.depth; step++) {
    const at = (table: Value): Value => rowsOf(site, table, 0, place);
    const value = chosen(site, reshapeTo(site, at(tables.column), [...place.shape, 1]), wide, 2, columnCount);
    const mode = names.length > 1 ? [at(tables.mode)] : [];
    let holds = site.elementwise([value, at(tables.number), ...mode], (g, a, b, m) =>
      names.reduce<Node | undefined>((made, name, i) => {
        const test = tests[name](g, a, b);
        return made === undefined || m === undefined ? test : g.select(g.equal(m, g.like(m, i)), test, made);
      }, undefined) ?? a,
    ); // biome-ignore format: one call
    if (forest.takesMissing.includes(true))
      holds = site.elementwise([holds, value, at(tables.missing)], (g, a, v, m) =>
        g.max(a, g.select(g.equal(v, v), g.like(m, 0), m)),
      );
    place = site.elementwise([holds, at(tables.yes), at(tables.no)], (g, a, yes, no) => g.select(a, yes, no));
  }
  return place;
}

/** What the leaves of all trees give together, [N, count]. `prefix`: of the attributes that say what a leaf gives. */
function votes(site: Site, prefix: "target" | "class", count: number): Value {
  const x = tableOf(site, site.input(0));
  const forest = forestOf(site, x.shape[1]);
  const size = forest.modes.length;
  if (count < 1 || size * count > mostNumbers) site.refuse(`of ${size} nodes with ${count} numbers each`);
  const { trees, nodes, ids, weights } = gives(site, prefix);
  const table = new Float32Array(size * count);
  const isGiven = new Uint8Array(size * count);
  for (const [i, tree] of trees.entries()) {
    const place = forest.placeOf(tree, nodes[i]) ?? site.refuse(`that gives a number at the node ${nodes[i]}, which is none`);
    if (!(ids[i] >= 0 && ids[i] < count)) site.refuse(`that gives a number to ${ids[i]} of ${count}`);
    table[place * count + ids[i]] += weights[i];
    isGiven[place * count + ids[i]] = 1;
  }
  return together(site, x, forest, { table, isGiven, count, how: site.string("aggregate_function", "SUM") });
}

/** What each node of a forest gives: `count` numbers, of which some are given, and how those of several trees become one. */
interface Leaves {
  readonly table: Float32Array;
  readonly isGiven: Uint8Array;
  readonly count: number;
  readonly how: string;
}

function together(site: Site, x: Value, forest: Omit<Forest, "placeOf">, { table, isGiven, count, how }: Leaves): Value {
  const size = forest.modes.length;
  const isExtreme = how === "MIN" || how === "MAX";
  const isLeaf = (i: number): boolean => forest.modes[Math.floor(i / count)] === "LEAF";
  if (isExtreme && isGiven.some((given, i) => given === 0 && isLeaf(i))) site.refuse(`by ${how} of leaves that give nothing`);
  const found = rowsOf(site, { ...known("float32", [size, count], table), name: "trees.leaf" }, 0, leavesOf(site, x, forest));
  return reduced(site, found, [1], false, aggregates[how] ?? site.refuse(`by ${how}`));
}

type Aggregate = (g: G, x: Node, axes: readonly number[]) => Node;
const aggregates: Readonly<Record<string, Aggregate>> = {
  SUM: (g, x, axes) => g.reduceSum(x, { axes }),
  AVERAGE: (g, x, axes) => g.mean(x, { axes }),
  MIN: (g, x, axes) => g.neg(g.reduceMax(g.neg(x), { axes })),
  MAX: (g, x, axes) => g.reduceMax(x, { axes }),
};

interface Gives {
  readonly trees: readonly number[];
  readonly nodes: readonly number[];
  readonly ids: readonly number[];
  readonly weights: ArrayLike<number>;
}

function gives(site: Site, prefix: string): Gives {
  const [trees, nodes, ids] = ["treeids", "nodeids", "ids"].map((name) => site.ints(`${prefix}_${name}`) ?? []);
  const weights = site.tensor(`${prefix}_weights_as_tensor`)?.data ?? site.floats(`${prefix}_weights`) ?? [];
  if ([nodes, ids, weights].some(({ length }) => length !== trees.length))
    site.refuse("whose leaves give lists of other lengths");
  return { trees, nodes, ids, weights };
}

/** Numbers that are added for each class or target. */
const baseOf = (site: Site): readonly number[] =>
  Array.from(site.tensor("base_values_as_tensor")?.data ?? site.floats("base_values") ?? []);

const plus = (site: Site, x: Value, base: readonly number[]): Value => {
  if (base.length === 0) return x;
  if (base.length !== x.shape[1] && base.length !== 1) site.refuse(`with ${base.length} base values for ${x.shape[1]} sums`);
  return site.elementwise([x, known("float32", [base.length], Float32Array.from(base))], (g, a, b) => g.add(a, b));
};

const regressor = (site: Site): Value =>
  transformed(site, plus(site, votes(site, "target", site.int("n_targets", 1)), baseOf(site)));

const aggregateNames = ["AVERAGE", "SUM", "MIN", "MAX"];
/** 1 and 2 are a softmax and a logistic function to ONNX, and the other way round to onnxruntime. */
const transformNames = new Map([
  [0, "NONE"],
  [3, "SOFTMAX_ZERO"],
]);

/** The operator that takes the place of both from version 5 on: a leaf gives one number to one target. */
const ensemble = (site: Site): Value => {
  const x = tableOf(site, site.input(0));
  const { leafCount, ...forest } = splitForestOf(site, x.shape[1]);
  const count = site.int("n_targets", 1);
  const size = forest.modes.length;
  if (count < 1 || size * count > mostNumbers) site.refuse(`of ${size} nodes with ${count} numbers each`);
  const [ids, weights] = [site.ints("leaf_targetids") ?? [], site.tensor("leaf_weights")?.data ?? []];
  if (ids.length !== leafCount || weights.length !== leafCount) site.refuse("whose leaves give lists of other lengths");
  const table = new Float32Array(size * count);
  const isGiven = new Uint8Array(size * count);
  for (const [leaf, id] of ids.entries()) {
    if (!(id >= 0 && id < count)) site.refuse(`that gives a number to ${id} of ${count}`);
    table[(size - leafCount + leaf) * count + id] = weights[leaf];
    isGiven[(size - leafCount + leaf) * count + id] = 1;
  }
  const kind = site.int("post_transform", 0);
  const how = aggregateNames[site.int("aggregate_function", 1)] ?? "another way";
  const sums = together(site, x, forest, { table, isGiven, count, how });
  return transformed(
    site,
    sums,
    transformNames.get(kind) ?? site.refuse(`with post_transform ${kind}, where ONNX and onnxruntime disagree`),
  );
};

const classifier = (site: Site): Made => {
  const labels = labelsOf(site, "classlabels_int64s", "classlabels_strings");
  const count = labels.shape[0];
  const { ids, weights } = gives(site, "class");
  const base = baseOf(site);
  const own = [...new Set(ids)];
  if (count === 2 && own.length === 1) {
    // The leaves know one of two classes: its number decides, and may be a share.
    const isShare = Array.from(weights).every((weight) => weight >= 0);
    const decision = { limit: isShare ? 0.5 : 0, rest: isShare ? "share" : "negative" } as const;
    const sums = votes(site, "class", 2);
    const score = cut(site, sums, 1, own[0], 1);
    if (own[0] === 0 && base.length < 2) return ofTwo(site, plus(site, score, base), labels, decision);
    if (base.length > 0) site.refuse("of two classes whose leaves know one of them, with base values for both");
    const [label] = ofTwo(site, score, labels, decision) as readonly [Value];
    return [label, transformed(site, sums)];
  }
  const scores = plus(site, votes(site, "class", count), base);
  return [largestLabel(site, scores, labels), transformed(site, scores)];
};

/** Rows of the group. */
export const trees: readonly Operator[] = [
  operator("TreeEnsembleRegressor", 1, regressor),
  operator("TreeEnsembleClassifier", 1, classifier),
  operator("TreeEnsemble", 5, ensemble),
];
