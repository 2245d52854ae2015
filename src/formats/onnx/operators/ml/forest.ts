// The trees of a file as lists that a table lookup walks. In: attributes of a TreeEnsemble… node, which nobody vouches for. Out: for every
// node its column, number, comparison and children by place; a leaf leads to itself. Guarantee: every place exists, every node is reached
// once, and a walk of `depth` steps ends in a leaf.
import type { Site } from "../../define.ts";

/** How a node compares. Numbers of double precision are moved to the float32 that answers alike for every float32. */
export interface Branch {
  readonly rounds: "down" | "up" | "none";
}
/** By the file's name; the test itself is in `trees.ts`. */
export const branches: Readonly<Record<string, Branch>> = {
  BRANCH_LEQ: { rounds: "down" },
  BRANCH_LT: { rounds: "up" },
  BRANCH_GTE: { rounds: "up" },
  BRANCH_GT: { rounds: "down" },
  BRANCH_EQ: { rounds: "none" },
  BRANCH_NEQ: { rounds: "none" },
};

/** Trees side by side, node by node. */
export interface Forest {
  readonly modes: readonly string[];
  readonly columns: readonly number[];
  readonly numbers: Float32Array;
  /** Whether NaN goes where the test holds. */
  readonly takesMissing: readonly boolean[];
  readonly onTrue: readonly number[];
  readonly onFalse: readonly number[];
  /** The place of each tree's first node. */
  readonly roots: readonly number[];
  readonly depth: number;
  /** The place of a node by tree and number. */
  readonly placeOf: (tree: number, node: number) => number | undefined;
}

const mostNodes = 2 ** 21;
/** Steps of a walk, each of which is written out. */
const deepest = 256;

const step = new DataView(new ArrayBuffer(4));
/** The nearest float32 that is not above, or not below. */
function toward(value: number, rounds: Branch["rounds"]): number {
  const near = Math.fround(value);
  if (near === value || rounds === "none" || Number.isNaN(value)) return near;
  if (rounds === "down" ? near < value : near > value) return near;
  step.setFloat32(0, near);
  const bits = step.getInt32(0);
  const isLarger = (rounds === "up") === near > 0;
  // Zero has no neighbour by its bits towards the other sign.
  if (near === 0) return rounds === "up" ? 2 ** -149 : -(2 ** -149);
  step.setInt32(0, bits + (isLarger ? 1 : -1));
  return step.getFloat32(0);
}

/** The trees of a node whose rows have so many columns. */
export function forestOf(site: Site, columnCount: number): Forest {
  const trees = site.ints("nodes_treeids") ?? [];
  const count = trees.length;
  const list = <T>(name: string, given: readonly T[] | undefined): readonly T[] => {
    if (given?.length !== count) site.refuse(`with ${given?.length ?? 0} ${name} for ${count} nodes`);
    return given as readonly T[];
  };
  if (count === 0 || count > mostNodes) site.refuse(`of ${count} nodes`);
  const ids = list("nodes_nodeids", site.ints("nodes_nodeids"));
  const modes = list("nodes_modes", site.strings("nodes_modes"));
  const columns = list("nodes_featureids", site.ints("nodes_featureids"));
  const exact = site.tensor("nodes_values_as_tensor")?.data;
  const values = list("nodes_values", exact === undefined ? site.floats("nodes_values") : Array.from(exact));
  const [yes, no] = ["nodes_truenodeids", "nodes_falsenodeids"].map((name) => list(name, site.ints(name)));
  const missing = site.ints("nodes_missing_value_tracks_true");
  const places = new Map(trees.map((tree, i) => [`${tree}:${ids[i]}`, i] as const));
  if (places.size !== count) site.refuse("with a node twice");
  const placeOf = (tree: number, node: number): number | undefined => places.get(`${tree}:${node}`);
  const isLeaf = (i: number): boolean => modes[i] === "LEAF";
  const child = (i: number, list: readonly number[]): number =>
    isLeaf(i) ? i : (placeOf(trees[i], list[i]) ?? site.refuse(`whose node ${ids[i]} leads to ${list[i]}, which is none`));
  for (const [i, mode] of modes.entries()) {
    if (isLeaf(i)) continue;
    if (branches[mode] === undefined) site.refuse(`with a node ${mode}`);
    if (!(columns[i] >= 0 && columns[i] < columnCount)) site.refuse(`that asks for the column ${columns[i]} of ${columnCount}`);
  }
  const onTrue = trees.map((_, i) => child(i, yes));
  const onFalse = trees.map((_, i) => child(i, no));
  const { roots, depth } = walked(site, trees, onTrue, onFalse);
  return {
    modes,
    columns: columns.map((column, i) => (isLeaf(i) ? 0 : column)),
    numbers: Float32Array.from(values, (value, i) => toward(value, branches[modes[i]]?.rounds ?? "none")),
    takesMissing: trees.map((_, i) => missing?.[i] === 1),
    onTrue,
    onFalse,
    roots,
    depth,
    placeOf,
  };
}

