// Calls of kernels: what runs, and over which buffers. In: a Program of any stage. Out: kernels in the order in which they run,
// with the buffers of a call in the place of formals, and the names of all buffers that are touched.
import type { Of } from "../base/lines.ts";
import { internal } from "../diagnostics/error.ts";
import type { Call, Formal, Kernel, Program, Stmt, Value } from "./program.ts";
import { mapOperands, mapStmt, shared } from "./walk.ts";

/** What a call needs to know of a kernel of any stage. */
export interface Callee {
  readonly name: string;
  readonly formals?: readonly Formal[];
}

/** What a line that calls a kernel is of: call 2 of predict is `predict 2`. */
export const callOf = (entry: string, at: number, kernel: string): readonly Of[] => [
  { kind: "call", name: `${entry} ${at}` },
  { kind: "kernel", name: kernel, also: true },
];

/** Formal → the buffer that a call gives for it. */
export const bindingOf = ({ formals = [] }: Pick<Callee, "formals">, { buffers = [] }: Call): ReadonlyMap<string, string> =>
  new Map(formals.map(({ name }, i) => [name, buffers[i]]));

/** The kernels that some calls run, in order, a kernel as often as it is called. */
export function calledKernels<K extends Callee>({ kernels }: Program<K>, calls: readonly Call[]): readonly K[] {
  const byName = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  return calls.map(({ kernel }) => byName.get(kernel) ?? internal(`there is no kernel ${kernel}`));
}

/** The same, each as its call runs it: without formals, over the buffers of the call. */
export const instances = (program: Program, calls: readonly Call[]): readonly Kernel[] =>
  calledKernels(program, calls).map((kernel, i) => instantiate(kernel, calls[i]));

function instantiate({ formals, ...kernel }: Kernel, call: Call): Kernel {
  const { origin = kernel.origin } = call;
  if (formals === undefined) return { ...kernel, origin };
  const binding = bindingOf({ formals }, call);
  const named = (buffer: string): string => binding.get(buffer) ?? buffer;
  const bind = shared<Value>((value, visit) => {
    const made = mapOperands(value, visit);
    return made.op === "load" ? { ...made, buffer: named(made.buffer) } : made;
  });
  const bindAll = (body: readonly Stmt[]): readonly Stmt[] =>
    body.map((statement): Stmt => {
      if (statement.do === "for") return { ...statement, body: bindAll(statement.body) };
      const made = mapStmt(statement, bind);
      return made.do === "store" ? { ...made, buffer: named(made.buffer) } : made;
    });
  return { ...kernel, origin, body: bindAll(kernel.body) };
}

/** Buffers that a kernel names itself, its formals left out; `touched`: what a kernel of the stage at hand reads and writes. */
export function ownBuffers<K extends Callee>(kernel: K, touched: (kernel: K) => Iterable<string>): readonly string[] {
  const formals = new Set(kernel.formals?.map(({ name }) => name));
  return [...touched(kernel)].filter((name) => !formals.has(name));
}

/** Buffers that the kernels and the calls of a Program name. */
export function touchedBuffers<K extends Callee>(
  { kernels, entries }: Program<K>,
  touched: (kernel: K) => Iterable<string>,
): ReadonlySet<string> {
  const names = new Set(kernels.flatMap((kernel) => ownBuffers(kernel, touched)));
  for (const { calls } of entries) for (const { buffers = [] } of calls) for (const name of buffers) names.add(name);
  return names;
}
