// What expressions may compute. In: numbers, texts, truth values. Out: the same. Guarantee: pure; the tables are all there is.
type Simple = number | string | boolean | null | undefined;
// biome-ignore lint/suspicious/noExplicitAny: JavaScript's operators take any of the simple values, and the tables stand for them.
type Loose = any;

/** Operators by their sign; those of one side with `_` behind. */
export const operators: Readonly<Record<string, ((...sides: Loose[]) => Simple) | undefined>> = {
  "+_": (a) => +a,
  "-_": (a) => -a,
  "!_": (a) => !a,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "===": (a, b) => a === b,
  "!==": (a, b) => a !== b,
};

/** A number or function of `Math`; undefined for what it has not, and for `random`, which no model can repeat. */
export const withinMath = (name: string): unknown =>
  name !== "random" && Object.hasOwn(Math, name) ? (Math as unknown as Record<string, unknown>)[name] : undefined;
