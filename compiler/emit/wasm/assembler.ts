// A WebAssembly assembler: bytes out, methods named as in the specification. In: instructions in order. Out: functions, of which
// sections.ts makes a module. Guarantee: none about validity (the engine judges); locals are declared on use and numbered by type, so
// that their declaration is short.
// https://webassembly.github.io/spec/core/binary/ and https://github.com/WebAssembly/relaxed-simd (opcodes 0x100..).
//
//   function = u32 bytes, runs of locals of one type, instructions, 0x0b
//
// In the comments `[a, b] → [c]` says what an instruction takes from the stack, last one on top, and what it leaves there.

import type { Of } from "../../base/lines.ts";
import { f32Bytes, s32, u32, vector } from "./bytes.ts";

/** What a local or a parameter may be. */
export type ValType = "i32" | "f32" | "v128";
/** Its byte. */
export const valType: Readonly<Record<ValType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** Opcodes without immediates that layerc's kernels use. */
const plain = {
  "i32.eqz": [0x45], "i32.eq": [0x46], "i32.lt_s": [0x48], "i32.lt_u": [0x49], "i32.ge_s": [0x4e],
  "f32.eq": [0x5b], "f32.lt": [0x5d],
  "i32.add": [0x6a], "i32.sub": [0x6b], "i32.mul": [0x6c], "i32.div_u": [0x6e], "i32.and": [0x71], "i32.xor": [0x73],
  "i32.shl": [0x74], "i32.shr_u": [0x76],
  "f32.abs": [0x8b], "f32.neg": [0x8c], "f32.floor": [0x8e], "f32.sqrt": [0x91], "f32.add": [0x92], "f32.sub": [0x93],
  "f32.mul": [0x94], "f32.div": [0x95], "f32.min": [0x96], "f32.max": [0x97],
  "f32.convert_i32_s": [0xb2], "i32.reinterpret_f32": [0xbc], "f32.reinterpret_i32": [0xbe],
  "i32.trunc_sat_f32_s": [0xfc, 0x00], "i32.trunc_sat_f32_u": [0xfc, 0x01],
  "select": [0x1b], "end": [0x0b], "unreachable": [0x00],
  "i32x4.splat": [0xfd, 0x11], "f32x4.splat": [0xfd, 0x13],
  "i32x4.eq": [0xfd, 0x37], "i32x4.lt_s": [0xfd, 0x39],
  "f32x4.eq": [0xfd, 0x41], "f32x4.ne": [0xfd, 0x42], "f32x4.lt": [0xfd, 0x43], "f32x4.le": [0xfd, 0x45],
  "v128.not": [0xfd, 0x4d], "v128.and": [0xfd, 0x4e], "v128.andnot": [0xfd, 0x4f], "v128.or": [0xfd, 0x50],
  "v128.xor": [0xfd, 0x51], "v128.bitselect": [0xfd, 0x52],
  "i32x4.shl": [0xfd, 0xab, 0x01], "i32x4.shr_u": [0xfd, 0xad, 0x01],
  "i32x4.add": [0xfd, 0xae, 0x01], "i32x4.sub": [0xfd, 0xb1, 0x01], "i32x4.mul": [0xfd, 0xb5, 0x01],
  "f32x4.floor": [0xfd, 0x68],
  "f32x4.abs": [0xfd, 0xe0, 0x01], "f32x4.neg": [0xfd, 0xe1, 0x01], "f32x4.sqrt": [0xfd, 0xe3, 0x01],
  "f32x4.add": [0xfd, 0xe4, 0x01], "f32x4.sub": [0xfd, 0xe5, 0x01], "f32x4.mul": [0xfd, 0xe6, 0x01], "f32x4.div": [0xfd, 0xe7, 0x01],
  "f32x4.min": [0xfd, 0xe8, 0x01], "f32x4.max": [0xfd, 0xe9, 0x01], "f32x4.pmin": [0xfd, 0xea, 0x01], "f32x4.pmax": [0xfd, 0xeb, 0x01],
  "i32x4.trunc_sat_f32x4_s": [0xfd, 0xf8, 0x01], "f32x4.convert_i32x4_s": [0xfd, 0xfa, 0x01],
  "i32x4.relaxed_trunc_f32x4_s": [0xfd, 0x81, 0x02], "f32x4.relaxed_madd": [0xfd, 0x85, 0x02],
  "i32x4.relaxed_laneselect": [0xfd, 0x8b, 0x02],
} as const satisfies Readonly<Record<string, readonly number[]>>; // biome-ignore format: one table
/** Instructions without immediates, as the specification writes them. */
export type PlainOp = keyof typeof plain;
/** Every instruction without immediates with its bytes. */
export const plainOps = Object.entries(plain) as readonly (readonly [PlainOp, readonly number[]])[];
/** The instruction of a name; undefined where layerc's kernels have none of it. */
export const plainOp = (name: string): PlainOp | undefined => (Object.hasOwn(plain, name) ? (name as PlainOp) : undefined);

