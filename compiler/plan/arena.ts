// Static memory: every arena buffer gets an offset so that buffers alive at the same time do not overlap. In: buffers with
// lifetimes, regions. Out: the arena's length; `at` and `inPlaceOf` are filled in. A value may take over the bytes of one
// that its region reads for the last time, at the very points it writes.
import type { Node } from "../graph/graph.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { PlanBuffer, Region } from "./plan.ts";

export function layOut(buffers: readonly PlanBuffer[], regions: readonly Region[], operands: ReadonlyMap<Node, Operand>): number {
  const byName = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  shareInPlace(regions, byName, operands);
  // Buffers joined in place form one block with one lifetime span; blocks are placed first-fit, largest first.
  const blocks = new Map<string, { members: PlanBuffer[]; from: number; to: number; length: number }>();
  const leader = (buffer: PlanBuffer): string =>
    buffer.inPlaceOf === undefined ? buffer.name : leader(byName.get(buffer.inPlaceOf) as PlanBuffer);
  for (const buffer of buffers) {
    if (buffer.role !== "arena" || buffer.to < 0) continue;
    const key = leader(buffer);
    const block = blocks.get(key) ?? { members: [], from: buffer.from, to: buffer.to, length: 0 };
    block.members.push(buffer);
    block.from = Math.min(block.from, buffer.from);
    block.to = Math.max(block.to, buffer.to);
    block.length = Math.max(block.length, buffer.length);
    blocks.set(key, block);
  }
  const placed: { at: number; length: number; from: number; to: number }[] = [];
  let total = 0;
  for (const block of [...blocks.values()].sort((a, b) => b.length - a.length || a.from - b.from)) {
    const rivals = placed.filter((other) => other.from <= block.to && block.from <= other.to).sort((a, b) => a.at - b.at);
    let at = 0;
    for (const rival of rivals) if (rival.at < at + block.length && at < rival.at + rival.length) at = rival.at + rival.length;
    placed.push({ at, length: block.length, from: block.from, to: block.to });
    for (const member of block.members) member.at = at;
    total = Math.max(total, at + block.length);
  }
  return total;
}

function shareInPlace(
  regions: readonly Region[],
  byName: ReadonlyMap<string, PlanBuffer>,
  operands: ReadonlyMap<Node, Operand>,
): void {
  for (const region of regions) {
    if (region.kind === "scan") shareInPlace(region.body, byName, operands);
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
      out.inPlaceOf = old.name;
      break;
    }
  }
}

const sameElements = (a: View, b: View): boolean =>
  a.base === b.base &&
  a.loops.length === 0 &&
  a.strides.length === b.strides.length &&
  a.strides.every((stride, axis) => stride === b.strides[axis]);
