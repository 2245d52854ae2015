// The rules of trees of nests. In: a Program whose kernels are nests. Out: nothing, or an `ir/verify` that says which nest.
// Guarantee for what passes: all that a Program's kernels keep (names, formats, addresses in bounds for every point, writers), read
// off the plain loops of each nest; `acc` stands in `finish` alone; a fold has the format of its terms and of `acc`.
import { CompileError } from "../../diagnostics/error.ts";
import type { Call, Index, Program } from "../program.ts";
import { isFree, verifyProgram } from "../verify.ts";
import { indexValues, visit } from "../walk.ts";
import { leavesOf, type Nest, type NestKernel, storesOf } from "./nest.ts";
import { plainProgram } from "./plain.ts";
import { nestNotes } from "./print.ts";
import { buffersOfNests, twinOf } from "./twins.ts";

/** Throws CompileError `ir/verify` at the first rule that is broken. */
export function verifyNests(program: Program<NestKernel>): void {
  const one = withoutTwins(program);
  for (const { parts } of one.kernels) for (const nest of leavesOf(parts)) verifyNest(nest);
  verifyProgram(plainProgram(one));
}

/** The calls of a twin as calls of the kernel that it is a twin of, where that is there, and each buffer is as long and may be written
 * like the one there: then what holds there holds here. */
function withoutTwins(program: Program<NestKernel>): Program<NestKernel> {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const isAlike = (there: string, here: string): boolean => {
    const [a, b] = [buffers.get(there), buffers.get(here)];
    return a !== undefined && b !== undefined && a.length === b.length && (a.role === b.role || isFree(b.role));
  };
  const all = new Set(program.kernels);
  const covered = new Map<string, NestKernel>();
  const kernels = program.kernels.filter((kernel) => {
    const twin = twinOf(kernel);
    if (twin === undefined || !all.has(twin.kernel) || covered.has(kernel.name)) return true;
    const theirs = buffersOfNests(twin.kernel);
    const own = buffersOfNests(kernel);
    if (new Set(own).size < own.length || !theirs.every((there, i) => isAlike(there, own[i]))) return true;
    covered.set(kernel.name, twin.kernel);
    return false;
  });
  const covers = (call: Call): Call => {
    const kernel = covered.get(call.kernel);
    return kernel === undefined ? call : { ...call, kernel: kernel.name };
  };
  return { ...program, kernels, entries: program.entries.map((entry) => ({ ...entry, calls: entry.calls.map(covers) })) };
}

function verifyNest(nest: Nest): void {
  const fail = (message: string): never => {
    const note = nestNotes(nest);
    throw new CompileError({
      code: "ir/verify",
      path: "",
      message: `nest ${JSON.stringify(nest.name)}: ${message}`,
      notes: note,
    });
  };
  const { fold, reduce } = nest;
  const stores = storesOf(nest);
  const reduced = new Set(reduce.map(([dim]) => dim));
  const last = reduce.at(-1)?.[1];
  if (fold?.partial !== undefined && typeof last !== "number") fail("partial sums go over an innermost dim of a known extent");
  if (fold?.partial !== undefined && !(fold.partial >= 2 && Number.isInteger(Math.log2(fold.partial))))
    fail(`partial sums fold by halves, found ${fold.partial}`);
  if (fold === undefined && reduce.length > 0) fail("dims are reduced, but nothing is folded");
  if (fold?.term.some(({ fmt }) => fmt !== fold.init.fmt)) fail("a fold starts from a value of its terms' format");
  const isReduced = (terms: readonly (readonly [string, number])[]): boolean => terms.some(([dim]) => reduced.has(dim));
  const rows = stores.flatMap(({ out }) => indexValues(out.index));
  const finish = stores.map((store) => store.finish);
  visit([...finish, ...rows, ...(fold === undefined ? [] : [fold.init])], (value) => {
    const speaks = value.op === "load" ? isReduced(value.index.terms) : value.op === "loop" && reduced.has(value.name);
    if (speaks) fail("what a fold starts from, and what is made of it, know no reduced dim");
  });
  if (stores.some(({ out }) => isReduced(out.index.terms))) fail("a result's address knows no reduced dim");
  visit([...rows, ...(fold === undefined ? [] : [fold.init, ...fold.term])], ({ op }) => {
    if (op === "acc") fail("acc stands in what a nest stores, nowhere else");
  });
  if (nest.more !== undefined && nest.into === "add") fail("what is added to is the only thing that is stored");
  for (const buffer of new Set(stores.map(({ out }) => out.buffer))) {
    const places = stores.flatMap(({ out }) => (out.buffer === buffer ? [out.index] : []));
    if (places.length > 1 && !areApart(places, nest))
      fail("what a turn stores in one buffer is apart from all that other turns store there");
  }
  visit(finish, ({ op, fmt }) => {
    if (op !== "acc") return;
    if (fold === undefined) fail("acc stands where nothing is folded");
    else if (fmt !== fold.init.fmt) fail(`acc is ${fmt}, the fold is ${fold.init.fmt}`);
  });
}

/**
 * Whether no two turns, and no two stores of one, meet: the stores lie evenly, one on from another, and of all strides, that of the
 * stores among them, each is longer than what the shorter ones reach together.
 */
function areApart([first, ...others]: readonly Index[], { map }: Nest): boolean {
  const textOf = ({ terms }: Index) => JSON.stringify(terms.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const isAlike = others.every((one) => textOf(one) === textOf(first) && one.row === undefined) && first.row === undefined;
  const bases = [first, ...others].map(({ base }) => base).sort((a, b) => a - b);
  const step = bases[1] - bases[0];
  if (!isAlike || step < 1 || bases.some((base, i) => base !== bases[0] + i * step)) return false;
  const extents = new Map(map);
  const own = first.terms.flatMap(([dim, stride]): (readonly [number, number])[] => {
    const extent = extents.get(dim);
    // A dim of a loop around the nest is another turn of that loop, which may store there again.
    return extent === undefined || extent === 1
      ? []
      : [[Math.abs(stride), typeof extent === "number" ? extent : Number.POSITIVE_INFINITY]];
  });
  let reach = 0;
  for (const [stride, extent] of [...own, [step, bases.length] as const].sort(([a], [b]) => a - b)) {
    if (stride <= reach) return false;
    reach += stride * (extent - 1);
  }
  return true;
}