/** The first node of each tree, which no other leads to, and the longest way down. Refuses what is no tree. */
function walked(site: Site, trees: readonly number[], onTrue: readonly number[], onFalse: readonly number[]) {
  const isChild = new Uint8Array(trees.length);
  for (const [i, next] of [...onTrue.entries(), ...onFalse.entries()]) if (next !== i) isChild[next]++;
  if (isChild.some((times) => times > 1)) site.refuse("with a node that two others lead to");
  const roots = trees.flatMap((_, i) => (isChild[i] === 0 ? [i] : []));
  if (roots.length !== new Set(trees).size) site.refuse("with a tree that has no first node, or several");
  let level = roots;
  let [depth, seen] = [0, roots.length];
  for (; ; depth++) {
    level = level.flatMap((i) => (onTrue[i] === i ? [] : [onTrue[i], onFalse[i]]));
    if (level.length === 0) break;
    if (depth >= deepest) site.refuse(`deeper than ${deepest}`);
    seen += level.length;
  }
  if (seen !== trees.length) site.refuse("with nodes in a circle");
  if (depth === 0) site.refuse("of leaves alone");
  return { roots, depth };
}

/** By the numbers of version 5. */
const numbered = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER"];

/** The same of a node of version 5, which lists what branches apart from the leaves: those stand last here. */
export function splitForestOf(site: Site, columnCount: number): Omit<Forest, "placeOf"> & { readonly leafCount: number } {
  const columns = site.ints("nodes_featureids") ?? [];
  const count = columns.length;
  const leafCount = site.ints("leaf_targetids")?.length ?? 0;
  if (count === 0 || count + leafCount > mostNodes) site.refuse(`of ${count + leafCount} nodes`);
  const list = (name: string, given: ArrayLike<number> | undefined): readonly number[] => {
    if (given?.length !== count) site.refuse(`with ${given?.length ?? 0} ${name} for ${count} nodes`);
    return Array.from(given as ArrayLike<number>);
  };
  const modes = list("nodes_modes", site.tensor("nodes_modes")?.data).map((mode) => numbered[mode] ?? `of the mode ${mode}`);
  const values = list("nodes_splits", site.tensor("nodes_splits")?.data);
  const child = (ids: string, leaves: string): readonly number[] => {
    const isLeaf = list(leaves, site.ints(leaves));
    return list(ids, site.ints(ids)).map((id, i) => {
      const limit = isLeaf[i] === 1 ? leafCount : count;
      if (!(Number.isInteger(id) && id >= 0 && id < limit)) site.refuse(`whose node ${i} leads to ${id}, which is none`);
      return isLeaf[i] === 1 ? count + id : id;
    });
  };
  const ends = Array.from({ length: leafCount }, (_, i) => count + i);
  const onTrue = [...child("nodes_truenodeids", "nodes_trueleafs"), ...ends];
  const onFalse = [...child("nodes_falsenodeids", "nodes_falseleafs"), ...ends];
  for (const [i, mode] of modes.entries()) {
    if (branches[mode] === undefined) site.refuse(`with a node ${mode}`);
    if (!(columns[i] >= 0 && columns[i] < columnCount)) site.refuse(`that asks for the column ${columns[i]} of ${columnCount}`);
  }
  const roots = site.ints("tree_roots") ?? [];
  if (roots.length === 0 || roots.some((root) => !(root >= 0 && root < count))) site.refuse("with a tree that has no first node");
  const missing = site.ints("nodes_missing_value_tracks_true");
  return {
    leafCount,
    modes: [...modes, ...ends.map(() => "LEAF")],
    columns: [...columns, ...ends.map(() => 0)],
    numbers: Float32Array.from([...values, ...ends.map(() => 0)], (value, i) => toward(value, branches[modes[i]]?.rounds ?? "none")), // biome-ignore format: one call
    takesMissing: onTrue.map((_, i) => missing?.[i] === 1),
    onTrue,
    onFalse,
    roots,
    depth: depthOf(site, roots, count, onTrue, onFalse),
  };
}

/** The longest way down to a leaf, which both ways of a node may lead to. */
function depthOf(
  site: Site,
  roots: readonly number[],
  count: number,
  onTrue: readonly number[],
  onFalse: readonly number[],
): number {
  const seen = new Uint8Array(count);
  let level = roots;
  let depth = 0;
  for (; level.length > 0; depth++) {
    if (depth >= deepest) site.refuse(`deeper than ${deepest}`);
    for (const i of level) if (seen[i]++ > 0) site.refuse("with a node that two others lead to");
    level = level.flatMap((i) => [onTrue[i], onFalse[i]]).filter((i) => i < count);
  }
  return depth;
}
