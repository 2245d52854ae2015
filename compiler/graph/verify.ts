// The rules of a Graph. In: a Graph from any pass, and the ops. Out: nothing, or an `ir/verify` error that shows the graph's text
// around the offending node. Guarantee for what passes: operands before users, every node reachable, attributes and types as the
// ops state them, n on axis 0 only, one meaning per name, bundles read by `pick` alone; scan bodies too.
import { CompileError, type Diagnostic } from "../diagnostics/error.ts";
import { type Attrs, type Graph, isGraph, type Node, type OpRules, type Ops, sameShape, type Type } from "./graph.ts";
import { showOrigin } from "./origin.ts";
import { printLines, showType } from "./print.ts";

/** Where: at a node, or after the results and updates. `notes`: of an error inside. */
type Report = (where: Node | "end", message: string, notes?: readonly string[]) => never;

const sources: ReadonlySet<string> = new Set(["input", "param", "state"]);

/** Attributes that an op has let through. They go from pass to pass as the same object, so each is read once and not after every pass. */
const accepted = new WeakMap<Attrs, OpRules>();

/** Throws CompileError `ir/verify` when the graph breaks a rule; notes[0] is its text around the place. */
export function verifyGraph(graph: Graph, ops: Ops): void {
  const fail: Report = (where, message, notes = []) => {
    const hint = "this is a bug in layerc: please report it with the model";
    throw new CompileError({ code: "ir/verify", path: "", message, notes: [excerpt(graph, where, message), ...notes], hint });
  };
  const before = new Set<Node>();
  const names = new Map<string, Node>();
  for (const node of graph.nodes) {
    if (before.has(node)) fail(node, "this node stands here twice");
    for (const input of node.inputs) {
      if (!before.has(input)) fail(node, `an operand (${input.op}) is not among the nodes above`);
      if (input.type.items !== undefined && node.op !== "pick") fail(node, `${node.op} reads a bundle; only pick may`);
    }
    verifyNode(node, ops, fail);
    if (sources.has(node.op)) {
      const name = node.attrs.name as string;
      const other = names.get(name);
      if (other !== undefined) fail(node, `${other.op} and ${node.op} share the name ${JSON.stringify(name)}`);
      names.set(name, node);
    }
    before.add(node);
  }
  verifyRoots(graph, before, names, fail);
}

function verifyNode(node: Node, ops: Ops, fail: Report): void {
  if (!Object.hasOwn(ops, node.op)) fail(node, `there is no op ${JSON.stringify(node.op)}`);
  const op = ops[node.op];
  const [least, most] = typeof op.arity === "number" ? [op.arity, op.arity] : op.arity;
  if (node.inputs.length < least || node.inputs.length > most)
    fail(node, `${node.op} takes ${least} to ${most} inputs, this has ${node.inputs.length}`);
  if (accepted.get(node.attrs) !== op) {
    const attrs = op.attrs.safeParse(node.attrs);
    if (!attrs.success) fail(node, `${node.op}: ${attrs.error.issues[0].message} at ${attrs.error.issues[0].path.join(".")}`);
    accepted.set(node.attrs, op);
  }
  for (const value of Object.values(node.attrs)) if (isGraph(value)) verifyBody(node, value, ops, fail);
  const stated = showType(node.type);
  const types = node.inputs.map((input) => input.type);
  const inferred = attempt(
    () => op.type(types, node.attrs),
    ({ message }) => fail(node, message),
  );
  if (showType(inferred) !== stated) fail(node, `${node.op} gives ${showType(inferred)}, the node says ${stated}`);
  if (hasInnerBatch(node.type)) fail(node, `n stands only on axis 0, found ${stated}`);
}

/** A body sees the world through its inputs alone. */
function verifyBody(node: Node, body: Graph, ops: Ops, fail: Report): void {
  const where = `the body ${JSON.stringify(body.name)}`;
  attempt(
    () => verifyGraph(body, ops),
    ({ message, notes }) => fail(node, `${where}: ${message}`, notes),
  );
  const foreign = body.nodes.find(({ op }) => op === "param" || op === "state");
  if (foreign !== undefined)
    fail(node, `${where} reads the ${foreign.op} ${JSON.stringify(foreign.attrs.name)} directly; it must come in as an input`);
  if (body.updates.length > 0) fail(node, `${where} updates ${JSON.stringify(body.updates[0][0])}; only a whole graph may`);
}

function verifyRoots(graph: Graph, nodes: ReadonlySet<Node>, names: ReadonlyMap<string, Node>, fail: Report): void {
  for (const [section, roots] of [
    ["result", graph.results],
    ["update", graph.updates],
  ] as const) {
    const seen = new Set<string>();
    for (const [name, node] of roots) {
      const what = `${section} ${JSON.stringify(name)}`;
      if (!nodes.has(node)) fail("end", `the ${what} (${node.op}) is not among the nodes`);
      if (node.type.items !== undefined) fail(node, `the ${what} is a bundle; it needs a pick`);
      if (seen.has(name)) fail("end", `there are two ${section}s ${JSON.stringify(name)}`);
      seen.add(name);
      if (section === "result") continue;
      const target = names.get(name);
      if (target === undefined || target.op === "input") fail("end", `the ${what} names no param or state`);
      else if (!sameShape(target.type.shape, node.type.shape)) {
        fail(target, `the ${what} has type ${showType(node.type)}, the ${target.op} has ${showType(target.type)}`);
      }
    }
  }
  // Users stand behind operands, so one walk from the end marks everything that is needed before it is seen.
  const reached = new Set([...graph.results, ...graph.updates].map(([, node]) => node));
  for (const node of [...graph.nodes].reverse()) {
    if (!reached.has(node)) fail(node, "no result and no update needs this node");
    for (const input of node.inputs) reached.add(input);
  }
  for (const [node, origin] of graph.origins) {
    if (!nodes.has(node))
      fail("end", `an origin (${JSON.stringify(showOrigin(origin))}) is kept for a node (${node.op}) that is not here`);
  }
}

/** `run()`, with an expected failure handed to `fail`. */
function attempt<T>(run: () => T, fail: (error: Diagnostic) => never): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof CompileError) fail(error.diagnostic);
    throw error;
  }
}

const hasInnerBatch = ({ shape, items = [] }: Type): boolean => shape.indexOf("n", 1) > 0 || items.some(hasInnerBatch);

/** Five lines on either side, and the message under the line it is about. */
function excerpt(graph: Graph, where: Node | "end", message: string): string {
  const { lines, lineOf } = printLines(graph);
  const at = (where === "end" ? undefined : lineOf.get(where)) ?? lines.length - 1;
  const from = Math.max(0, at - 5);
  const to = Math.min(lines.length, at + 6);
  const shown = [...lines.slice(from, at + 1), `  ^ ${message}`, ...lines.slice(at + 1, to)];
  return [...(from > 0 ? ["  …"] : []), ...shown, ...(to < lines.length ? ["  …"] : [])].join("\n");
}
