// The gradient of a scan: a scan in the other direction, whose step recomputes the forward step from the carries before it
// and pulls the cotangents of its results back through it. In: the scan and the cotangents of its items.
// Out: cotangents of its inputs. A weight that the body only multiplies by gets its gradient in one contraction after the loop.
import { type Node as GraphNode, graph, type Shape } from "../ir/graph.ts";
import { copyInto } from "../ir/rebuild.ts";
import type { Primitive, VjpSite } from "../ops/define.ts";
import type { DotAttrs } from "../ops/dot-axes.ts";
import { build, type G, ops } from "../ops/index.ts";
import { type ScanAttrs, stackedShape, timeAxis } from "../ops/scan.ts";
import { pullback } from "./differentiate.ts";

type Node = GraphNode;
type Maybe = Node | null;
/** A carry of the reverse scan: its input node in the body, its start outside, its next value in the body. */
type Carry = { readonly hole: Node; readonly start: Node; readonly next: Node };

export function scanVjp(g: G, { inputs, cts, attrs, wanted }: VjpSite<ScanAttrs>): readonly Maybe[] {
  const { body, carries, xs, length } = attrs;
  const b = build();
  const made = copyInto(b.builder, body);
  const results = body.results.map(([, node]) => made.get(node) as Node);
  const nodes = [...new Set(made.values())];
  const names = inputs.map((_, i) =>
    i < carries ? `carry${i}` : i < carries + xs ? `x${i - carries}` : `closed${i - carries - xs}`,
  );
  // Undefined where the body does not read it.
  const holes = names.map((name) => nodes.find((node) => node.op === "input" && node.attrs.name === name));

  // Which inputs need a cotangent inside the loop: the wanted ones, and the carries that these reach.
  const active = settle(new Set(wanted.flatMap((is, i) => (is ? [i] : []))), (set) => {
    const reached = downstream(nodes, new Set([...set].flatMap((i) => holes[i] ?? [])));
    return results.slice(0, carries).flatMap((next, i) => (reached.has(next) ? [i] : []));
  });
  const plain = new Map<number, readonly Node[]>();
  for (const i of active) {
    const uses = i < carries + xs ? undefined : plainDots(nodes, results, holes[i]);
    if (uses !== undefined) plain.set(i, uses);
  }
  const targets = [...active].filter((i) => holes[i] !== undefined && !plain.has(i)).sort((a, c) => a - c);
  const wrt = [...targets.map((i) => holes[i] as Node), ...[...plain.values()].flat()];

  // The cotangent of result i at one step: what the later step sends back, and what arrives from outside.
  const input = (name: string, shape: Shape) => b.input({ name, shape });
  const later = results.map(({ type }, i) => input(`later${i}`, type.shape));
  const outside = results.map(({ type }, i) => input(`outside${i}`, type.shape));
  const isStacked = (i: number) => cts[i] !== null && attrs.keep[i] === "all";
  const rootsOf = (live: ReadonlySet<number>) =>
    [...live].sort((a, c) => a - c).map((i) => {
      const back = i < carries || !isStacked(i) ? later[i] : outside[i];
      return [results[i], isStacked(i) && i < carries ? b.add(back, outside[i]) : back] as const;
    }); // biome-ignore format: one thought
  const live = settle(new Set(cts.flatMap((ct, i) => (ct === null ? [] : [i]))), (set) => {
    const flows = pullback(b, rootsOf(set), wrt);
    return targets.flatMap((i, k) => (i < carries && flows[k] !== null ? [i] : []));
  });
  const flows = pullback(b, rootsOf(live), wrt);
  const flowOf = new Map<Node, Maybe>(wrt.map((node, k) => [node, flows[k]]));
  const zeros = (of: G, shape: Shape) => of.fill(0, shape);

  const loop: Carry[] = [];
  for (const i of [...live].sort((a, c) => a - c)) {
    if (i >= carries && isStacked(i)) continue;
    const { shape } = results[i].type;
    const start = isStacked(i) ? null : cts[i];
    const next = i < carries && holes[i] !== undefined ? (flowOf.get(holes[i]) ?? null) : null;
    loop.push({ hole: later[i], start: start ?? zeros(g, shape), next: next ?? zeros(b, shape) });
  }
  // Closed values of other uses are summed step by step.
  const sums = new Map<number, number>();
  for (const i of targets.filter((i) => i >= carries + xs)) {
    const hole = holes[i] as Node;
    const flow = flowOf.get(hole);
    if (flow === null || flow === undefined) continue;
    const sum = input(`sum${i}`, hole.type.shape);
    sums.set(i, loop.push({ hole: sum, start: zeros(g, hole.type.shape), next: b.add(sum, flow) }) - 1);
  }

  const before = previousCarries(g, inputs, attrs, holes);
  // What the reverse scan reads slice by slice: the carries before each step, the xs, the cotangents of stacked items.
  const slices = [
    ...holes
      .slice(0, carries + xs)
      .flatMap((hole, i) => (hole === undefined ? [] : [[hole, i < carries ? before[i] : inputs[i]] as const])),
    ...outside.flatMap((hole, i) => (isStacked(i) ? [[hole, cts[i] as Node] as const] : [])),
  ];
  const closed = holes.flatMap((hole, i) => (i < carries + xs || hole === undefined ? [] : [[hole, inputs[i]] as const]));

  // Per-step values that leave the loop stacked.
  const ys: Node[] = [];
  const emit = (node: Node): number => (ys.includes(node) ? ys.indexOf(node) : ys.push(node) - 1);
  const xFlows = targets.filter((i) => i >= carries && i < carries + xs && flowOf.get(holes[i] as Node));
  const xItems = new Map(xFlows.map((i) => [i, emit(flowOf.get(holes[i] as Node) as Node)]));
  const dots = [...plain]
    .flatMap(([i, uses]) => uses.map((dot) => ({ i, dot, ct: flowOf.get(dot) ?? null })))
    .filter(({ ct }) => ct !== null);
  const operands = dots.map(({ i, dot, ct }) => {
    const stacked = slices.find(([hole]) => hole === dot.inputs[0])?.[1];
    return { i, dot, left: stacked ?? emit(dot.inputs[0]), ct: emit(ct as Node) };
  });

  const reverse = scanOf(g, { carries: loop, slices, closed, ys }, { length, reverse: !attrs.reverse });
  const item = (index: number) => g.pick(reverse, { index });
  const result: Maybe[] = inputs.map((_, i) => {
    if (!wanted[i]) return null;
    if (i < carries) return live.has(i) ? item(loop.findIndex(({ hole }) => hole === later[i])) : null;
    if (i < carries + xs) return xItems.has(i) ? item(loop.length + (xItems.get(i) as number)) : null;
    return sums.has(i) ? item(sums.get(i) as number) : null;
  });
  for (const { i, dot, left, ct } of operands) {
    const stacked = typeof left === "number" ? item(loop.length + left) : left;
    const flow = dotOverTime(g, dot, stacked, inputs[i], item(loop.length + ct), timeAxis(dot.inputs[0].type.shape));
    const sum = result[i];
    result[i] = flow === null || sum === null ? (sum ?? flow) : g.add(sum, flow);
  }
  return result;
}

