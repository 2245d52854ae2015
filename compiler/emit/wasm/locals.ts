// Locals that are used again: a body gives back what it no longer needs, and the next taker of the type gets it. In: takes
// and gives. Out: few locals. Guarantee: a local has one owner at a time.
import { internal } from "../../diagnostics/error.ts";
import type { Fmt } from "../../program/program.ts";
import type { FunctionBody, ValType } from "./assembler.ts";

const types: Readonly<Record<Exclude<Fmt, "f64">, ValType>> = {
  f32: "f32",
  i32: "i32",
  mask: "i32",
  f32x4: "v128",
  i32x4: "v128",
  maskx4: "v128",
};
/** What holds a value of the format. A mask is 0 or 1, in lanes no bit or all. */
export const typeOf = (fmt: Fmt): ValType => (fmt === "f64" ? internal("f64 is not for WebAssembly kernels") : types[fmt]);

/** Whoever takes a local gives it back, so a function declares about as many as are in use at once. */
export class Locals {
  readonly #body: FunctionBody;
  readonly #free: Record<ValType, number[]> = { i32: [], f32: [], v128: [] };
  readonly #types = new Map<number, ValType>();

  constructor(body: FunctionBody) {
    this.#body = body;
  }

  /** A local of the type; what it holds is whatever it held last. */
  take(type: ValType): number {
    const local = this.#free[type].pop() ?? this.#body.local(type);
    this.#types.set(local, type);
    return local;
  }
  give(local: number): void {
    const type = this.#types.get(local) ?? internal(`local ${local} was not taken`);
    this.#types.delete(local);
    this.#free[type].push(local);
  }
}
