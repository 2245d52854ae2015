// A straight-line kernel that works on the caller's arrays. In: a kernel and its input buffer. Out: the same kernel with every
// input read once, before anything is written (so x and out may be the same memory); undefined where that cannot be said
// in advance.
import type { Kernel, Stmt, Value } from "../../program/program.ts";
import { mapOperands, mapStmt, shared } from "../../program/walk.ts";

/**
 * The kernel with `x3` for every load of `input[3]`, all read at the start; undefined where an address depends on
 * a loop or on data, or the kernel writes to its input.
 */
export function readFirst(kernel: Kernel, input: string): Kernel | undefined {
  const elements = new Set<number>();
  let fixed = true;
  const id = (element: number) => `x${element}`;
  const replace = shared<Value>((value, visit) => {
    if (value.op !== "load" || value.buffer !== input) return mapOperands(value, visit);
    if (value.index.terms.length > 0 || value.index.row !== undefined) fixed = false;
    elements.add(value.index.base);
    return { op: "use", name: id(value.index.base), fmt: value.fmt };
  });
  const names = new Set<string>();
  const body = kernel.body.map((statement): Stmt => {
    if (statement.do === "for") {
      fixed = false;
      return statement;
    }
    if (statement.do === "let") names.add(statement.name);
    if (statement.do === "store" && statement.buffer === input) fixed = false;
    return mapStmt(statement, replace);
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
