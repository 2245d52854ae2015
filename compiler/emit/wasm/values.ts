// Values as instructions: the operands, then the op, on the stack. In: values of one statement. Out: code that leaves each on
// the stack; a node met twice waits in a local. Guarantee: the bits of compiler/program/program.ts; a relaxed target contracts
// madds (but the terms of a scalar sum), and nothing else differs.
import { internal } from "../../diagnostics/error.ts";
import type { Fmt, Folding, Value } from "../../program/program.ts";
import { isVector } from "../../program/value.ts";
import { visit } from "../../program/walk.ts";
import type { FunctionBody } from "./assembler.ts";
import { Constants, isSame, isZero } from "./constants.ts";
import { type Extreme, extreme, join, type Operand, type ValueOperand } from "./extremes.ts";
import { instructionOf } from "./instructions.ts";
import { type Locals, typeOf } from "./locals.ts";

type Of<T extends Value["op"]> = Value & { readonly op: T };
type Load = Of<"load">;

/** What values need of the kernel they stand in. */
export interface ValueSite {
  readonly body: FunctionBody;
  readonly locals: Locals;
  readonly relaxed: boolean;
  /** The local of a scalar, a loop, a let or a register. */
  named(value: Of<"scalar" | "loop" | "use" | "reg">): number;
  /** Pushes the address of a load; gives its offset. */
  address(load: Load): number;
  /** Inside a loop, where what does not change is computed when the function starts. */
  repeated(): boolean;
}

/** Added to an integral float in −127..127 it leaves that plus 127 in the lowest bits; what is above, a shift drops. */
const exponentBias = 1.5 * 2 ** 23 + 127;

/** Every method gives the function it wrote to. */
export class Values {
  readonly #site: ValueSite;
  readonly #body: FunctionBody;
  #shared: ReadonlySet<Value> = new Set();
  readonly #named = new Map<Value, number>();
  readonly #constants: Constants;

  constructor(site: ValueSite) {
    this.#site = site;
    this.#body = site.body;
    this.#constants = new Constants(site.body, () => site.repeated());
  }

  /** Starts a statement over `roots`; ended by `end`. */
  begin(roots: readonly Value[]): void {
    const seen = new Set<Value>();
    const shared = new Set<Value>();
    visit(roots, (value) => {
      if (cheap.has(value.op)) return;
      if (seen.has(value)) shared.add(value);
      seen.add(value);
    });
    this.#shared = shared;
  }
  /** Gives back the locals of shared nodes. */
  end(): void {
    for (const local of this.#named.values()) this.#site.locals.give(local);
    this.#named.clear();
  }

  /** Leaves the value on the stack; where it is shared, in a local too. */
  push(value: Value): FunctionBody {
    const known = this.#named.get(value);
    if (known !== undefined) return this.#body.local_get(known);
    this.#node(value);
    if (!this.#shared.has(value)) return this.#body;
    const local = this.#site.locals.take(typeOf(value.fmt));
    this.#named.set(value, local);
    return this.#body.local_tee(local);
  }

  #node(value: Value): FunctionBody {
    const vector = isVector(value.fmt);
    switch (value.op) {
      case "const":
        if (vector) return this.#constants.splat(value.value, value.fmt);
        return value.fmt === "f32" ? this.#body.f32_const(value.value) : this.#body.i32_const(value.value);
      case "scalar":
      case "loop":
      case "use":
      case "reg":
        return this.#body.local_get(this.#site.named(value));
      case "load": {
        const offset = this.#site.address(value);
        return vector ? this.#body.v128_load(offset) : this.#body.f32_load(offset);
      }
      case "splat":
        return this.#splat(value.a);
      case "lanes":
        return this.#lanes(value.items, 3);
      case "across":
        return this.#across(value.how, value.a);
      case "extract":
        return this.push(value.a).f32x4_extract_lane(value.lane);
      case "neg":
      case "abs":
      case "sqrt":
      case "floor":
        return this.push(value.a).op(`${vector ? "f32x4" : "f32"}.${value.op}`);
      case "not":
        return this.push(value.a).op(vector ? "v128.not" : "i32.eqz");
      case "convert":
        return this.#convert(value.a, value.fmt);
      case "pow2":
        return this.#pow2(value.a);
      case "exponent":
        this.push(value.a);
        if (vector) this.#body.i32_const(23).op("i32x4.shr_u");
        else this.#body.op("i32.reinterpret_f32").i32_const(23).op("i32.shr_u");
        return this.#integer(127, vector).op(vector ? "i32x4.sub" : "i32.sub");
      case "madd":
        return this.#madd(value.a, value.b, value.c, vector);
      case "select":
        return this.#select(value.mask, value.a, value.b);
      case "acc":
        return internal("acc stands in a nest only");
      case "min":
      case "max":
      case "most":
      case "least":
        return this.#extreme(value.op, value.a, value.b);
      case "ishl":
      case "ishr":
        return this.#shift(value.op === "ishl" ? "shl" : "shr_u", value.a, value.b);
      default:
        this.push(value.a);
        return this.push(value.b).op(instructionOf(value.op, value.a.fmt));
    }
  }

  #integer(value: number, vector: boolean): FunctionBody {
    return vector ? this.#constants.splat(value, "i32x4") : this.#body.i32_const(value);
  }