/** Grows a set by `more` until it stays as it is. */
function settle(set: Set<number>, more: (set: ReadonlySet<number>) => readonly number[]): ReadonlySet<number> {
  for (;;) {
    const { size } = set;
    for (const i of more(set)) set.add(i);
    if (set.size === size) return set;
  }
}

/** What depends on one of `from`. */
function downstream(nodes: readonly Node[], from: ReadonlySet<Node>): ReadonlySet<Node> {
  const reached = new Set(from);
  for (const node of nodes) if (node.inputs.some((input) => reached.has(input))) reached.add(node);
  return reached;
}

/** The uses of a closed value, if it is nothing but the right operand of dots whose left operand may stand for many steps at once. */
function plainDots(nodes: readonly Node[], results: readonly Node[], hole: Node | undefined): readonly Node[] | undefined {
  if (hole === undefined || hole.type.shape[0] === "n" || results.includes(hole)) return undefined;
  const uses = nodes.filter((node) => node.inputs.includes(hole));
  const isPlain = ({ op, inputs, attrs, type }: Node) =>
    op === "dot" &&
    inputs[0] !== hole &&
    (attrs.batch as readonly (readonly number[])[])[0].length === 0 &&
    timeAxis(inputs[0].type.shape) === timeAxis(type.shape);
  return uses.every(isPlain) ? uses : undefined;
}

