// Naming what is used more than once. In: statements whose values may share nodes, by identity or by structure. Out: the same
// statements, every shared subterm a `let` before them.

import type { Stmt, Value } from "../program/program.ts";
import { mapOperands, mapStmt, operandsOf, rootsOf, shared } from "../program/walk.ts";
import type { Namer } from "./namer.ts";

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
 * few are alive at a time. What reads a register that the run sets is written out each time, since it is another value after;
 * that no value reads an element stored in the run is the caller's to see to.
 */
export function lets(statements: readonly Stmt[], fresh: Namer): readonly Stmt[] {
  const table = new Map<string, Value>();
  const keys = new Map<Value, string>();
  const ids = new Map<string, number>();
  // Structural interning: equal subterms become one object.
  const intern = (value: Value): Value => {
    const known = keys.get(value);
    if (known !== undefined) return table.get(known) as Value;
    const made = mapOperands(value, intern);
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
  const interned = statements.map((statement) => mapStmt(statement, intern));
  const uses = new Map<Value, number>();
  const count = (value: Value): void => {
    const seen = uses.get(value) ?? 0;
    uses.set(value, seen + 1);
    if (seen === 0) for (const operand of operandsOf(value)) count(operand);
  };
  for (const statement of interned) for (const root of rootsOf(statement)) count(root);
  const set = new Set(statements.flatMap((statement) => (statement.do === "set" ? [statement.reg] : [])));
  const moves = shared<boolean>((value, visit) => (value.op === "reg" && set.has(value.name)) || operandsOf(value).some(visit));
  const out: Stmt[] = [];
  const named = new Map<Value, Value>();
  const rename = (value: Value): Value => {
    const known = named.get(value);
    if (known !== undefined) return known;
    const made = mapOperands(value, rename);
    if (isAtom(value) || (uses.get(value) ?? 0) < 2 || moves(value)) {
      named.set(value, made);
      return made;
    }
    const name = fresh("v");
    out.push({ do: "let", name, value: made });
    const use: Value = { op: "use", name, fmt: value.fmt };
    named.set(value, use);
    return use;
  };
  for (const statement of interned) out.push(mapStmt(statement, rename));
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
