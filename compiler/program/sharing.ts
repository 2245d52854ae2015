// Values as DAGs: putting coordinates in for dims, and naming what is used more than once. In: statements whose values may
// share nodes (by identity or by structure). Out: the same statements, every shared subterm a `let` before them.
import type { Index, Stmt, Value } from "./ir.ts";
import type { Namer } from "./points.ts";
import * as v from "./value.ts";
import type { Coord } from "./view.ts";

/** Puts coordinates in for dims, and the accumulator's value for `acc`. Shared nodes stay shared. */
export function substitute(value: Value, point: ReadonlyMap<string, Coord>, acc?: Value): Value {
  const done = new Map<Value, Value>();
  const visit = (node: Value): Value => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const made =
      node.op === "acc" && acc !== undefined
        ? acc
        : node.op === "loop"
          ? loopValue(node.name, point, node)
          : mapOperands(node, visit, (index) => place(index, point, visit));
    done.set(node, made);
    return made;
  };
  return visit(value);
}

function place(index: Index, point: ReadonlyMap<string, Coord>, visit: (value: Value) => Value): Index {
  let { base } = index;
  const terms = new Map<string, number>();
  for (const [name, stride] of index.terms) {
    const coord = point.get(name);
    base += (coord?.base ?? 0) * stride;
    for (const [loop, factor] of coord?.terms ?? [[name, 1] as const]) terms.set(loop, (terms.get(loop) ?? 0) + factor * stride);
  }
  const row = index.row === undefined ? {} : { row: { ...index.row, index: visit(index.row.index) } };
  return { base, terms: [...terms].filter(([, stride]) => stride !== 0), ...row };
}

function loopValue(name: string, point: ReadonlyMap<string, Coord>, node: Value): Value {
  const coord = point.get(name);
  if (coord === undefined) return node;
  const terms = coord.terms.map(([loop, factor]) => (factor === 1 ? v.dim(loop) : v.imul(v.dim(loop), v.lit(factor, "i32"))));
  if (coord.base !== 0 || terms.length === 0) terms.push(v.lit(coord.base, "i32"));
  return terms.reduce((a, b) => v.iadd(a, b));
}

/** The node with its operands replaced; the node itself when nothing changed. */
export function mapOperands(node: Value, visit: (value: Value) => Value, placeIndex: (index: Index) => Index): Value {
  switch (node.op) {
    case "const":
    case "scalar":
    case "loop":
    case "use":
    case "reg":
    case "acc":
      return node;
    case "load":
      return { ...node, index: placeIndex(node.index) };
    case "madd":
      return { ...node, a: visit(node.a), b: visit(node.b), c: visit(node.c) };
    case "select":
      return { ...node, mask: visit(node.mask), a: visit(node.a), b: visit(node.b) };
    case "lanes": {
      const [l0, l1, l2, l3] = node.items;
      return { ...node, items: [visit(l0), visit(l1), visit(l2), visit(l3)] };
    }
    default:
      return "b" in node ? { ...node, a: visit(node.a), b: visit(node.b) } : { ...node, a: visit(node.a) };
  }
}

