// Walking Values and statements: what they are made of, and the same with parts replaced. In: values, statements, kernels.
// Out: operands, addresses, names, or rebuilt values that share what the old ones shared.
// Guarantee: the one place that knows which fields hold values; a data-dependent row of an address is a value like any other.
import type { Index, Kernel, Stmt, Value } from "./program.ts";

/** The values an address depends on. */
export const indexValues = ({ row }: Index): readonly Value[] => (row === undefined ? [] : [row.index]);

/** The address with its values replaced; the address itself when it has none. */
export const mapIndex = (index: Index, map: (value: Value) => Value): Index =>
  index.row === undefined ? index : { ...index, row: { ...index.row, index: map(index.row.index) } };

/** The values a value is made of. */
export function operandsOf(node: Value): readonly Value[] {
  switch (node.op) {
    case "load":
      return indexValues(node.index);
    case "madd":
      return [node.a, node.b, node.c];
    case "select":
      return [node.mask, node.a, node.b];
    case "lanes":
      return node.items;
    default:
      return "b" in node ? [node.a, node.b] : "a" in node ? [node.a] : [];
  }
}

/** The node with its operands replaced; the node itself when none changes. `place` may rebuild the whole address of a load. */
export function mapOperands(
  node: Value,
  map: (value: Value) => Value,
  place: (index: Index) => Index = (index) => mapIndex(index, map),
): Value {
  switch (node.op) {
    case "const":
    case "scalar":
    case "loop":
    case "use":
    case "reg":
    case "acc":
      return node;
    case "load": {
      const index = place(node.index);
      return index === node.index ? node : { ...node, index };
    }
    case "madd": {
      const [a, b, c] = [map(node.a), map(node.b), map(node.c)];
      return a === node.a && b === node.b && c === node.c ? node : { ...node, a, b, c };
    }
    case "select": {
      const [mask, a, b] = [map(node.mask), map(node.a), map(node.b)];
      return mask === node.mask && a === node.a && b === node.b ? node : { ...node, mask, a, b };
    }
    case "lanes": {
      const [l0, l1, l2, l3] = node.items;
      return { ...node, items: [map(l0), map(l1), map(l2), map(l3)] };
    }
    default: {
      const a = map(node.a);
      if (!("b" in node)) return a === node.a ? node : { ...node, a };
      const b = map(node.b);
      return a === node.a && b === node.b ? node : { ...node, a, b };
    }
  }
}

/** A function over values that visits each node once, so that shared nodes stay shared. `step` gets the function for operands. */
export function shared<T>(step: (node: Value, visit: (value: Value) => T) => T): (value: Value) => T {
  const done = new Map<Value, T>();
  const visit = (node: Value): T => {
    const known = done.get(node);
    if (known !== undefined || done.has(node)) return known as T;
    const made = step(node, visit);
    done.set(node, made);
    return made;
  };
  return visit;
}

/** The values of a statement, in the order they are printed; of a loop, none. */
export const rootsOf = (statement: Stmt): readonly Value[] =>
  statement.do === "for" ? [] : statement.do === "store" ? [statement.value, ...indexValues(statement.index)] : [statement.value];

/** A statement with its values replaced (a store's address before its value); a loop is left as it is. */
export function mapStmt(statement: Stmt, map: (value: Value) => Value): Stmt {
  if (statement.do === "for") return statement;
  if (statement.do !== "store") return { ...statement, value: map(statement.value) };
  const index = mapIndex(statement.index, map);
  return { ...statement, index, value: map(statement.value) };
}

/** Every node once, users after operands not guaranteed; `edge` sees each occurrence under a node once. */
export function visit(roots: readonly Value[], edge: (value: Value) => void): void {
  const seen = new Set<Value>();
  const stack = [...roots];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    edge(value);
    const under = operandsOf(value);
    if (under.length === 0 || seen.has(value)) continue;
    seen.add(value);
    stack.push(...under);
  }
}

/** How many different nodes some values have. */
export function countNodes(roots: readonly Value[]): number {
  const seen = new Set<Value>();
  visit(roots, (value) => seen.add(value));
  return seen.size;
}

/** Every statement, a loop before what is in it. */
export function* statementsIn(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    yield statement;
    if (statement.do === "for") yield* statementsIn(statement.body);
  }
}

/** An element, or four, that a statement reads or writes. */
export interface Access {
  readonly buffer: string;
  readonly index: Index;
}

/** What a statement reads and writes, row indices included. */
export function accessesOf(statement: Stmt): readonly Access[] {
  const accesses: Access[] = statement.do === "store" ? [statement] : [];
  visit(rootsOf(statement), (value) => {
    if (value.op === "load") accesses.push(value);
  });
  return accesses;
}

/** What the statements and those below read and write. */
export function* accessesIn(body: readonly Stmt[]): Generator<Access> {
  for (const statement of statementsIn(body)) yield* accessesOf(statement);
}

/** Every value of a kernel, operands included. */
export function valuesOf(kernel: Kernel, see: (value: Value) => void): void {
  for (const statement of statementsIn(kernel.body)) visit(rootsOf(statement), see);
}

/** Buffers a kernel reads or writes, formals among them. */
export function buffersOf(kernel: Kernel): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { buffer } of accessesIn(kernel.body)) names.add(buffer);
  return names;
}