/** One function under construction: a list of instructions, locals made on demand. */
export class FunctionBody {
  /** Runs before everything else, however late it is written. */
  readonly #entry: number[] = [];
  readonly #main: number[] = [];
  /** A byte, or ~l for local l, whose number is known at the end. */
  #code = this.#main;
  readonly #locals: ValType[] = [];
  readonly #marks: { readonly at: number; readonly of: readonly Of[] }[] = [];
  readonly params: readonly ValType[];

  constructor(params: readonly ValType[] = []) {
    this.params = params;
  }

  /** A fresh local, zero at entry. Parameters come first. */
  local(type: ValType): number {
    this.#locals.push(type);
    return this.params.length + this.#locals.length - 1;
  }

  /** What `write` emits runs once, when the function starts. */
  atEntry(write: () => void): void {
    const before = this.#code;
    this.#code = this.#entry;
    write();
    this.#code = before;
  }

  /** What is written from here on is of these things; for whoever shows it. */
  mark(of: readonly Of[]): void {
    this.#marks.push({ at: this.#main.length, of });
  }

  /** An instruction without immediates. */
  op(name: PlainOp): this {
    this.#code.push(...plain[name]);
    return this;
  }
  /** Right after its `local_set`, the two become a `local_tee`. */
  local_get(local: number): this {
    const code = this.#code;
    if (code.at(-1) === ~local && code.at(-2) === 0x21) code[code.length - 2] = 0x22;
    else code.push(0x20, ~local);
    return this;
  }
  /** [value] → []. */
  local_set(local: number): this {
    this.#code.push(0x21, ~local);
    return this;
  }
  /** [value] → [value]; the local has it too. */
  local_tee(local: number): this {
    this.#code.push(0x22, ~local);
    return this;
  }
  /** [] → [i32]. */
  i32_const(value: number): this {
    this.#code.push(0x41, ...s32(value));
    return this;
  }
  f32_const(value: number): this {
    this.#code.push(0x43, ...f32Bytes(value));
    return this;
  }
  /** [] → [vector], four lanes. */
  v128_const(lanes: readonly number[], type: "i32" | "f32"): this {
    const view = new DataView(new ArrayBuffer(16));
    lanes.forEach((lane, i) => {
      if (type === "f32") view.setFloat32(4 * i, lane, true);
      else view.setInt32(4 * i, lane, true);
    });
    this.#code.push(0xfd, 0x0c, ...new Uint8Array(view.buffer));
    return this;
  }
  /** `offset` in bytes; f32s are 4-aligned and so are vectors of them. */
  f32_load(offset: number): this {
    this.#code.push(0x2a, 2, ...u32(offset));
    return this;
  }
  /** [address, f32] → []. */
  f32_store(offset: number): this {
    this.#code.push(0x38, 2, ...u32(offset));
    return this;
  }
  /** [address] → [vector]: four floats from there on. */
  v128_load(offset: number): this {
    this.#code.push(0xfd, 0x00, 2, ...u32(offset));
    return this;
  }
  /** One lane from memory, the others from a vector: [address, vector] → vector. */
  v128_load32_lane(offset: number, lane: number): this {
    this.#code.push(0xfd, 0x56, 2, ...u32(offset), lane);
    return this;
  }
  /** [address] → [vector]: one float in every lane. */
  v128_load32_splat(offset: number): this {
    this.#code.push(0xfd, 0x09, 2, ...u32(offset));
    return this;
  }
  /** [address, vector] → nothing. */
  v128_store32_lane(offset: number, lane: number): this {
    this.#code.push(0xfd, 0x5a, 2, ...u32(offset), lane);
    return this;
  }
  /** [address, vector] → nothing: lanes 0 and 1, or 2 and 3. */
  v128_store64_lane(offset: number, half: number): this {
    this.#code.push(0xfd, 0x5b, 2, ...u32(offset), half);
    return this;
  }
  /** [address, vector] → []. */
  v128_store(offset: number): this {
    this.#code.push(0xfd, 0x0b, 2, ...u32(offset));
    return this;
  }
  /** [a, b] → [vector]: byte k of the result is byte bytes[k] of a (0..15) and b (16..31). */
  i8x16_shuffle(bytes: readonly number[]): this {
    this.#code.push(0xfd, 0x0d, ...bytes);
    return this;
  }
  i32x4_extract_lane(lane: number): this {
    this.#code.push(0xfd, 0x1b, lane);
    return this;
  }
  f32x4_extract_lane(lane: number): this {
    this.#code.push(0xfd, 0x1f, lane);
    return this;
  }
  /** [vector, f32] → [vector]. */
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
  /** A block that `br_if(0)` inside it leaves; `end` closes both kinds. */
  block(): this {
    this.#code.push(0x02, 0x40);
    return this;
  }
  /** [i32] → []: to the start of a loop, or the end of a block, `depth` levels out, where the number is not 0. */
  br_if(depth: number): this {
    this.#code.push(0x0d, ...u32(depth));
    return this;
  }
  /** [to, from, bytes] → []: as if through a copy, so the two may overlap. */
  memory_copy(): this {
    this.#code.push(0xfc, 0x0a, 0, 0);
    return this;
  }
  /** [at, byte, bytes] → []. */
  memory_fill(): this {
    this.#code.push(0xfc, 0x0b, 0);
    return this;
  }
  /** Takes the function's parameters from the stack. */
  call(index: number): this {
    this.#code.push(0x10, ...u32(index));
    return this;
  }

