// Static memory: every arena buffer gets an offset so that buffers alive at the same time do not overlap. In: stretches with
// lifetimes, regions. Out: the buffers of the Plan, with offsets, and the arena's length. A value may take over the bytes of one
// that its region reads for the last time, at the very points it writes.
import type { Node } from "../graph/graph.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { Stretch } from "./places.ts";
import type { PlanBuffer, Region } from "./plan.ts";

/** Offsets for all stretches; those outside the arena get 0, and their place from the Program. */
export function layOut(
  stretches: readonly Stretch[],
  regions: readonly Region[],
  operands: ReadonlyMap<Node, Operand>,
): { readonly buffers: readonly PlanBuffer[]; readonly arena: number } {
  const byName = new Map(stretches.map((stretch) => [stretch.name, stretch]));
  const takenOver = takeovers(regions, byName, operands);
  // Buffers joined in place form one block with one lifetime span; blocks are placed first-fit, largest first.
  const blocks = new Map<string, { members: string[]; from: number; to: number; length: number }>();
  const leader = (name: string): string => {
    const old = takenOver.get(name);
    return old === undefined ? name : leader(old);
  };
  for (const buffer of stretches) {
    if (buffer.role !== "arena" || buffer.to < 0) continue;
    const key = leader(buffer.name);
    const block = blocks.get(key) ?? { members: [], from: buffer.from, to: buffer.to, length: 0 };
    block.members.push(buffer.name);
    block.from = Math.min(block.from, buffer.from);
    block.to = Math.max(block.to, buffer.to);
    block.length = Math.max(block.length, buffer.length);
    blocks.set(key, block);
  }
  const placed: { at: number; length: number; from: number; to: number }[] = [];
  const offsets = new Map<string, number>();
  let arena = 0;
  for (const block of [...blocks.values()].sort((a, b) => b.length - a.length || a.from - b.from)) {
    const rivals = placed.filter((other) => other.from <= block.to && block.from <= other.to).sort((a, b) => a.at - b.at);
    let at = 0;
    for (const rival of rivals) if (rival.at < at + block.length && at < rival.at + rival.length) at = rival.at + rival.length;
    placed.push({ at, length: block.length, from: block.from, to: block.to });
    for (const member of block.members) offsets.set(member, at);
    arena = Math.max(arena, at + block.length);
  }
  const buffers = stretches.map((stretch): PlanBuffer => {
    const inPlaceOf = takenOver.get(stretch.name);
    return { ...stretch, at: offsets.get(stretch.name) ?? 0, ...(inPlaceOf === undefined ? {} : { inPlaceOf }) };
  });
  return { buffers, arena };
}

/** New buffer → the old one whose bytes it takes over. */
function takeovers(
  regions: readonly Region[],
  byName: ReadonlyMap<string, Stretch>,
  operands: ReadonlyMap<Node, Operand>,
  found = new Map<string, string>(),
): ReadonlyMap<string, string> {
  for (const region of regions) {
    if (region.kind === "scan") takeovers(region.body, byName, operands, found);
    if (region.kind !== "compute") continue;
    const out = byName.get(region.out.buffer);
    if (out === undefined || out.role !== "arena" || out.from !== region.position || region.out.loops.length > 0) continue;
    const inside = new Set(region.nodes);
    const reads = region.nodes.flatMap((node) =>
      node.inputs.filter((input) => !inside.has(input)).map((input) => ({ node, view: operands.get(input) })),
    );
    for (const { view } of reads) {
      if (view?.kind !== "view") continue;
      const old = byName.get(view.buffer);
      if (old === undefined || old.role !== "arena" || old.to !== region.position || old.length !== out.length) continue;
      const aligned = reads.every(
        ({ node, view: other }) =>
          other?.kind !== "view" || other.buffer !== old.name || (node !== region.anchor && sameElements(other, region.out)),
      );
      if (!aligned) continue;
      found.set(out.name, old.name);
      break;
    }
  }
  return found;
}

const sameElements = (a: View, b: View): boolean =>
  a.base === b.base &&
  a.loops.length === 0 &&
  a.strides.length === b.strides.length &&
  a.strides.every((stride, axis) => stride === b.strides[axis]);
