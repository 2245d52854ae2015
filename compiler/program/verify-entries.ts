// The rules of entries and calls, and who calls a kernel with what. In: a Program. Out: nothing, or an `ir/verify`; the calls of every
// kernel. Guarantee for what passes: calls name kernels, and give each formal a buffer of its length, no buffer twice; ports are
// buffers; n rows have a scalar n.
import { CompileError } from "../diagnostics/error.ts";
import { bindingOf } from "./calls.ts";
import type { Buffer, Call, Entry, Kernel, Program } from "./program.ts";

/** A name in a message. */
export const show = (name: string): string => JSON.stringify(name);

/** A broken rule. */
export function fail(message: string, notes: readonly string[] = []): never {
  throw new CompileError({ code: "ir/verify", path: "", message, notes });
}

/** A list by its names. */
export const byName = <T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((item) => [item.name, item]));

/** A call of the kernel under inspection: from where, and what it gives for a formal. */
export interface Caller {
  readonly entry: string;
  readonly binding: ReadonlyMap<string, string>;
}

/** Kernel → its calls; one for each entry where no call gives buffers. */
export function callersOf({ kernels, entries }: Program): ReadonlyMap<string, readonly Caller[]> {
  const callers = new Map<string, Caller[]>(kernels.map(({ name }) => [name, []]));
  const kernelOf = byName(kernels);
  for (const { name: entry, calls } of entries) {
    for (const call of calls) {
      const known = callers.get(call.kernel);
      if (call.buffers === undefined && known?.at(-1)?.entry === entry) continue;
      known?.push({ entry, binding: bindingOf(kernelOf.get(call.kernel) ?? {}, call) });
    }
  }
  return callers;
}

/** Throws where an entry calls or binds what is not there, or gives a call what it does not take. */
export function verifyEntries({ entries, kernels, buffers, scalars }: Program): void {
  const kernelNames = byName(kernels);
  const bufferNames = byName(buffers);
  for (const entry of entries) {
    const { name, rows, calls, inputs, outputs } = entry;
    for (const call of calls) {
      const kernel = kernelNames.get(call.kernel);
      if (kernel === undefined) fail(`entry ${show(name)} calls ${show(call.kernel)}, which is no kernel`);
      verifyCall(entry, call, kernel, bufferNames);
    }
    const port = [...inputs, ...outputs].find(([, buffer]) => !bufferNames.has(buffer));
    if (port !== undefined) fail(`entry ${show(name)} binds ${show(port[0])} to ${show(port[1])}, which is no buffer`);
    if (rows === "n" && !scalars.some((scalar) => scalar.name === "n"))
      fail(`entry ${show(name)} has n rows, but there is no scalar "n"`);
    if (rows !== "n" && !(Number.isInteger(rows) && rows >= 0)) fail(`entry ${show(name)} needs a number of rows, found ${rows}`);
  }
}

function verifyCall(
  { name }: Entry,
  { kernel, buffers = [] }: Call,
  { formals = [] }: Kernel,
  known: ReadonlyMap<string, Buffer>,
): void {
  const says = `entry ${show(name)} calls ${show(kernel)}`;
  if (buffers.length !== formals.length) fail(`${says} with ${buffers.length} buffers, it takes ${formals.length}`);
  const seen = new Set<string>();
  formals.forEach((formal, i) => {
    const { length } = known.get(buffers[i]) ?? fail(`${says} with ${show(buffers[i])}, which is no buffer`);
    if (length !== formal.length)
      fail(`${says} with ${show(buffers[i])} [${length}] for ${show(formal.name)} [${formal.length}]`);
    if (seen.has(buffers[i])) fail(`${says} with ${show(buffers[i])} twice`);
    seen.add(buffers[i]);
  });
}
