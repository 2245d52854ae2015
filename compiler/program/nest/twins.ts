// Twins: a kernel that is another one over other buffers. In: the other kernel, and which buffer stands for which. Out: the kernel, whose
// nests are written out when somebody reads them; and what it is a twin of, for whoever asks only what twins have in common.
// Guarantee: the nests of a twin are those of the other, but for buffers, names and origins; two buffers stay two.
import type { Value } from "../program.ts";
import { mapIndex, mapOperands, shared } from "../walk.ts";
import { buffersOfNest, type Fold, leavesOf, mapStores, mapTree, type Nest, type NestKernel } from "./nest.ts";

/** What a kernel is a twin of. */
export interface TwinOf {
  readonly kernel: NestKernel;
  /** Each buffer there → the one here. */
  readonly buffers: ReadonlyMap<string, string>;
}
/** What a twin is called, and its nests by the names of the other's. */
export interface TwinNames extends Pick<NestKernel, "name" | "origin"> {
  readonly nests: ReadonlyMap<string, Pick<Nest, "name" | "origin">>;
}

// Beside the kernels, not in them: a copy with other nests is no twin.
const twins = new WeakMap<NestKernel, TwinOf>();
const touched = new WeakMap<NestKernel, readonly string[]>();

/** What the kernel is known to be a twin of. */
export const twinOf = (kernel: NestKernel): TwinOf | undefined => twins.get(kernel);

/** The twin of a kernel. */
export function makeTwin(of: TwinOf, { name, origin, nests }: TwinNames): NestKernel {
  let parts: NestKernel["parts"] | undefined;
  const made: NestKernel = {
    name,
    origin,
    get parts() {
      parts ??= withBuffers(of.kernel, (buffer) => of.buffers.get(buffer) ?? buffer).parts.map((part) =>
        mapTree(part, (nest): Nest => ({ ...nest, ...nests.get(nest.name) })),
      );
      return parts;
    },
  };
  twins.set(made, of);
  return made;
}

/** The kernel over other buffers. */
export function withBuffers(kernel: NestKernel, named: (buffer: string) => string): NestKernel {
  const value = shared<Value>((node, visit) => {
    const made = mapOperands(node, visit);
    return made.op === "load" ? { ...made, buffer: named(made.buffer) } : made;
  });
  const ofFold = (fold: Fold): Fold =>
    fold.how === "madd"
      ? { ...fold, init: value(fold.init), term: [value(fold.term[0]), value(fold.term[1])] }
      : { ...fold, init: value(fold.init), term: [value(fold.term[0])] };
  const ofNest = (nest: Nest): Nest => ({
    ...mapStores(nest, ({ finish, out }) => ({
      finish: value(finish),
      out: { buffer: named(out.buffer), index: mapIndex(out.index, value) },
    })),
    ...(nest.fold === undefined ? {} : { fold: ofFold(nest.fold) }),
  });
  return { ...kernel, parts: kernel.parts.map((part) => mapTree(part, ofNest)) };
}

/** Buffers that the nests of a kernel touch. */
export function buffersOfNests(kernel: NestKernel): readonly string[] {
  const known = touched.get(kernel);
  if (known !== undefined) return known;
  const twin = twinOf(kernel);
  const made =
    twin === undefined
      ? [...new Set([...leavesOf(kernel.parts)].flatMap((nest) => [...buffersOfNest(nest)]))]
      : buffersOfNests(twin.kernel).map((buffer) => twin.buffers.get(buffer) ?? buffer);
  touched.set(kernel, made);
  return made;
}
