// What differentiation leaves behind: slices give sums of pads, |x| gives selects of opposite signs, differences give sums of
// negated numbers. Nothing here is particular to gradients, so the rules hold everywhere.
import type { Node } from "../../graph/graph.ts";
import { any, list, op, type Rule, rule, splatOf, where } from "../pattern.ts";
import { isElementwise } from "./constants.ts";
import { input, inputs } from "./sample.ts";

/** The operands of nested sums, left to right. */
function terms(sum: Node): Node[] {
  const found: Node[] = [];
  // A stack instead of recursion: a sum over the parts of a wide model is long.
  for (const stack = [sum]; stack.length > 0; ) {
    const node = stack.pop() as Node;
    if (node.op === "add") stack.push(node.inputs[1], node.inputs[0]);
    else found.push(node);
  }
  return found;
}

/** Of a sum of zero-padded parts along one axis: the axis, and the sizes of the parts together. */
type Padded = { readonly axis: number; readonly size: number } | undefined;
/** A sum over many parts is met once for each of them, so what is known of the shorter ones is kept. */
const padded = new WeakMap<Node, { readonly is: Padded }>();

/** Asked operands first, as the engine does, it goes one level deep. */
function paddedOf(node: Node): Padded {
  const known = padded.get(node);
  if (known !== undefined) return known.is;
  const is = node.op === "add" ? together(paddedOf(node.inputs[0]), paddedOf(node.inputs[1])) : paddedPart(node);
  padded.set(node, { is });
  return is;
}

const together = (a: Padded, b: Padded): Padded =>
  a !== undefined && b !== undefined && a.axis === b.axis ? { axis: a.axis, size: a.size + b.size } : undefined;

function paddedPart(node: Node): Padded {
  if (node.op !== "pad" || node.attrs.value !== 0) return undefined;
  const [low, high] = [list(node, "low"), list(node, "high")];
  const axes = low.flatMap((before, axis) => (before !== 0 || high[axis] !== 0 ? [axis] : []));
  return axes.length === 1 ? { axis: axes[0], size: node.inputs[0].type.shape[axes[0]] as number } : undefined;
}

/** The parts in order, and their axis, if a sum is of zero-padded parts that together cover one axis, each place once. */
function partsOf(sum: Node): { readonly axis: number; readonly parts: readonly Node[] } | undefined {
  const found = paddedOf(sum);
  if (found === undefined || found.size !== sum.type.shape[found.axis]) return undefined;
  const { axis } = found;
  const size = (pad: Node): number => pad.inputs[0].type.shape[axis] as number;
  const ordered = terms(sum).sort((a, b) => list(a, "low")[axis] - list(b, "low")[axis]);
  let end = 0;
  for (const pad of ordered) {
    if (list(pad, "low")[axis] !== end) return undefined;
    end += size(pad);
  }
  return end === sum.type.shape[axis] ? { axis, parts: ordered.map((pad) => pad.inputs[0]) } : undefined;
}

/** The same mask on both sides, and on each branch one operand that is a constant: the op vanishes into the branches. */
function isSplit({ inputs: [a, b] }: Node): boolean {
  if (a.op !== "select" || b?.op !== "select" || a.inputs[0] !== b.inputs[0]) return false;
  return [1, 2].every((branch) => splatOf(a.inputs[branch]) !== undefined || splatOf(b.inputs[branch]) !== undefined);
}

const opposite = { max: "min", min: "max", most: "least", least: "most" } as const;

/** What differentiation leaves over, tidied: concat for sums of pads, one select for two, one negation for many. */
export const gradients: readonly Rule[] = [
  rule(
    "sum-of-pads-is-concat",
    "value",
    op("add"),
    (g, _, node) => {
      const found = partsOf(node);
      return found && g.concat(...found.parts, { axis: found.axis });
    },
    (g, r) => {
      const [a, b, c] = [1, 2, 3].map((size) => g.input({ name: `x${size}`, shape: ["n", size] }));
      const place = (x: Node, low: number, high: number) => g.pad(x, { low: [0, low], high: [0, high], value: 0 });
      const [first, last] = r.pick([[a, b], [b, a]]); // biome-ignore format: one line
      const ends = [place(first, 0, 6 - widthOf(first)), place(last, 6 - widthOf(last), 0)];
      return g.add(g.add(ends[0], ends[1]), place(c, widthOf(first), widthOf(last)));
    },
  ),
  rule(
    "work-inside-select",
    "bits",
    where(any("node"), (node) => node.inputs.length === 2 && isElementwise(node) && isSplit(node)),
    (g, _, { op: name, inputs: [a, b] }) => {
      const [mask, ...branches] = a.inputs;
      const [yes, no] = branches.map((branch, i) => g.node(name, [branch, b.inputs[i + 1]]));
      return g.select(mask, yes, no);
    },
    (g, r) => {
      const [m, x] = inputs(g, r, 2);
      const zero = g.like(x, 0);
      return g.node(r.pick(["add", "sub", "mul"]), [g.select(m, zero, x), g.select(m, x, zero)]);
    },
  ),
  rule(
    "sum-of-negs-is-neg-of-sum",
    "value",
    where(op("reduceSum", op("neg", any("x"))), (node) => list(node, "axes").length > 0),
    (g, { x }, { attrs }) => g.neg(g.node("reduceSum", [x], attrs)),
    (g, r) => g.reduceSum(g.neg(input(g, r, 1)), { axes: [0] }),
  ),
  ...(["max", "min", "most", "least"] as const).flatMap((name) => [
    rule(
      `neg-of-${name}-of-neg`,
      "bits",
      op("neg", op(name, op("neg", any("a")), any("b"))),
      (g, { a, b }) => g[opposite[name]](a, g.neg(b)),
      (g, r) => {
        const [a, b] = inputs(g, r, 2);
        return g.neg(g[name](g.neg(a), b));
      },
    ),
    rule(
      `neg-of-${name}-with-neg`,
      "bits",
      op("neg", op(name, any("a"), op("neg", any("b")))),
      (g, { a, b }) => g[opposite[name]](g.neg(a), b),
      (g, r) => {
        const [a, b] = inputs(g, r, 2);
        return g.neg(g[name](a, g.neg(b)));
      },
    ),
  ]),
];

const widthOf = (x: Node): number => x.type.shape[1] as number;
