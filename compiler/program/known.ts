// What can be said of a value before any buffer holds a number. In: a value. Out: facts that hold whatever is loaded; false where
// nothing is known.
import type { Value } from "./program.ts";
import { shared } from "./walk.ts";

// ∞ − ∞, 0 · ∞, 0 / 0 and √−1 are NaN, so sums, products, quotients and roots stay unknown.
/** Whether a value is never NaN: made of constants and integers by ops that give no NaN for numbers. */
export const isNumber = (value: Value): boolean =>
  shared<boolean>((node, visit) => {
    switch (node.op) {
      case "const":
        return !Number.isNaN(node.value);
      case "scalar":
      case "loop":
      case "pow2":
        return true;
      case "convert":
        return node.a.fmt === "i32" || node.a.fmt === "i32x4" || visit(node.a);
      case "neg":
      case "abs":
      case "floor":
      case "splat":
        return visit(node.a);
      case "min":
      case "max":
      case "most":
      case "least":
      case "select":
        return visit(node.a) && visit(node.b);
      case "lanes":
        return node.items.every(visit);
      default:
        return false;
    }
  })(value);

/** Whether −0 and 0 cannot meet in two values: there a maximum is one whichever of the zeros it prefers. */
export const isZeroOnce = (a: Value, b: Value): boolean =>
  [a, b].some((value) => value.op === "const" && value.value !== 0) || (isNeverMinusZero(a) && isNeverMinusZero(b));

// A sum is −0 where both terms are: other terms that cancel give 0, and none vanishes by rounding. Products and numbers that are
// rounded to float32 may vanish.
const isNeverMinusZero = (value: Value): boolean =>
  shared<boolean>((node, visit) => {
    switch (node.op) {
      case "const":
        return !Object.is(node.value, -0);
      case "abs":
      case "pow2":
        return true;
      case "convert":
        return node.a.fmt === "i32" || (node.fmt === "f64" && visit(node.a));
      case "add":
        return visit(node.a) || visit(node.b);
      case "madd":
        return visit(node.c);
      case "min":
      case "max":
      case "most":
      case "least":
      case "select":
        return visit(node.a) && visit(node.b);
      default:
        return false;
    }
  })(value);
