// Vector constants. In: numbers. Out: code that leaves them on the stack. Guarantee: in an innermost loop a constant lives in a local,
// made when the function starts, since engines would make it again each turn; elsewhere it is made where it is used, lest it holds a
// register through the loops inside.
import type { Fmt, Value } from "../../program/program.ts";
import type { FunctionBody } from "./assembler.ts";

/** The constants of one function; every method gives the function it wrote to. */
export class Constants {
  readonly #body: FunctionBody;
  readonly #repeated: () => boolean;
  /** Locals by type and numbers. */
  readonly #locals = new Map<string, number>();

  /** `repeated`: what is written stands in an innermost loop. */
  constructor(body: FunctionBody, repeated: () => boolean) {
    this.#body = body;
    this.#repeated = repeated;
  }

  /** One number in four lanes. */
  splat(value: number, fmt: Fmt): FunctionBody {
    const float = fmt === "f32x4" && !Object.is(value, 0);
    const bits = fmt === "maskx4" ? -value : value;
    return this.#once(float ? `f32 ${exact(value)}` : `i32 ${bits}`, () =>
      float ? this.#body.f32_const(value).op("f32x4.splat") : this.#body.i32_const(bits).op("i32x4.splat"),
    );
  }

  /** Four numbers. */
  lanes(numbers: readonly number[], type: "f32" | "i32"): FunctionBody {
    return this.#once(`${type} ${numbers.map(exact).join(" ")}`, () => this.#body.v128_const(numbers, type));
  }

  #once(key: string, write: () => FunctionBody): FunctionBody {
    if (!this.#repeated()) return write();
    const local = this.#locals.get(key) ?? this.#body.local("v128");
    if (!this.#locals.has(key)) this.#body.atEntry(() => write().local_set(local));
    this.#locals.set(key, local);
    return this.#body.local_get(local);
  }
}

const exact = (value: number): string => (Object.is(value, -0) ? "-0" : `${value}`);

/** One value: the same node, the same constant, or the same name. */
export const isSame = (a: Value, b: Value): boolean =>
  a === b ||
  (a.op === "const" && b.op === "const" && a.fmt === b.fmt && Object.is(a.value, b.value)) ||
  (a.op === "use" && b.op === "use" && a.name === b.name);
/** No bit is set. */
export const isZero = (value: Value): boolean => value.op === "const" && Object.is(value.value, 0);
