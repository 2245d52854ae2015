// The tensors of a TensorFlow.js model. In: `weightsManifest` of a file nobody vouches for, and the files beside it. Out: each tensor by
// its name, its numbers when they are asked for. Guarantee: the shards of a group hold exactly the bytes that its tensors say, and nothing
// is allocated that they do not cover.
//
//   [{paths: ["group1-shard1of2.bin", …], weights: [{name, shape, dtype, quantization?: {dtype, min, scale}}, …]}, …]
//
// Tensors stand one behind the other in the joined shards of their group, unaligned, little-endian.
// https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/io_utils.ts
import * as z from "zod";
import { check } from "../../../compiler/diagnostics/check.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { showShape, sizeOf } from "../../../compiler/graph/graph.ts";
import { largestValue } from "../../../compiler/graph/limits.ts";
import { besideOf, type Facts, type Given, weightFacts } from "../define.ts";
import { floatFormats, integerFormats } from "../hdf5/numbers.ts";
import { shorten } from "../header.ts";

/** What the numbers of a tensor are. */
export type Dtype = "float32" | "int32" | "bool";

/** A tensor as its group describes it. */
export interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** As doubles: an int32 is not rounded. */
  readonly numbers: () => Float64Array;
}

const schema = z.array(
  z.looseObject({
    paths: z.array(z.string()),
    weights: z.array(
      z.looseObject({
        name: z.string(),
        shape: z.array(z.int().min(0)).max(32),
        dtype: z.string(),
        group: z.string().nullish(),
        quantization: z
          .looseObject({ dtype: z.string(), min: z.number().optional(), scale: z.number().optional() })
          .nullish()
          .transform((given) => given ?? undefined),
      }),
    ),
  }),
);
type Spec = z.infer<typeof schema>[number]["weights"][number];

/** How the numbers of a tensor lie in the bytes. */
interface Layout {
  readonly dtype: Dtype;
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
}

const format = (name: string) => {
  const found = [...floatFormats, ...integerFormats].find((one) => one.name === name);
  const { size, read } = found as (typeof floatFormats)[number];
  return { size, read: (view: DataView, at: number) => read(view, at, true) };
};
const layouts: ReadonlyMap<string, Layout> = new Map<string, Layout>([
  ["float32", { dtype: "float32", ...format("float32") }],
  ["float16", { dtype: "float32", ...format("float16") }],
  ["int32", { dtype: "int32", ...format("int32") }],
  ["uint8", { dtype: "int32", ...format("uint8") }],
  ["uint16", { dtype: "int32", ...format("uint16") }],
  ["bool", { dtype: "bool", size: 1, read: (view, at) => Number(view.getUint8(at) !== 0) }],
]);
/** Quantised: each code is code · scale + min, in doubles, then rounded to what the tensor holds. */
const affine: readonly string[] = ["uint8", "uint16"];

const quote = (text: string): string => shorten(JSON.stringify(text));
/** The path of a tensor in the file. */
const placeOf = (group: number, i: number): string => `weightsManifest[${group}].weights[${i}]`;

/** The tensors that a manifest describes, with the format that they are stored in: no file is read for it. */
export function manifestFacts(manifest: unknown): Facts["weights"] {
  const parsed = schema.safeParse(manifest ?? []);
  if (!parsed.success) return undefined;
  return weightFacts(
    parsed.data.flatMap(({ weights }) =>
      weights.map(({ shape, dtype, quantization }) => {
        const stored = quantization?.dtype ?? dtype;
        const name = quantization === undefined ? dtype : `${dtype} as ${stored}`;
        return { dtype: name, bytes: sizeOf(shape) * (layouts.get(stored)?.size ?? 0) };
      }),
    ),
  );
}