/**
 * d w of the dots of all steps: they are one dot, whose left operand has time as one more free axis. Its own rule is asked, not
 * `pullback`: the stacked left operand depends on w as well, and that part of the gradient has gone through the loop.
 */
function dotOverTime(g: G, single: Node, left: Node, w: Node, ct: Node, axis: number): Maybe {
  const [contracted, right] = single.attrs.contract as DotAttrs["contract"];
  const attrs: DotAttrs = { batch: [[], []], contract: [contracted.map((a) => (a >= axis ? a + 1 : a)), right] };
  const output = g.dot(left, w, attrs);
  const { vjp } = ops.dot as Primitive;
  return typeof vjp === "function" ? vjp(g, { inputs: [left, w], output, ct, cts: [ct], attrs, wanted: [false, true] })[1] : null;
}

/** Per carry, its values before each step, stacked in the order of t; null where the body does not read it. */
function previousCarries(g: G, inputs: readonly Node[], attrs: ScanAttrs, holes: readonly (Node | undefined)[]): Node[] {
  const { body, carries, length, reverse } = attrs;
  // A result that is the carry under another name may be stacked already.
  const stackOf = body.results.map(([, node], i) => {
    const twin = body.results.findIndex(([, other], j) => other === node && attrs.keep[j] === "all");
    return twin < 0 ? i : twin;
  });
  const needed = new Set(stackOf.filter((_, i) => i < carries && holes[i] !== undefined));
  const keep = attrs.keep.map((which, i) => (needed.has(i) ? "all" : which));
  const all = g.node("scan", inputs, { ...attrs, keep });
  return inputs.slice(0, carries).map((start, i) => {
    const axis = timeAxis(start.type.shape);
    const first = g.reshape(start, { shape: stackedShape(start.type.shape, 1) });
    if (length === 1 || holes[i] === undefined) return first;
    const stacked = g.pick(all, { index: stackOf[i] });
    const shape = stackedShape(start.type.shape, length - 1);
    const offset = shape.map((_, a) => (a === axis && reverse ? 1 : 0));
    const kept = g.slice(stacked, { starts: offset, sizes: shape });
    return reverse ? g.concat(kept, first, { axis }) : g.concat(first, kept, { axis });
  });
}

interface Parts {
  readonly carries: readonly Carry[];
  readonly slices: readonly (readonly [hole: Node, stacked: Node])[];
  readonly closed: readonly (readonly [hole: Node, value: Node])[];
  readonly ys: readonly Node[];
}

/** A scan from holes and what fills them; slices and closed values that the body does not reach are left out. */
function scanOf(g: G, { carries, slices, closed, ys }: Parts, { length, reverse }: { length: number; reverse: boolean }): Node {
  const draft = graph("gradient", [
    ...carries.map(({ next }, i) => [`carry${i}`, next] as const),
    ...ys.map((y, i) => [`y${i}`, y] as const),
  ]);
  const reached = new Set(draft.nodes);
  const xs = slices.filter(([hole]) => reached.has(hole));
  const values = closed.filter(([hole]) => reached.has(hole));
  const names = new Map<Node, string>();
  for (const [i, { hole }] of carries.entries()) names.set(hole, `carry${i}`);
  for (const [i, [hole]] of xs.entries()) names.set(hole, `x${i}`);
  for (const [i, [hole]] of values.entries()) names.set(hole, `closed${i}`);
  const b = build();
  const made = copyInto(b.builder, draft, (node) =>
    node.op === "input" ? b.input({ ...node.attrs, name: names.get(node) as string, shape: node.type.shape }) : undefined,
  );
  const body = graph(
    "gradient",
    draft.results.map(([name, node]) => [name, made.get(node) as Node] as const),
    [],
    b.builder.origins,
  );
  const keep = draft.results.map((_, i) => (i < carries.length ? "last" : "all"));
  return g.node("scan", [...carries.map(({ start }) => start), ...xs.map(([, x]) => x), ...values.map(([, value]) => value)], {
    body, carries: carries.length, xs: xs.length, length, reverse, keep,
  }); // biome-ignore format: one call
}
