// Equal kernels become one. In: a Program at the stage `nests`, each region a kernel of its own. Out: kernels that are the same but
// for their buffers as one kernel with formals, called with the buffers of each; or the Program itself where no two are.
// Guarantee: every call runs the very nests it ran before. Two formals are two buffers, as they were in each twin; which of them
// lie over each other in the arena does not matter, since nothing that is made of a kernel depends on where its buffers lie.
import { leavesOf, type NestKernel, storesOf, valuesOfNest } from "../program/nest/nest.ts";
import { twinOf, withBuffers } from "../program/nest/twins.ts";
import type { Buffer, Call, Program, Role } from "../program/program.ts";
import { countNodes } from "../program/walk.ts";
import { type Spelled, spell } from "./spell.ts";

/** A kernel, and the buffers it reads and writes by first use. */
interface Twin {
  readonly kernel: NestKernel;
  readonly buffers: readonly string[];
}
/** What becomes of a kernel: a call of the one that stands for all. */
interface Shared {
  readonly call: Call;
  /** For the first twin: the kernel in its place. */
  readonly kernel?: NestKernel;
}
type Buffers = ReadonlyMap<string, Buffer>;

/** Nodes of values that the twins beyond the first have at least: two fills (of one node) or copies (of two) are as short as one with
 * its formals. An LSTM's kernels that start two carries with 0 took 161 bytes more when they were one. */
const least = 4;

/**
 * Kernels that are equal become one, but for the smallest: it always paid. Seen on 2026-11-25, bytes of the module by default, without and with
 * it; with training; nanoseconds of a row by WebAssembly (Node 20) and by js kernels.
 *
 * | net                         | predict            | training           | simd           | js               |
 * | --------------------------- | ------------------ | ------------------ | -------------- | ---------------- |
 * | 8-8-8-8, relu               | 11439, 7278        | 101527, 55682      | 86, 86         | straight         |
 * | 5-16-16-16-1, tanh          | 43132, 32537       | 269538, 136344     | 296, 265       | 30237, 31449     |
 * | 64-64-64-64-64, tanh        | 273955, 139437     | 597778, 233306     | 3738, 3645     | 13365, 12383     |
 * | 11-512-512-512-1, relu      | 2867881, 2860687   | 3001411, 2945921   | 74745, 69743   | 445055, 414918   |
 * | 640-128x4-8-128x4-640, relu | 1496312, 1460031   | 1882907, 1634217   | 35112, 34671   | 166933, 163417   |
 */
export function share(program: Program<NestKernel>): Program<NestKernel> {
  const buffers: Buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const shared = new Map<string, Shared>();
  for (const twins of groupsOf(program.kernels, buffers)) {
    if ((twins.length - 1) * sizeOf(twins[0].kernel) >= least) join(twins, buffers, shared);
  }
  if (shared.size === 0) return program;
  const kernels = program.kernels.flatMap((kernel) =>
    shared.has(kernel.name) ? (shared.get(kernel.name)?.kernel ?? []) : [kernel],
  );
  const entries = program.entries.map((entry) => ({
    ...entry,
    calls: entry.calls.map((call) => shared.get(call.kernel)?.call ?? call),
  }));
  return { ...program, kernels, entries };
}

/** Kernels without formals that differ in their buffers alone, the lengths of which are the same. */
function groupsOf(kernels: readonly NestKernel[], known: Buffers): Iterable<readonly Twin[]> {
  const groups = new Map<string, Twin[]>();
  const spelled = new Map<NestKernel, Spelled>();
  const numbers = new Map<string, number>();
  // What was made as a twin is spelled as the other.
  const spellOnce = (kernel: NestKernel): Spelled => {
    const done = spelled.get(kernel) ?? spell(kernel);
    spelled.set(kernel, done);
    return done;
  };
  for (const kernel of kernels) {
    if (kernel.formals !== undefined) continue;
    const twin = twinOf(kernel);
    const { text, buffers: first } = spellOnce(twin?.kernel ?? kernel);
    const buffers = twin === undefined ? first : first.map((buffer) => twin.buffers.get(buffer) ?? buffer);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    const key = [number, ...buffers.map((name) => known.get(name)?.length)].join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ kernel, buffers }]);
    else group.push({ kernel, buffers });
  }
  return groups.values();
}

const sizeOf = ({ parts }: NestKernel): number => countNodes([...leavesOf(parts)].flatMap(valuesOfNest));

/** What all twins have in common stays a buffer of the Program; the others become formals. */
function join(twins: readonly Twin[], known: Buffers, shared: Map<string, Shared>): void {
  const [{ kernel, buffers }] = twins;
  const varying = [...buffers.keys()].filter((i) => twins.some((twin) => twin.buffers[i] !== buffers[i]));
  const names = namesOf(kernel, buffers, varying, known);
  const formals = varying.map((i) => ({ name: names.get(buffers[i]) ?? "", length: known.get(buffers[i])?.length ?? 0 }));
  const last = twins[twins.length - 1].kernel;
  const one: NestKernel = {
    ...withBuffers(kernel, (buffer) => names.get(buffer) ?? buffer),
    origin: `${kernel.origin}\nand ${twins.length - 1} more, the last ${last.origin}`,
    ...(formals.length === 0 ? {} : { formals }),
  };
  for (const [k, twin] of twins.entries()) {
    const given = varying.map((i) => twin.buffers[i]);
    const { origin } = twin.kernel;
    const call: Call = {
      kernel: one.name,
      ...(given.length === 0 ? {} : { buffers: given }),
      ...(origin === "" ? {} : { origin }),
    };
    shared.set(twin.kernel.name, { call, ...(k === 0 ? { kernel: one } : {}) });
  }
}

/** Roles whose buffers have names that say what they are. */
const telling: ReadonlySet<Role> = new Set(["const", "param", "state"]);

/** Buffer of the first twin → formal: `hidden/kernel` → kernel, `packed3` → packed; else x is read, and y written. */
function namesOf(
  { parts }: NestKernel,
  buffers: readonly string[],
  varying: readonly number[],
  known: Buffers,
): ReadonlyMap<string, string> {
  const written = new Set([...leavesOf(parts)].flatMap((nest) => storesOf(nest).map(({ out }) => out.buffer)));
  const own = new Set(varying);
  const taken = new Set(buffers.filter((_, i) => !own.has(i)));
  const numbers = new Map<string, number>();
  const names = new Map<string, string>();
  for (const i of varying) {
    const buffer = buffers[i];
    const word = buffer.replace(/^.*\//s, "").replace(/(?<=.)[\d_]+$/, "");
    const stem = telling.has(known.get(buffer)?.role ?? "arena") ? word : written.has(buffer) ? "y" : "x";
    let name = stem;
    let k = numbers.get(stem) ?? 1;
    while (taken.has(name)) name = `${stem}${++k}`;
    numbers.set(stem, k);
    taken.add(name);
    names.set(buffer, name);
  }
  return names;
}
