// The gradient of a scan: a scan in the other direction, whose step pulls the cotangents of its results back through the forward step.
// In: the scan and the cotangents of its items.
// Out: cotangents of its inputs. A weight that the body only multiplies by gets its gradient in one contraction after the loop.
//
//   forward    c[t+1], y[t], k[t] = f(c[t], x[t], w)                             t rises
//   backward   (c̄[t], x̄[t], w̄ +=) = vjp of f at (c[t], x[t], w; k[t]) on (c̄[t+1] + outside[t], ȳ[t])     t falls
//
// c[t], the carries before each step, and k[t], what of the step is dear to compute again (sums, elementary functions: `kept.ts`), come
// from the forward scan, which is asked to keep them and merged with the first one afterwards; all else is computed again from them. c̄ (`later`) is the backward scan's carry; `outside` is the cotangent of a stack's slice t. w̄ is summed
// in a carry, but where f only multiplies by w: then w̄ = Σ_t left[t]ᵀ · ct[t] is one dot over all steps (`dotOverTime`).
import type { Node } from "../../graph/graph.ts";
import { copyInto } from "../../graph/rebuild.ts";
import type { G, VjpSite } from "../define.ts";
import { adjoint } from "../nest/dot-adjoint.ts";
import type { DotAttrs } from "../nest/dot-axes.ts";
import { inputName, type ScanAttrs, timeAxis } from "./attrs.ts";
import { forwardKeeping, frontier, isDear } from "./kept.ts";
import { type Item, Loop } from "./loop.ts";

type Maybe = Node | null;
type ScanSite = VjpSite<ScanAttrs>;

/** The forward step, rebuilt in the body of the reverse scan. */
interface Step {
  readonly g: G;
  readonly nodes: readonly Node[];
  /** What its nodes are in the forward body. */
  readonly forward: ReadonlyMap<Node, Node>;
  /** Its inputs, in the order of the scan's; undefined where it does not read one. */
  readonly holes: readonly (Node | undefined)[];
  readonly results: readonly Node[];
}

/** Cotangents of the scan's inputs in their order (carries, xs, closed), null where none flows; `site.cts` has one per item. */
export function scanVjp(g: G, site: ScanSite): readonly Maybe[] {
  const { inputs, cts, attrs } = site;
  const { carries, xs, length } = attrs;
  const loop = new Loop(g.fresh());
  const step = copyStep(loop.g, site);
  const { live, later, outside, flowOf, dots } = pullStep(step, site);

  for (const [i, hole] of step.holes.entries()) {
    if (hole === undefined || i < carries) continue;
    if (i < carries + xs) loop.slice(hole, inputs[i]);
    else loop.close(hole, inputs[i]);
  }
  for (const [i, hole] of outside.entries()) if (isStacked(site, i)) loop.slice(hole, cts[i] as Node);

  const zeros = (of: G, node: Node): Node => of.like(node, 0);
  const startOf = (i: number): Node => (isStacked(site, i) ? null : cts[i]) ?? zeros(g, later[i]);
  const items = step.holes.map((hole, i): Item | null => {
    const flow = hole === undefined ? null : flowOf(hole);
    if (i < carries) return live.has(i) ? loop.carry(later[i], startOf(i), flow ?? zeros(loop.g, later[i])) : null;
    if (hole === undefined || flow === null) return null;
    if (i < carries + xs) return loop.emit(flow);
    const sum = loop.g.input({ name: `sum${i}`, shape: hole.type.shape });
    return loop.carry(sum, zeros(g, hole), loop.g.add(sum, flow));
  });
  // A result of which only the last value was kept has a cotangent at the first step of the way back, and zeros after it.
  for (let i = carries; i < cts.length; i++) {
    if (live.has(i) && !isStacked(site, i)) loop.carry(later[i], startOf(i), zeros(loop.g, later[i]));
  }
  const flowing = dots.flatMap(({ i, dot }) => {
    const ct = flowOf(dot);
    return ct === null ? [] : [{ i, dot, ct: loop.emit(ct) }];
  });
  recall(g, loop, site, step, [...loop.roots, ...flowing.map(({ dot }) => dot.inputs[0])]);
  const operands = flowing.map((one) => ({ ...one, left: loop.stacked(one.dot.inputs[0]) }));

  const itemOf = loop.finish(g, { length, reverse: !attrs.reverse });
  const flows: Maybe[] = items.map((item) => (item === null ? null : itemOf(item)));
  for (const { i, dot, left, ct } of operands) {
    const flow = dotOverTime(g, dot, "op" in left ? left : itemOf(left), inputs[i], itemOf(ct));
    const sum = flows[i];
    flows[i] = sum === null ? flow : g.add(sum, flow);
  }
  return flows;
}

/** The cotangent of item i comes slice by slice, not once. */
const isStacked = ({ cts, attrs }: ScanSite, i: number): boolean => cts[i] !== null && attrs.keep[i] === "all";

