// Which numbers of a weight make one output together: its channels. In: the Graph of a forward pass. Out: for each param, the axes that a product
// does not sum over (or, of a table, the one that ids go along). Guarantee: read off what is computed, so that no layer says it and no name is
// asked for; a param that no product reads has no entry.
import { type Graph, isGraph, type Node, sizeOf } from "../graph/graph.ts";
import { holesOf } from "../ops/scan/attrs.ts";

/** By axis of a value: the axes of the param that lie in it. */
type Axes = readonly (readonly number[])[];
/** The axes that are summed, or else keep numbers apart, where a node ends the way of a param. */
interface End {
  readonly within: readonly number[];
  readonly apart: readonly number[];
}
/** What an op makes of an operand: where its axes are in the result, or the end. */
type Step = (node: Node, side: number, axes: Axes) => Axes | End | undefined;

const same: Step = (_, __, axes) => axes;
const all = ({ type }: Node): number[] => type.shape.map((_, axis) => axis);

/** Ops that move axes, or end the way. Of others those count that keep the operand's shape, whatever they compute. */
const steps: Readonly<Record<string, Step>> = {
  transpose: ({ attrs }, _, axes) => (attrs.perm as readonly number[]).map((axis) => axes[axis]),
  broadcast: ({ attrs, type }, _, axes) => {
    const from = attrs.axes as readonly number[];
    return type.shape.map((__, axis) => (from.includes(axis) ? axes[from.indexOf(axis)] : []));
  },
  reshape: ({ inputs: [x], type }, _, axes) => reshaped(axes, x.type.shape as number[], type.shape as number[]),
  // Taps of an axis stand behind all others.
  window: ({ attrs }, _, axes) => [...axes, ...(attrs.axes as readonly number[]).map((axis) => axes[axis])],
  slice: same,
  pad: same,
  concat: same,
  dot: ({ inputs, attrs }, side) => {
    const { batch, contract } = attrs as { batch: readonly number[][]; contract: readonly number[][] };
    // A product of every number by itself sums nothing.
    if (contract[side].length === 0) return undefined;
    const rest = all(inputs[side]).filter((axis) => !contract[side].includes(axis) && !batch[side].includes(axis));
    return { within: contract[side], apart: [...batch[side], ...rest] };
  },
  gather: ({ inputs: [table] }, side) => (side === 0 ? { within: all(table).slice(1), apart: [0] } : { within: [], apart: [] }),
};

/** Axes meet where products of sizes do: [2, 6] and [4, 3] share the one group 12. */
function reshaped(axes: Axes, from: readonly number[], to: readonly number[]): Axes {
  const made: number[][] = to.map(() => []);
  const starts = (shape: readonly number[]): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const [inner, outer] = [starts(from), starts(to)];
  from.forEach((size, i) => {
    to.forEach((other, j) => {
      // Two axes have numbers in common where their strides overlap.
      if (size > 1 && other > 1 && inner[i] < outer[j] * other && outer[j] < inner[i] * size) made[j].push(...axes[i]);
    });
  });
  return made;
}

/** The axes of each param that are its channels. */
export function channelsOf(graph: Graph): ReadonlyMap<string, readonly number[]> {
  const users = usersIn(graph);
  const found = new Map<string, readonly number[]>();
  for (const node of graph.nodes) {
    if (node.op !== "param") continue;
    const own = all(node);
    const ends = follow(node, own.map((axis) => [axis]), users); // biome-ignore format: one line
    if (ends === undefined) continue;
    found.set(
      String(node.attrs.name),
      own.filter((axis) => ends.apart.includes(axis) && !ends.within.includes(axis)),
    );
  }
  return found;
}

type Users = ReadonlyMap<Node, readonly (readonly [user: Node, side: number])[]>;
function usersIn({ nodes }: Graph): Users {
  const users = new Map<Node, (readonly [Node, number])[]>();
  for (const node of nodes)
    node.inputs.forEach((input, side) => {
      const list = users.get(input) ?? [];
      if (list.length === 0) users.set(input, list);
      list.push([node, side]);
    });
  return users;
}

/** The first end on the way of a value, in the order of the Graph; in axes of the param. */
function follow(start: Node, from: Axes, users: Users): End | undefined {
  const queue: (readonly [Node, Axes, Users])[] = [[start, from, users]];
  const seen = new Set<Node>();
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [value, axes, among] = next;
    if (seen.has(value)) continue;
    seen.add(value);
    for (const [user, side] of among.get(value) ?? []) {
      if (user.op === "scan" && isGraph(user.attrs.body)) {
        const hole = holesOf(user)[side];
        const isClosed = side >= (user.attrs.carries as number) + (user.attrs.xs as number);
        if (hole !== undefined && isClosed) queue.push([hole, axes, usersIn(user.attrs.body)]);
        continue;
      }
      const keeps = String(user.type.shape) === String(value.type.shape);
      const step = Object.hasOwn(steps, user.op) ? steps[user.op](user, side, axes) : keeps ? axes : undefined;
      if (step === undefined) continue;
      if (!("within" in step)) queue.push([user, step, among]);
      else if (step.within.length > 0)
        return { within: step.within.flatMap((axis) => axes[axis]), apart: step.apart.flatMap((axis) => axes[axis]) };
    }
  }
  return undefined;
}