  /** Bytes of the code section's entry. */
  bytes(): number[] {
    const { bytes } = this.laid();
    return [...u32(bytes.length)].concat(bytes);
  }

  /** The same without its length: locals, instructions, `end`; and at which of the bytes a mark begins. */
  laid(): { readonly bytes: number[]; readonly marks: readonly { readonly at: number; readonly of: readonly Of[] }[] } {
    const first = this.params.length;
    const order = [...this.#locals.keys()].sort((a, b) => rank(this.#locals[a]) - rank(this.#locals[b]) || a - b);
    const numbers = new Map(order.map((local, i) => [local, first + i]));
    const runs = types
      .map((type) => ({ type, count: this.#locals.filter((local) => local === type).length }))
      .filter(({ count }) => count > 0);
    const body = vector(runs.map(({ type, count }) => [...u32(count), valType[type]]));
    const starts: number[] = [];
    for (const code of [this.#entry, this.#main]) {
      for (const byte of code) {
        if (code === this.#main) starts.push(body.length);
        if (byte >= 0) body.push(byte);
        else body.push(...u32(numbers.get(~byte - first) ?? ~byte));
      }
    }
    const marks = this.#marks.map(({ at, of }) => ({ at: starts[at] ?? body.length, of }));
    body.push(0x0b);
    return { bytes: body, marks };
  }
}

const types = ["i32", "f32", "v128"] as const satisfies readonly ValType[];
const rank = (type: ValType): number => types.indexOf(type);