/** Has the forward scan keep what the way back to `roots` needs of its steps, instead of computing it again. */
function recall(g: G, loop: Loop, site: ScanSite, { nodes, holes, forward }: Step, roots: readonly Node[]): void {
  const { carries, xs } = site.attrs;
  const changing = downstream(nodes, new Set(holes.slice(0, carries + xs).flatMap((hole) => hole ?? [])));
  const carried = new Set(holes.slice(0, carries));
  const isDearStep = (node: Node) => forward.has(node) && changing.has(node) && isDear(loop.g, node);
  const found = frontier(roots, (node) => carried.has(node) || isDearStep(node));
  const dear = found.filter((node) => !carried.has(node));
  const needed = new Set(found.flatMap((node) => (carried.has(node) ? [holes.indexOf(node)] : [])));
  const kept = forwardKeeping(g, site, needed, dear.map((node) => forward.get(node) as Node)); // biome-ignore format: one line
  for (const i of needed) loop.slice(holes[i] as Node, kept.before(i));
  for (const [k, node] of dear.entries()) {
    loop.recall(node, loop.g.input({ name: `kept${k}`, shape: node.type.shape }), kept.each(forward.get(node) as Node));
  }
}

/** The forward step once more, as nodes of the reverse scan's body. */
function copyStep(g: G, { inputs, attrs: { body, carries, xs } }: ScanSite): Step {
  const made = copyInto(g.builder, body);
  const nodes = [...new Set(made.values())];
  const forward = new Map([...made].map(([node, copy]) => [copy, node]));
  const holes = inputs.map((_, i) =>
    nodes.find(({ op, attrs }) => op === "input" && attrs.name === inputName(i, { carries, xs })),
  );
  return { g, nodes, forward, holes, results: body.results.map(([, node]) => made.get(node) as Node) };
}

interface Pulled {
  /** Results that have a cotangent, be it through a later step only. */
  readonly live: ReadonlySet<number>;
  /** Per result, holes for its cotangent: what the later step sends back, and what arrives from outside at this step. */
  readonly later: readonly Node[];
  readonly outside: readonly Node[];
  /** Cotangent of a hole or of a dot. */
  readonly flowOf: (node: Node) => Maybe;
  /** Dots by closed value i whose weight gradient is left to the contraction after the loop. */
  readonly dots: readonly { readonly i: number; readonly dot: Node }[];
}

/** Pulls the cotangents of the step's results back to what is wanted of its inputs. */
function pullStep({ g, nodes, holes, results }: Step, site: ScanSite): Pulled {
  const { cts, wanted, attrs } = site;
  const { carries, xs } = attrs;
  // Wanted inside the loop: what is wanted outside, and the carries that this reaches.
  const active = settle(indices(wanted), (set) => {
    const reached = downstream(nodes, new Set([...set].flatMap((i) => holes[i] ?? [])));
    return indices(results.slice(0, carries).map((next) => reached.has(next)));
  });
  const dotsOf = (i: number) => (i < carries + xs ? undefined : plainDots(nodes, results, holes[i]));
  const dots = active.flatMap((i) => (dotsOf(i) ?? []).map((dot) => ({ i, dot })));
  const targets = active.filter((i) => holes[i] !== undefined && dotsOf(i) === undefined);
  const wrt = [...targets.map((i) => holes[i] as Node), ...dots.map(({ dot }) => dot)];

  const hole = (name: string) => results.map(({ type }, i) => g.input({ name: `${name}${i}`, shape: type.shape }));
  const [later, outside] = [hole("later"), hole("outside")];
  const cotangent = (i: number): Node => {
    if (!isStacked(site, i)) return later[i];
    return i < carries ? g.add(later[i], outside[i]) : outside[i];
  };
  const pull = (live: readonly number[]) => site.pull(g, live.map((i) => [results[i], cotangent(i)]), wrt); // biome-ignore format: one line
  const live = settle(indices(cts.map((ct) => ct !== null)), (set) => {
    const flows = pull(set);
    return targets.filter((i, k) => i < carries && flows[k] !== null);
  });
  const flows = pull(live);
  return { live: new Set(live), later, outside, dots, flowOf: (node) => flows[wrt.indexOf(node)] ?? null };
}

const indices = (flags: readonly boolean[]): number[] => flags.flatMap((is, i) => (is ? [i] : []));

/** Grows a set by `more` until it stays as it is; ascending. */
function settle(start: readonly number[], more: (set: readonly number[]) => readonly number[]): readonly number[] {
  for (let set = [...start]; ; ) {
    const grown = [...new Set([...set, ...more(set)])].sort((a, b) => a - b);
    if (grown.length === set.length) return set;
    set = grown;
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
    (attrs.batch as DotAttrs["batch"])[0].length === 0 &&
    timeAxis(inputs[0].type.shape) === timeAxis(type.shape);
  return uses.every(isPlain) ? uses : undefined;
}

/**
 * d w of the dots of all steps: they are one dot, whose left operand has time as one more free axis. Its own rule is asked, not
 * `pull`: the stacked left operand depends on w as well, and that part of the gradient has gone through the loop.
 */
function dotOverTime(g: G, { attrs, inputs: [one] }: Node, left: Node, w: Node, ct: Node): Node {
  const axis = timeAxis(one.type.shape);
  const [contracted, right] = attrs.contract as DotAttrs["contract"];
  const stacked: DotAttrs = { batch: [[], []], contract: [contracted.map((a) => (a >= axis ? a + 1 : a)), right] };
  return adjoint(g, 1, w, left, ct, stacked);
}