/** Every tensor by name. Throws CompileError `format/…`. */
export function readManifest(manifest: unknown, given: Given): ReadonlyMap<string, Stored> {
  const groups = check(schema, manifest ?? [], { code: "format/spec", path: "weightsManifest", subject: "the manifest" });
  const tensors = new Map<string, Stored>();
  for (const [g, { paths, weights }] of groups.entries()) {
    const layout = weights.map((spec, i) => layoutOf(spec, placeOf(g, i)));
    const sizes = weights.map((spec, i) => bytesOf(spec, layout[i], placeOf(g, i)));
    const bytes = joined(paths, sizes.reduce((a, b) => a + b, 0), `weightsManifest[${g}]`, given); // biome-ignore format: one line
    let from = 0;
    for (const [i, spec] of weights.entries()) {
      const { name, shape } = spec;
      if (tensors.has(name)) fail(placeOf(g, i), `the manifest has ${quote(name)} twice`);
      const part = bytes.subarray(from, from + sizes[i]);
      from += sizes[i];
      // What training stands at is no part of the model.
      if (spec.group === "optimizer") continue;
      tensors.set(name, { name, shape, dtype: layout[i].dtype, numbers: () => decoded(part, layout[i]) });
    }
  }
  return tensors;
}

function layoutOf({ name, dtype, quantization }: Spec, path: string): Layout {
  const refuse = (found: string, hint: string): never => {
    const message = `the tensor ${quote(name)} holds ${found}; layerc reads float32, float16, int32 and bool`;
    throw new CompileError({ code: "format/dtype", path, message, hint });
  };
  const plain = layouts.get(dtype);
  if (plain === undefined || affine.includes(dtype)) return refuse(dtype, "text and complex numbers are no weights of a layer");
  if (quantization === undefined) return plain;
  const code = layouts.get(quantization.dtype);
  const isHalf = quantization.dtype === "float16" && dtype === "float32";
  const isAffine = affine.includes(quantization.dtype) && dtype !== "bool";
  if (code === undefined || !(isHalf || isAffine))
    return refuse(`${dtype} quantized as ${quantization.dtype}`, "TensorFlow.js quantizes to uint8, uint16 and float16");
  if (isHalf) return { ...code, dtype: "float32" };
  const { scale, min } = quantization;
  if (scale === undefined || min === undefined)
    return fail(path, `the tensor ${quote(name)} is quantized, and does not say scale and min`);
  const round = dtype === "int32" ? Math.round : Math.fround;
  return { dtype: plain.dtype, size: code.size, read: (view, at) => round(code.read(view, at) * scale + min) };
}

function bytesOf({ name, shape }: Spec, { size }: Layout, path: string): number {
  const count = sizeOf(shape);
  if (count > largestValue)
    fail(path, `the tensor ${quote(name)} of shape ${showShape(shape)} has more numbers than layerc can hold`);
  return count * size;
}

/** The shards of a group as one, `needed` bytes. */
function joined(paths: readonly string[], needed: number, path: string, given: Given): Uint8Array {
  const shards = needed === 0 && paths.length === 0 ? [] : paths.map((name, i) => shardOf(name, `${path}.paths[${i}]`, given));
  const found = shards.reduce((sum, { length }) => sum + length, 0);
  if (found !== needed) {
    const code = found < needed ? "format/truncated" : "format/tensor";
    const message = `the files of the group hold ${found} bytes, its tensors need ${needed}`;
    const hint = "copy the model again: all its files, and those that belong together";
    throw new CompileError({ code, path, message, hint });
  }
  if (shards.length === 1) return shards[0];
  const all = new Uint8Array(needed);
  let at = 0;
  for (const shard of shards) {
    all.set(shard, at);
    at += shard.length;
  }
  return all;
}

/** A shard; paths often begin with the folder where the model was made, and the file lies beside the model now. */
function shardOf(name: string, path: string, given: Given): Uint8Array {
  try {
    return besideOf(given, name, path);
  } catch (error) {
    const last = name.slice(name.lastIndexOf("/") + 1);
    if (last === name || last === "" || name.split("/").includes("..")) throw error;
    try {
      return besideOf(given, last, path);
    } catch {
      throw error;
    }
  }
}

function decoded(bytes: Uint8Array, { size, read }: Layout): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float64Array(bytes.length / size);
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, i * size);
  return numbers;
}

function fail(path: string, message: string): never {
  throw new CompileError({ code: "format/tensor", path, message });
}