  #splat(a: Value): FunctionBody {
    if (a.op === "load" && !this.#shared.has(a)) return this.#body.v128_load32_splat(this.#site.address(a));
    return this.push(a).op(a.fmt === "f32" ? "f32x4.splat" : "i32x4.splat");
  }

  /** A vector whose lanes up to `lane` are the items. */
  #lanes(items: readonly Value[], lane: number): FunctionBody {
    const item = items[lane];
    const known = items.filter((one) => one.op === "const");
    if (lane === 3 && known.length === 4)
      return this.#constants.lanes(
        known.map(({ value }) => value),
        item.fmt === "f32" ? "f32" : "i32",
      );
    if (lane === 0) return this.#splat(item);
    if (item.op === "load" && !this.#shared.has(item)) {
      const offset = this.#site.address(item);
      return this.#lanes(items, lane - 1).v128_load32_lane(offset, lane);
    }
    this.#lanes(items, lane - 1);
    this.push(item);
    return item.fmt === "f32" ? this.#body.f32x4_replace_lane(lane) : this.#body.i32x4_replace_lane(lane);
  }

  /** (l0 ∘ l2) ∘ (l1 ∘ l3). */
  #across(how: Folding, a: Value): FunctionBody {
    const { locals } = this.#site;
    const [all, half] = [locals.take("v128"), locals.take("v128")];
    const whole = () => this.#body.local_get(all);
    this.push(a).local_tee(all).local_get(all);
    this.#body.i8x16_shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]).local_set(half);
    const turned = () => this.#body.local_get(half);
    join(how, repeated(whole), repeated(turned), { vector: true }).local_set(all);
    locals.give(all);
    locals.give(half);
    const [first, second] = [0, 1].map((lane) => repeated(() => whole().f32x4_extract_lane(lane)));
    return join(how, first, second, { vector: false });
  }

  #extreme(op: Extreme, a: Value, b: Value): FunctionBody {
    const [first, second] = [this.#operand(a), this.#operand(b)];
    extreme(op, first, second);
    first.done();
    second.done();
    return this.#body;
  }

  /** A value that may be pushed again after `keep`, until it is `done`. */
  #operand(value: Value): ValueOperand & { done(): void } {
    const push = () => this.push(value);
    if (cheap.has(value.op) || this.#shared.has(value)) return { value, ...repeated(push), done: () => undefined };
    const { locals } = this.#site;
    let local: number | undefined;
    const keep = () => {
      push();
      local = locals.take(typeOf(value.fmt));
      return this.#body.local_tee(local);
    };
    const again = () => this.#body.local_get(local ?? internal("an operand is kept before it is pushed again"));
    return { value, push, keep, again, done: () => local !== undefined && locals.give(local) };
  }

  #convert(a: Value, fmt: Fmt): FunctionBody {
    this.push(a);
    switch (`${a.fmt} ${fmt}`) {
      case "i32 f32":
        return this.#body.op("f32.convert_i32_s");
      case "f32 i32":
        return this.#body.op("i32.trunc_sat_f32_s");
      case "i32x4 f32x4":
        return this.#body.op("f32x4.convert_i32x4_s");
      case "f32x4 i32x4":
        return this.#body.op(this.#site.relaxed ? "i32x4.relaxed_trunc_f32x4_s" : "i32x4.trunc_sat_f32x4_s");
      default:
        return a.fmt === fmt ? this.#body : internal(`no conversion from ${a.fmt} to ${fmt}`);
    }
  }

  /** 2^i by its exponent bits. Where i comes from a float, an addition makes the integer too. */
  #pow2(i: Value): FunctionBody {
    const vector = isVector(i.fmt);
    if (i.op === "convert" && (i.a.fmt === "f32" || i.a.fmt === "f32x4")) {
      const minus = i.a.op === "neg" && !this.#shared.has(i.a) ? i.a.a : undefined;
      if (minus === undefined) this.push(i.a);
      if (vector) this.#constants.splat(exponentBias, "f32x4");
      else this.#body.f32_const(exponentBias);
      if (minus !== undefined) this.push(minus);
      this.#body.op(`${i.a.fmt}.${minus === undefined ? "add" : "sub"}`);
      if (!vector) this.#body.op("i32.reinterpret_f32");
    } else {
      this.push(i);
      this.#integer(127, vector).op(vector ? "i32x4.add" : "i32.add");
    }
    this.#body.i32_const(23);
    return vector ? this.#body.op("i32x4.shl") : this.#body.op("i32.shl").op("f32.reinterpret_i32");
  }

  /**
   * Relaxed: rounded once or twice, as the engine does it, and in a function the same in a lane and alone: how many points there are
   * decides which stand in lanes. Which terms of a sum do, their columns decide.
   */
  #madd(a: Value, b: Value, c: Value, vector: boolean): FunctionBody {
    if (this.#site.relaxed && (vector || c.op !== "reg")) {
      for (const part of [a, b, c]) vector ? this.push(part) : this.#splat(part);
      this.#body.op("f32x4.relaxed_madd");
      return vector ? this.#body : this.#body.f32x4_extract_lane(0);
    }
    this.push(a);
    this.push(b);
    this.#body.op(vector ? "f32x4.mul" : "f32.mul");
    return this.push(c).op(vector ? "f32x4.add" : "f32.add");
  }

  #select(mask: Value, a: Value, b: Value): FunctionBody {
    if (mask.op === "not" && !this.#shared.has(mask)) return this.#select(mask.a, b, a);
    if (!isVector(a.fmt)) {
      this.push(a);
      this.push(b);
      return this.push(mask).op("select");
    }
    if (mask.op === "less" && !this.#shared.has(mask) && a.fmt === "f32x4") {
      // a < b ? a : b and a < b ? b : a are the pseudo-minimum and -maximum, one instruction each.
      const least = isSame(mask.a, a) && isSame(mask.b, b);
      if (least || (isSame(mask.a, b) && isSame(mask.b, a))) {
        this.push(b);
        return this.push(a).op(least ? "f32x4.pmin" : "f32x4.pmax");
      }
    }
    // A vector mask is all bits or none, so choosing between a value and 0 is one `and` or `andnot`.
    if (isZero(a) || isZero(b)) {
      this.push(isZero(b) ? a : b);
      return this.push(mask).op(isZero(b) ? "v128.and" : "v128.andnot");
    }
    this.push(a);
    this.push(b);
    return this.push(mask).op(this.#site.relaxed ? "i32x4.relaxed_laneselect" : "v128.bitselect");
  }

  /** Lanes shift by one amount; where theirs differ, one after the other. */
  #shift(direction: "shl" | "shr_u", a: Value, b: Value): FunctionBody {
    this.push(a);
    if (!isVector(a.fmt)) return this.push(b).op(`i32.${direction}`);
    if (b.op === "const") return this.#body.i32_const(b.value).op(`i32x4.${direction}`);
    if (b.op === "splat") return this.push(b.a).op(`i32x4.${direction}`);
    const { locals } = this.#site;
    const [value, amount] = [locals.take("v128"), locals.take("v128")];
    this.#body.local_set(value);
    this.push(b).local_set(amount).local_get(value);
    for (const lane of [0, 1, 2, 3]) {
      this.#body.local_get(value).i32x4_extract_lane(lane).local_get(amount).i32x4_extract_lane(lane);
      this.#body.op(`i32.${direction}`).i32x4_replace_lane(lane);
    }
    locals.give(value);
    locals.give(amount);
    return this.#body;
  }
}

/** Not worth a local. */
const cheap: ReadonlySet<Value["op"]> = new Set(["const", "scalar", "loop", "use", "reg"]);
/** What costs nothing to push. */
const repeated = (push: () => FunctionBody): Operand => ({ push, keep: push, again: push });
