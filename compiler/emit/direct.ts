// A straight-line kernel that works on the caller's arrays. In: a kernel and its input buffer. Out: the same kernel with every
// input read once, before anything is written (so x and out may be the same memory); undefined where that cannot be said
// in advance.
import type { Kernel, Stmt, Value } from "../program/ir.ts";
import { mapOperands } from "../program/sharing.ts";

export function readFirst(kernel: Kernel, input: string): Kernel | undefined {
  const elements = new Set<number>();
  let fixed = true;
  const id = (element: number) => `x${element}`;
  const done = new Map<Value, Value>();
  const replace = (value: Value): Value => {
    const known = done.get(value);
    if (known !== undefined) return known;
    let made: Value;
    if (value.op === "load" && value.buffer === input) {
      if (value.index.terms.length > 0 || value.index.row !== undefined) fixed = false;
      elements.add(value.index.base);
      made = { op: "use", name: id(value.index.base), fmt: value.fmt };
    } else {
      made = mapOperands(value, replace, (index) =>
        index.row === undefined ? index : { ...index, row: { ...index.row, index: replace(index.row.index) } },
      );
    }
    done.set(value, made);
    return made;
  };
  const names = new Set<string>();
  const body = kernel.body.map((statement): Stmt => {
    if (statement.do === "for") {
      fixed = false;
      return statement;
    }
    if (statement.do === "let") names.add(statement.name);
    if (statement.do !== "store") return { ...statement, value: replace(statement.value) };
    if (statement.buffer === input) fixed = false;
    const { row } = statement.index;
    return {
      ...statement,
      value: replace(statement.value),
      index: row === undefined ? statement.index : { ...statement.index, row: { ...row, index: replace(row.index) } },
    };
  });
  const sorted = [...elements].sort((a, b) => a - b);
  if (!fixed || sorted.some((element) => names.has(id(element)))) return undefined;
  const reads = sorted.map(
    (element): Stmt => ({
      do: "let",
      name: id(element),
      value: { op: "load", buffer: input, index: { base: element, terms: [] }, fmt: "f32" },
    }),
  );
  return { ...kernel, body: [...reads, ...body] };
}
