// The Plan as text: regions in order with what they fuse, where they read and write, and the arena's map.
import { type Line, line, reads, textOf } from "../base/lines.ts";
import { type Node, showShape } from "../graph/graph.ts";
import { showOrigin } from "../graph/origin.ts";
import type { Operand } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";
import { bodyOf, outsOf, type Plan, type PlanBuffer, type Region } from "./plan.ts";

/** `matmul ⊕ add ⊕ max`. */
export function label(region: Region): string {
  if (region.kind === "copy") return "copy";
  if (region.kind === "scan") return `scan of ${region.length} steps`;
  if (region.kind === "rows") return `rows of [${region.shape.map(showExtent).join(", ")}], ${region.block} at once`;
  return region.nodes.map(opLabel).join(" ⊕ ");
}

/** Of which layers a region is, the one of what it stores last: `layers[0] dense "a", layers[1] activation "b"`. */
export const showOrigins = ({ origin, others }: Region): string =>
  [...others, ...(origin === undefined ? [] : [origin])].map(showOrigin).join(", ");

/** A dot that is a plain matrix product is called one. */
function opLabel(node: Node): string {
  if (node.op !== "dot") return node.op;
  const { batch, contract } = node.attrs as { batch: readonly (readonly number[])[]; contract: readonly (readonly number[])[] };
  const [left, right] = node.inputs;
  const plain =
    batch[0].length === 0 && contract[0].length === 1 && left.type.shape.length === 2 && right.type.shape.length === 2;
  return plain ? "matmul" : "dot";
}

/** The Plan as text: a line for each region with its views, then the buffers with their bytes and lifetimes. */
export const printPlan = (plan: Plan): string => textOf(planLines(plan));

/** The same as lines, each of a region and the buffers that it writes and reads, or of a buffer. */
export function planLines(plan: Plan): readonly Line[] {
  const rows = typeof plan.rows === "number" ? `${plan.rows}` : `n <= ${plan.rows.max}`;
  const lines = [line(`plan ${plan.name} rows ${rows}, arena ${plan.arena} floats`)];
  const show = (regions: readonly Region[], indent: string): void => {
    for (const region of regions) {
      const origins = showOrigins(region);
      const origin = origins === "" ? "" : `  # ${origins}`;
      const [ins, outs] = [readsOf(plan, region), outsOf(region)];
      const from = ins.map(showOperand).join(", ");
      const to = outs.length === 0 ? "" : ` -> ${outs.map(showOperand).join(", ")}`;
      const text = `${indent}region ${region.id} @${region.position}: ${label(region)}(${from})${to}${origin}`;
      const buffers = [...outs, ...ins].flatMap((operand) => (operand.kind === "view" ? [operand.buffer] : []));
      lines.push({ text, of: [{ kind: "region", name: region.id }, ...reads(buffers)] });
      show(bodyOf(region), `${indent}  `);
    }
  };
  show(plan.regions, "");
  lines.push(line("buffers"));
  for (const buffer of plan.buffers) lines.push(line(`  ${showBuffer(buffer)}`, "buffer", [buffer.name]));
  return lines;
}

/** What a region reads from outside itself. */
export function readsOf(plan: Plan, region: Region): readonly Operand[] {
  if (region.kind === "copy") return [region.from];
  if (region.kind === "scan") return region.node.inputs.flatMap((input) => plan.operands.get(input) ?? []);
  if (region.kind === "rows") return [...new Set(region.body.flatMap((inner) => readsOf(plan, inner)))];
  const inside = new Set(region.nodes);
  const own = region.anchorReads === undefined ? [] : [region.anchor];
  const inputs = new Set(
    region.nodes.filter((node) => !own.includes(node)).flatMap((node) => node.inputs.filter((input) => !inside.has(input))),
  );
  return [...(region.anchorReads ?? []), ...[...inputs].flatMap((input) => plan.operands.get(input) ?? [])];
}

function showOperand(operand: Operand): string {
  if (operand.kind === "constant") return Object.is(operand.value, -0) ? "-0" : String(operand.value);
  if (operand.kind === "scalar") return operand.name;
  const loops = operand.loops.map(([loop, stride]) => `+${stride}*${loop}`).join("");
  const strides = operand.shape.map((extent, axis) => `${showExtent(extent)}:${operand.strides[axis]}`).join(", ");
  const blocks = operand.blocked === undefined ? "" : ` in blocks of ${operand.blocked.size}`;
  return `${JSON.stringify(operand.buffer)}${blocks}${operand.base === 0 && loops === "" ? "" : `@${operand.base}${loops}`}[${strides}]`;
}

const showExtent = (extent: Extent): string => (typeof extent === "number" ? String(extent) : extent.scalar);

function showBuffer(buffer: PlanBuffer): string {
  const shape = showShape(buffer.shape.map((extent) => (typeof extent === "number" ? extent : "n")));
  if (buffer.role !== "arena") return `${buffer.role} ${JSON.stringify(buffer.name)} ${shape}`;
  if (buffer.to < 0) return `arena ${JSON.stringify(buffer.name)} ${shape} never used`;
  const place = buffer.inPlaceOf === undefined ? "" : ` in place of ${JSON.stringify(buffer.inPlaceOf)}`;
  return `arena ${JSON.stringify(buffer.name)} ${shape} at ${buffer.at}..${buffer.at + buffer.length} alive ${buffer.from}..${buffer.to}${place}`;
}
