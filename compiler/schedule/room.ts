// Where a nest may read past the points it computes. In: a Program of nests. Out: per buffer, how many elements hold numbers whenever a
// kernel runs. What is read there stands in lanes that nothing stores, so it need not mean anything; it must be there.
//
//   input, const, param, state     full before anything runs
//   arena                          full where an earlier call filled all of it with one number (weights with zeros behind their columns)
import { append } from "../base/groups.ts";
import { isLoop, type Nest, type NestKernel, type Tree } from "../program/nest/nest.ts";
import type { Program, Role } from "../program/program.ts";

/** Elements that hold numbers; 0 where a kernel may run before all are written. */
export type Room = (buffer: string) => number;
/** Of a nest that stands alone. */
export const noRoom: Room = () => 0;

const filled: ReadonlySet<Role> = new Set(["input", "const", "param", "state"]);

/** A leaf: a nest, scheduled or not. */
type Leaf = Nest | { readonly nest: Nest };

/** Elements from the first on that a nest stores one number into; none where it is no such nest, or stands in a loop. */
function filling(tree: Tree<Leaf>): readonly [buffer: string, length: number] | undefined {
  if (isLoop(tree)) return undefined;
  const { finish, out, map, more, into } = "nest" in tree ? tree.nest : tree;
  if (finish.op !== "const" || into !== "store" || more !== undefined || out.index.base !== 0) return undefined;
  const strides = new Map(out.index.terms);
  let length = 1;
  // From the last dim outwards, each goes on where the one inside ends.
  for (const [dim, extent] of map.toReversed()) {
    if (typeof extent !== "number" || (extent !== 1 && strides.get(dim) !== length)) return undefined;
    length *= extent;
  }
  return out.index.row === undefined ? [out.buffer, length] : undefined;
}

/** The room that a kernel has; where each call gives its own buffers, all of them have it. */
export function roomOf<L extends Leaf>({ buffers, kernels, entries }: Program<NestKernel<L>>): (kernel: NestKernel<L>) => Room {
  const byName = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  const byKernel = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  /** Of a kernel's calls: the buffers they give for its formals, and whether one was filled before them in their entry. */
  const calls = new Map<string, { readonly given: readonly string[]; readonly isReady: (buffer: string) => boolean }[]>();
  for (const entry of entries) {
    const filledAt = new Map<string, number>();
    for (const [i, { kernel: name, buffers: given = [] }] of entry.calls.entries()) {
      append(calls, name, { given, isReady: (buffer) => (filledAt.get(buffer) ?? i) < i });
      const { parts = [], formals = [] } = byKernel.get(name) ?? {};
      for (const part of parts) {
        const [formal, length] = filling(part) ?? ["", 0];
        const buffer = given[formals.findIndex((one) => one.name === formal)] ?? formal;
        if (byName.get(buffer)?.length === length && !filledAt.has(buffer)) filledAt.set(buffer, i);
      }
    }
  }
  const roomIn = (name: string, ready: boolean): number => {
    const buffer = byName.get(name);
    return buffer !== undefined && (ready || filled.has(buffer.role)) ? buffer.length : 0;
  };
  return ({ name, formals = [] }) => {
    const all = calls.get(name) ?? [];
    return (buffer) => {
      const place = formals.findIndex((formal) => formal.name === buffer);
      if (place < 0) return roomIn(buffer, all.length > 0 && all.every(({ isReady }) => isReady(buffer)));
      return Math.min(...(all.length === 0 ? [0] : all.map(({ given, isReady }) => roomIn(given[place], isReady(given[place])))));
    };
  };
}
