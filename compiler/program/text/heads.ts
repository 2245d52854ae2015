// The lines of Program text that hold no value: scalars, buffers, entries, and the first line of a kernel or nest. In: a cursor at
// such a line. Out: what it says; the cursor stands behind it. Errors: `ir/parse` with line and column.
import type { Buffer, Call, Entry, Formal, Kernel, Role, Scalar } from "../program.ts";
import type { Cursor } from "./cursor.ts";

const roles: readonly Role[] = ["input", "output", "const", "param", "state", "arena"];
/** The item that reads like the text. */
export const pick = <T extends string>(list: readonly T[], text: string): T | undefined => list.find((item) => item === text);

/** `scalar n 1..8`. */
export function parseScalar(cursor: Cursor): Scalar {
  cursor.next();
  const name = cursor.name("the scalar's name");
  const min = cursor.integer("the least value");
  cursor.expect("..");
  const max = cursor.integer("the greatest value");
  cursor.endLine();
  return { name, min, max };
}

/** `buffer x input @0 [4]`. */
export function parseBuffer(cursor: Cursor): Buffer {
  cursor.next();
  const name = cursor.name("the buffer's name");
  const at = cursor.token;
  const role =
    pick(roles, cursor.name("a role")) ?? cursor.fail(`needed one of ${roles.join(", ")}, found ${JSON.stringify(at.text)}`, at);
  cursor.expect("@");
  const start = cursor.integer("an address");
  cursor.expect("[");
  const length = cursor.integer("a length");
  cursor.expect("]");
  const initial = cursor.skip("=") ? number(cursor) : undefined;
  cursor.endLine();
  return { name, at: start, length, role, ...(initial === undefined ? {} : { initial }) };
}

/** An entry with its ports and calls. */
export function parseEntry(cursor: Cursor): Entry {
  cursor.next();
  const name = cursor.name("the entry's name");
  cursor.expect("rows");
  const rows = cursor.skip("n") ? "n" : cursor.integer("n or a number of rows");
  cursor.endLine();
  const port = (): readonly [string, string] => {
    cursor.next();
    const publicName = cursor.name("a public name");
    cursor.expect("=");
    const buffer = cursor.name("a buffer");
    cursor.endLine();
    return [publicName, buffer];
  };
  const inputs: (readonly [string, string])[] = [];
  const outputs: (readonly [string, string])[] = [];
  const calls: Call[] = [];
  while (cursor.starts(1, "in")) inputs.push(port());
  while (cursor.starts(1, "out")) outputs.push(port());
  while (cursor.starts(1, "call")) {
    cursor.next();
    const kernel = cursor.name("a kernel");
    const buffers = parseList(cursor, () => cursor.name("a buffer"));
    const origin = parseOrigin(cursor);
    calls.push({ kernel, ...(buffers.length === 0 ? {} : { buffers }), ...(origin === "" ? {} : { origin }) });
  }
  return { name, rows, inputs, outputs, calls };
}

export interface Head {
  readonly name: string;
  readonly origin: string;
}

/** From `nest` on: a name, and where it comes from. */
export function parseHead(cursor: Cursor): Head {
  cursor.next();
  return { name: cursor.name("a name"), origin: parseOrigin(cursor) };
}

/** From `kernel` on: the same, with formals in between, and the schedules it was written by. */
export function parseKernelHead(cursor: Cursor): Head & Pick<Kernel, "formals" | "by"> {
  cursor.next();
  const name = cursor.name("a name");
  const formals = parseList(cursor, (): Formal => {
    const formal = cursor.name("a formal");
    cursor.expect("[");
    const length = cursor.integer("a length");
    cursor.expect("]");
    return { name: formal, length };
  });
  const origin = cursor.skip("from") ? cursor.name("an origin") : "";
  const by = cursor.skip("by") ? { by: cursor.name("a schedule") } : {};
  cursor.endLine();
  return { name, ...(formals.length === 0 ? {} : { formals }), origin, ...by };
}

/** `(a, b)`, or nothing. */
function parseList<T>(cursor: Cursor, item: () => T): T[] {
  const list: T[] = [];
  if (!cursor.skip("(")) return list;
  do list.push(item());
  while (cursor.skip(","));
  cursor.expect(")");
  return list;
}

function parseOrigin(cursor: Cursor): string {
  const origin = cursor.skip("from") ? cursor.name("an origin") : "";
  cursor.endLine();
  return origin;
}

/** A number as the printer writes it. */
export function number(cursor: Cursor): number {
  const sign = cursor.skip("-") ? -1 : 1;
  if (cursor.skip("inf")) return sign * Number.POSITIVE_INFINITY;
  if (cursor.skip("nan")) return Number.NaN;
  if (cursor.token.kind !== "number") cursor.fail(`needed a number, found ${cursor.found()}`);
  return sign * Number(cursor.next().text);
}