/** The values a value is made of. */
export function operandsOf(node: Value): readonly Value[] {
  switch (node.op) {
    case "load":
      return node.index.row === undefined ? [] : [node.index.row.index];
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

/** What needs no name. */
export const isAtom = (node: Value): boolean =>
  (node.op === "convert" && node.fmt === "f64" && node.a.fmt === "f32" && isAtom(node.a)) || // a wider name for a name
  node.op === "const" ||
  node.op === "scalar" ||
  node.op === "loop" ||
  node.op === "use" ||
  node.op === "reg" ||
  node.op === "acc";

/**
 * Names every subterm that a run of `set` and `store` statements uses more than once. A let stands before its first use, so
 * few are alive at a time; a value that reads a register set in the run must not be shared (a register is read where it is
 * set, or after the run), nor one that reads an element stored in it.
 */
export function lets(statements: readonly Stmt[], fresh: Namer): readonly Stmt[] {
  const table = new Map<string, Value>();
  const keys = new Map<Value, string>();
  const ids = new Map<string, number>();
  // Structural interning: equal subterms become one object.
  const intern = (value: Value): Value => {
    const known = keys.get(value);
    if (known !== undefined) return table.get(known) as Value;
    const made = mapOperands(value, intern, (index) =>
      index.row === undefined ? index : { ...index, row: { ...index.row, index: intern(index.row.index) } },
    );
    const key = keyOf(made, (operand) => idOf(keys.get(operand) ?? keyOf(operand, () => -1)));
    keys.set(value, key);
    const first = table.get(key);
    if (first === undefined) {
      table.set(key, made);
      keys.set(made, key);
    }
    return first ?? made;
  };
  const idOf = (key: string): number => {
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  };
  const interned = statements.map((statement): Stmt => {
    if (statement.do === "set") return { ...statement, value: intern(statement.value) };
    if (statement.do === "store") {
      const { row } = statement.index;
      const index = row === undefined ? statement.index : { ...statement.index, row: { ...row, index: intern(row.index) } };
      return { ...statement, index, value: intern(statement.value) };
    }
    return statement;
  });
  const uses = new Map<Value, number>();
  const count = (value: Value): void => {
    const seen = uses.get(value) ?? 0;
    uses.set(value, seen + 1);
    if (seen === 0) for (const operand of operandsOf(value)) count(operand);
  };
  const roots = (statement: Stmt): readonly Value[] =>
    statement.do === "set"
      ? [statement.value]
      : statement.do === "store"
        ? [statement.value, ...(statement.index.row === undefined ? [] : [statement.index.row.index])]
        : [];
  for (const statement of interned) for (const root of roots(statement)) count(root);
  const out: Stmt[] = [];
  const named = new Map<Value, Value>();
  const rename = (value: Value): Value => {
    const known = named.get(value);
    if (known !== undefined) return known;
    const made = mapOperands(value, rename, (index) =>
      index.row === undefined ? index : { ...index, row: { ...index.row, index: rename(index.row.index) } },
    );
    if (isAtom(value) || (uses.get(value) ?? 0) < 2) {
      named.set(value, made);
      return made;
    }
    const name = fresh("v");
    out.push({ do: "let", name, value: made });
    const use: Value = { op: "use", name, fmt: value.fmt };
    named.set(value, use);
    return use;
  };
  for (const statement of interned) {
    if (statement.do === "set") out.push({ ...statement, value: rename(statement.value) });
    else if (statement.do === "store") {
      const { row } = statement.index;
      const index = row === undefined ? statement.index : { ...statement.index, row: { ...row, index: rename(row.index) } };
      out.push({ ...statement, index, value: rename(statement.value) });
    } else out.push(statement);
  }
  return out;
}

function keyOf(node: Value, id: (operand: Value) => number): string {
  const head = `${node.op}:${node.fmt}`;
  switch (node.op) {
    case "const":
      return `${head}:${Object.is(node.value, -0) ? "-0" : node.value}`;
    case "scalar":
    case "loop":
    case "use":
    case "reg":
      return `${head}:${node.name}`;
    case "load": {
      const row =
        node.index.row === undefined ? "" : `@${id(node.index.row.index)}*${node.index.row.stride}<${node.index.row.limit}`;
      return `${head}:${node.buffer}:${node.index.base}:${[...node.index.terms]
        .map(([name, stride]) => `${name}*${stride}`)
        .sort()
        .join("+")}${row}`;
    }
    case "across":
      return `${head}:${node.how}(${id(node.a)})`;
    case "extract":
      return `${head}:${node.lane}(${id(node.a)})`;
    default:
      return `${head}(${operandsOf(node).map(id).join()})`;
  }
}
