// Where a nest may read past the points it computes. In: a Program of nests. Out: per buffer, how many elements hold numbers whenever a
// kernel runs. What is read there stands in lanes that nothing stores, so it need not mean anything; it must be there.
import type { NestKernel } from "../program/nest/nest.ts";
import type { Buffer, Program, Role } from "../program/program.ts";

/** Elements that hold numbers; 0 where a kernel may run before all are written. */
export type Room = (buffer: string) => number;
/** Of a nest that stands alone. */
export const noRoom: Room = () => 0;

/** Filled before any kernel that reads them runs. */
const filled: ReadonlySet<Role> = new Set(["input", "const", "param", "state"]);
const roomIn = ({ role, length }: Buffer): number => (filled.has(role) ? length : 0);

/** The room that a kernel has; where each call gives its own buffers, all of them have it. */
export function roomOf<K>({ buffers, entries }: Program<NestKernel<K>>): (kernel: NestKernel<K>) => Room {
  const rooms = new Map(buffers.map((buffer) => [buffer.name, roomIn(buffer)]));
  const given = new Map<string, (readonly string[])[]>();
  for (const { calls } of entries)
    for (const call of calls)
      if (call.buffers !== undefined) given.set(call.kernel, [...(given.get(call.kernel) ?? []), call.buffers]);
  return ({ name, formals = [] }) =>
    (buffer) => {
      const place = formals.findIndex((formal) => formal.name === buffer);
      if (place < 0) return rooms.get(buffer) ?? 0;
      return Math.min(...(given.get(name) ?? [[]]).map((all) => rooms.get(all[place]) ?? 0));
    };
}
