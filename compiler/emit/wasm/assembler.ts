// A WebAssembly assembler: bytes out, methods named as in the specification. In: instructions in order. Out: a module with one
// memory of fixed size, functions and exports. Guarantee: none about validity (the engine judges); locals are declared on use.
// https://webassembly.github.io/spec/core/binary/ and https://github.com/WebAssembly/relaxed-simd (opcodes 0x100..).

export type ValType = "i32" | "f32" | "f64" | "v128";
const valType: Readonly<Record<ValType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

const bytesOf = new Uint8Array(8);
const floats = new Float32Array(bytesOf.buffer, 0, 1);
const doubles = new Float64Array(bytesOf.buffer);

/** LEB128 of a non-negative integer below 2^32. */
function u32(value: number): number[] {
  const out: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return out;
}

/** LEB128 of a signed 32-bit integer. */
function s32(value: number): number[] {
  const out: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    out.push(last ? low : low | 0x80);
    if (last) return out;
  }
}

function f32Bytes(value: number): number[] {
  floats[0] = value;
  return [...bytesOf.subarray(0, 4)];
}

function f64Bytes(value: number): number[] {
  doubles[0] = value;
  return [...bytesOf];
}

const vector = (items: readonly (readonly number[])[]): number[] => [...u32(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...u32(content.length), ...content];
const text = (name: string): number[] => {
  const codes = [...name].map((char) => char.charCodeAt(0));
  return [...u32(codes.length), ...codes];
};

/** Opcodes without immediates that layerc's kernels use. */
const plain = {
  "i32.eqz": [0x45], "i32.eq": [0x46], "i32.lt_s": [0x48], "i32.lt_u": [0x49], "i32.gt_s": [0x4a],
  "f32.eq": [0x5b], "f32.lt": [0x5d],
  "i32.add": [0x6a], "i32.sub": [0x6b], "i32.mul": [0x6c], "i32.and": [0x71], "i32.or": [0x72], "i32.xor": [0x73],
  "i32.shl": [0x74], "i32.shr_s": [0x75], "i32.shr_u": [0x76],
  "f32.abs": [0x8b], "f32.neg": [0x8c], "f32.floor": [0x8e], "f32.sqrt": [0x91], "f32.add": [0x92], "f32.sub": [0x93],
  "f32.mul": [0x94], "f32.div": [0x95], "f32.min": [0x96], "f32.max": [0x97],
  "i32.trunc_f32_s": [0xa8], "f32.convert_i32_s": [0xb2], "i32.reinterpret_f32": [0xbc], "f32.reinterpret_i32": [0xbe],
  "i32.trunc_sat_f32_s": [0xfc, 0x00],
  "select": [0x1b], "drop": [0x1a], "return": [0x0f], "end": [0x0b], "else": [0x05],
  "i32x4.splat": [0xfd, 0x11], "f32x4.splat": [0xfd, 0x13],
  "f32x4.eq": [0xfd, 0x41], "f32x4.lt": [0xfd, 0x43],
  "v128.not": [0xfd, 0x4d], "v128.and": [0xfd, 0x4e], "v128.xor": [0xfd, 0x51], "v128.bitselect": [0xfd, 0x52],
  "i32x4.shl": [0xfd, 0xab, 0x01], "i32x4.shr_s": [0xfd, 0xac, 0x01], "i32x4.shr_u": [0xfd, 0xad, 0x01],
  "i32x4.add": [0xfd, 0xae, 0x01], "i32x4.sub": [0xfd, 0xb1, 0x01], "i32x4.mul": [0xfd, 0xb5, 0x01],
  "f32x4.floor": [0xfd, 0x68],
  "f32x4.abs": [0xfd, 0xe0, 0x01], "f32x4.neg": [0xfd, 0xe1, 0x01], "f32x4.sqrt": [0xfd, 0xe3, 0x01],
  "f32x4.add": [0xfd, 0xe4, 0x01], "f32x4.sub": [0xfd, 0xe5, 0x01], "f32x4.mul": [0xfd, 0xe6, 0x01], "f32x4.div": [0xfd, 0xe7, 0x01],
  "f32x4.min": [0xfd, 0xe8, 0x01], "f32x4.max": [0xfd, 0xe9, 0x01],
  "i32x4.trunc_sat_f32x4_s": [0xfd, 0xf8, 0x01], "f32x4.convert_i32x4_s": [0xfd, 0xfa, 0x01],
  "f32x4.relaxed_madd": [0xfd, 0x85, 0x02],
} as const satisfies Readonly<Record<string, readonly number[]>>; // biome-ignore format: one table
export type PlainOp = keyof typeof plain;

/** One function under construction: a list of instructions, locals made on demand. */
export class FunctionBody {
  readonly #code: number[] = [];
  readonly #locals: ValType[] = [];
  readonly params: readonly ValType[];

  constructor(params: readonly ValType[] = []) {
    this.params = params;
  }

  /** Index of a fresh local, zero at entry. */
  local(type: ValType): number {
    this.#locals.push(type);
    return this.params.length + this.#locals.length - 1;
  }

  op(name: PlainOp): this {
    this.#code.push(...plain[name]);
    return this;
  }
  local_get(local: number): this {
    this.#code.push(0x20, ...u32(local));
    return this;
  }
  local_set(local: number): this {
    this.#code.push(0x21, ...u32(local));
    return this;
  }
  local_tee(local: number): this {
    this.#code.push(0x22, ...u32(local));
    return this;
  }
  i32_const(value: number): this {
    this.#code.push(0x41, ...s32(value));
    return this;
  }
  f32_const(value: number): this {
    this.#code.push(0x43, ...f32Bytes(value));
    return this;
  }
  f64_const(value: number): this {
    this.#code.push(0x44, ...f64Bytes(value));
    return this;
  }
  /** Four f32 lanes. */
  v128_const(lanes: readonly number[]): this {
    this.#code.push(0xfd, 0x0c, ...lanes.flatMap(f32Bytes));
    return this;
  }
  /** `offset` in bytes; f32s are 4-aligned and so are vectors of them. */
  f32_load(offset: number): this {
    this.#code.push(0x2a, 2, ...u32(offset));
    return this;
  }
  f32_store(offset: number): this {
    this.#code.push(0x38, 2, ...u32(offset));
    return this;
  }
  v128_load(offset: number): this {
    this.#code.push(0xfd, 0x00, 2, ...u32(offset));
    return this;
  }
  v128_load32_splat(offset: number): this {
    this.#code.push(0xfd, 0x09, 2, ...u32(offset));
    return this;
  }
  v128_store(offset: number): this {
    this.#code.push(0xfd, 0x0b, 2, ...u32(offset));
    return this;
  }
  f32x4_extract_lane(lane: number): this {
    this.#code.push(0xfd, 0x1f, lane);
    return this;
  }
  f32x4_replace_lane(lane: number): this {
    this.#code.push(0xfd, 0x20, lane);
    return this;
  }
  i32x4_replace_lane(lane: number): this {
    this.#code.push(0xfd, 0x1c, lane);
    return this;
  }
  /** A block that `br_if(0)` inside it restarts. */
  loop(): this {
    this.#code.push(0x03, 0x40);
    return this;
  }
  block(): this {
    this.#code.push(0x02, 0x40);
    return this;
  }
  br_if(depth: number): this {
    this.#code.push(0x0d, ...u32(depth));
    return this;
  }
  call(index: number): this {
    this.#code.push(0x10, ...u32(index));
    return this;
  }

  /** Bytes of the code section's entry. */
  bytes(): number[] {
    const runs: { type: ValType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const body = [...vector(runs.map(({ type, count }) => [...u32(count), valType[type]])), ...this.#code, 0x0b];
    return [...u32(body.length), ...body];
  }
}

export interface ModuleSpec {
  /** Pages of 64 KiB: minimum and maximum at once, so the memory never grows. */
  readonly pages: number;
  readonly functions: readonly FunctionBody[];
  /** Export name → function index; the memory is exported as `m`. */
  readonly exports: readonly (readonly [name: string, index: number])[];
}

/** The module's bytes. */
export function assembleModule({ pages, functions, exports }: ModuleSpec): Uint8Array {
  const types: string[] = [];
  const typeIndex = functions.map(({ params }) => {
    const key = params.join();
    if (!types.includes(key)) types.push(key);
    return types.indexOf(key);
  });
  const typeEntries = types.map((key) => [
    0x60,
    ...vector(key === "" ? [] : key.split(",").map((type) => [valType[type as ValType]])),
    0x00,
  ]);
  const code: number[] = [...u32(functions.length)];
  for (const made of functions) for (const byte of made.bytes()) code.push(byte);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(typeEntries)),
    ...section(3, vector(typeIndex.map(u32))),
    ...section(5, vector([[0x01, ...u32(pages), ...u32(pages)]])),
    ...section(7, vector([[...text("m"), 0x02, 0x00], ...exports.map(([name, index]) => [...text(name), 0x00, ...u32(index)])])),
    ...section(10, code),
  ]);
}
