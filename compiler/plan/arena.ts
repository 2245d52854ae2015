// Static memory: every arena buffer gets an offset so that buffers alive at the same time do not overlap. In: stretches with
// lifetimes, regions. Out: the buffers of the Plan, with offsets, and the arena's length. A value may take over the bytes of one
// that its region reads for the last time, at the very points it writes.
import type { Node } from "../graph/graph.ts";
import type { Operand, View } from "../program/nest/view.ts";
import { FirstFit } from "./first-fit.ts";
import type { Stretch } from "./places.ts";
import { type ComputeRegion, outsOf, type PlanBuffer, type Region } from "./plan.ts";

/** Offsets for all stretches; those outside the arena get 0, and their place from the Program. */
export function layOut(
  stretches: readonly Stretch[],
  regions: readonly Region[],
  operands: ReadonlyMap<Node, Operand>,
): { readonly buffers: readonly PlanBuffer[]; readonly arena: number } {
  const byName = new Map(stretches.map((stretch) => [stretch.name, stretch]));
  const takenOver = takeovers(regions, byName, operands);
  // Buffers joined in place form one block with one lifetime span.
  const blocks = new Map<string, Block>();
  // A buffer takes over one that was there before it, so the old one's leader is known by then.
  const leaders = new Map<string, string>();
  for (const [name, old] of takenOver) leaders.set(name, leaders.get(old) ?? old);
  for (const buffer of stretches) {
    if (buffer.role !== "arena" || buffer.to < 0) continue;
    const key = leaders.get(buffer.name) ?? buffer.name;
    const block = blocks.get(key) ?? { members: [], from: buffer.from, to: buffer.to, length: 0 };
    block.members.push(buffer.name);
    block.from = Math.min(block.from, buffer.from);
    block.to = Math.max(block.to, buffer.to);
    block.length = Math.max(block.length, buffer.length);
    blocks.set(key, block);
  }
  const { offsets, arena } = bestOf([...blocks.values()]);
  const buffers = stretches.map((stretch): PlanBuffer => {
    const inPlaceOf = takenOver.get(stretch.name);
    return { ...stretch, at: offsets.get(stretch.name) ?? 0, ...(inPlaceOf === undefined ? {} : { inPlaceOf }) };
  });
  return { buffers, arena };
}

/** Buffers that share their bytes. */
interface Block {
  readonly members: string[];
  from: number;
  to: number;
  length: number;
}
interface Placed {
  readonly offsets: ReadonlyMap<string, number>;
  readonly arena: number;
}

const largestFirst = (a: Block, b: Block): number => b.length - a.length || a.from - b.from;
const soonestFirst = (a: Block, b: Block): number => a.from - b.from || b.length - a.length;

/** Whether a block outlives what is made next: a way around some layers. */
const isLong = ({ from, to }: Block): boolean => to - from > 2;
const longFirst = (a: Block, b: Block): number =>
  Number(isLong(b)) - Number(isLong(a)) || (isLong(a) ? soonestFirst(a, b) : largestFirst(a, b));

/**
 * The smallest of a few layouts, the first of those that are equal. Largest first, each as low as it goes, is good where much is alive
 * at once. A chain, of which only neighbours are, fits exactly in the order of time, each at the floor or under the roof. Of a chain with
 * ways around it, what goes around takes the ends in turn, and the others the middle.
 */
function bestOf(blocks: readonly Block[]): Placed {
  const roof = mostAlive(blocks);
  const [large, soon] = [blocks.toSorted(largestFirst), blocks.toSorted(soonestFirst)];
  const tries = [() => placed(large), () => placed(soon, roof), () => placed(large, roof), () => placed(blocks.toSorted(longFirst), roof)]; // biome-ignore format: a list
  let best = tries[0]();
  for (const next of tries.slice(1)) {
    if (best.arena === roof) break;
    const other = next();
    if (other.arena < best.arena) best = other;
  }
  return best;
}

function placed(blocks: readonly Block[], roof?: number): Placed {
  const fit = new FirstFit(blocks.reduce((end, { to }) => Math.max(end, to + 1), 0));
  const offsets = new Map<string, number>();
  let arena = 0;
  for (const block of blocks) {
    const at = fit.place(block.length, block.from, block.to, roof);
    for (const member of block.members) offsets.set(member, at);
    arena = Math.max(arena, at + block.length);
  }
  return { offsets, arena };
}

/** What no layout can be smaller than: the most that is alive at one position. */
function mostAlive(blocks: readonly Block[]): number {
  const changes = new Map<number, number>();
  const change = (position: number, by: number) => changes.set(position, (changes.get(position) ?? 0) + by);
  for (const { from, to, length } of blocks) {
    change(from, length);
    change(to + 1, -length);
  }
  let [alive, most] = [0, 0];
  for (const [, by] of [...changes].sort(([a], [b]) => a - b)) {
    alive += by;
    most = Math.max(most, alive);
  }
  return most;
}

/** New buffer → the old one whose bytes it takes over. */
function takeovers(
  regions: readonly Region[],
  byName: ReadonlyMap<string, Stretch>,
  operands: ReadonlyMap<Node, Operand>,
  found = new Map<string, string>(),
): ReadonlyMap<string, string> {
  for (const region of regions) {
    // Rows of a group are written while others are still read.
    if (region.kind === "scan") takeovers(region.body, byName, operands, found);
    if (region.kind !== "compute") continue;
    const given = new Set<string>();
    for (const view of outsOf(region)) {
      const out = byName.get(view.buffer);
      if (out === undefined || out.role !== "arena" || out.from !== region.position || view.loops.length > 0) continue;
      for (const [buffer, isAligned] of readsAt(region, view, operands)) {
        const old = byName.get(buffer);
        if (!isAligned || given.has(buffer) || old?.role !== "arena" || old.to !== region.position || old.length !== out.length)
          continue;
        found.set(out.name, buffer);
        given.add(buffer);
        break;
      }
    }
  }
  return found;
}

/** Buffers in the order in which a region reads them, and whether each is read at the very points that are written. */
function readsAt(region: ComputeRegion, out: View, operands: ReadonlyMap<Node, Operand>): ReadonlyMap<string, boolean> {
  const inside = new Set(region.nodes);
  const aligned = new Map<string, boolean>();
  for (const node of region.nodes)
    for (const input of node.inputs) {
      const view = inside.has(input) ? undefined : operands.get(input);
      if (view?.kind !== "view") continue;
      const here = node !== region.anchor && sameElements(view, out);
      aligned.set(view.buffer, here && aligned.get(view.buffer) !== false);
    }
  return aligned;
}

const sameElements = (a: View, b: View): boolean =>
  a.base === b.base &&
  a.loops.length === 0 &&
  a.strides.length === b.strides.length &&
  a.strides.every((stride, axis) => stride === b.strides[axis]);
