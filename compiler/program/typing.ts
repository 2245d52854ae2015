// The formats of a Program's ops. In: one value whose operands are sound. Out: the first fact about its formats that breaks
// compiler/program/program.ts, or nothing. Guarantee: an op on vectors is its scalar op in every lane; f64 has no vector.
import type { Binary, Fmt, Value } from "./program.ts";
import { isVector, vectorOf } from "./value.ts";

const floats: readonly Fmt[] = ["f32", "f64", "f32x4"];
const integers: readonly Fmt[] = ["i32", "i32x4"];
const masks: readonly Fmt[] = ["mask", "maskx4"];
const numbers: readonly Fmt[] = [...floats, ...integers];
/** What four lanes are made of. */
const lane: readonly Fmt[] = ["f32", "i32"];

/** A role of the op, the format found there, the formats it may have. */
type Demand = readonly [what: string, found: Fmt, wanted: readonly Fmt[]];

/** What is wrong with the formats of one value. */
export function formatFault(value: Value): string | undefined {
  for (const [what, found, wanted] of demandsOf(value)) {
    if (wanted.includes(found)) continue;
    // Scalars are answered with scalars: there are four more formats than a reader needs.
    const near = alike(found, wanted);
    return `${what} of ${value.op} is ${(near.length > 0 ? near : wanted).join(" or ")}, found ${found}`;
  }
  return undefined;
}

/** Those of a list with as many lanes as `fmt`. */
const alike = (fmt: Fmt, list: readonly Fmt[]): readonly Fmt[] => list.filter((item) => isVector(item) === isVector(fmt));

/** Operands in order, then the result: each may rely on those before it. */
function* demandsOf(value: Value): Generator<Demand> {
  const result = (...wanted: readonly Fmt[]): Demand => ["the result", value.fmt, wanted];
  switch (value.op) {
    case "const":
      return yield result(...numbers);
    case "scalar":
    case "loop":
      return yield result("i32");
    case "use":
    case "reg":
    case "acc":
      return;
    case "load":
      return yield result("f32", "f32x4");
    case "lanes": {
      const [first, ...others] = value.items;
      yield ["the first item", first.fmt, lane];
      for (const item of others) yield ["another item", item.fmt, [first.fmt]];
      return yield result(vectorOf(first.fmt));
    }
    case "splat":
      yield ["the operand", value.a.fmt, lane];
      return yield result(vectorOf(value.a.fmt));
    case "across":
    case "extract":
      yield ["the operand", value.a.fmt, ["f32x4"]];
      return yield result("f32");
    case "convert":
      yield ["the operand", value.a.fmt, numbers];
      return yield result(...alike(value.a.fmt, numbers));
    case "pow2":
      yield ["the operand", value.a.fmt, integers];
      return yield result(...alike(value.a.fmt, floats));
    case "exponent":
      yield ["the operand", value.a.fmt, ["f32", "f32x4"]];
      return yield result(...alike(value.a.fmt, integers));
    case "not":
      yield ["the operand", value.a.fmt, masks];
      return yield result(value.a.fmt);
    case "neg":
    case "abs":
    case "sqrt":
    case "floor":
      yield ["the operand", value.a.fmt, floats];
      return yield result(value.a.fmt);
    case "select":
      yield ["the condition", value.mask.fmt, masks];
      yield ["the first choice", value.a.fmt, alike(value.mask.fmt, numbers)];
      yield ["the second choice", value.b.fmt, [value.a.fmt]];
      return yield result(value.a.fmt);
    case "madd":
      yield ["the first operand", value.a.fmt, floats];
      yield ["the second operand", value.b.fmt, [value.a.fmt]];
      yield ["the third operand", value.c.fmt, [value.a.fmt]];
      return yield result(value.a.fmt);
    // What is left takes two operands of one format.
    default: {
      const { takes, gives } = binary[value.op];
      yield ["the first operand", value.a.fmt, takes];
      yield ["the second operand", value.b.fmt, [value.a.fmt]];
      return yield result(...(gives === undefined ? [value.a.fmt] : alike(value.a.fmt, gives)));
    }
  }
}

interface Signature {
  /** Formats of both operands, which agree. */
  readonly takes: readonly Fmt[];
  /** Of the result, where it differs. */
  readonly gives?: readonly Fmt[];
}
const arithmetic: Signature = { takes: floats };
const comparison: Signature = { takes: numbers, gives: masks };
const integer: Signature = { takes: integers };
const binary: Readonly<Record<Binary, Signature>> = {
  ...{ add: arithmetic, sub: arithmetic, mul: arithmetic, div: arithmetic, min: arithmetic, max: arithmetic },
  ...{ most: arithmetic, least: arithmetic },
  ...{ less: comparison, equal: comparison, and: { takes: masks } },
  ...{ iadd: integer, imul: integer, ixor: integer, ishl: integer, ishr: integer },
};
