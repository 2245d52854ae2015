// Keras' equations of einsumDense: `abc,cd->abd`, `...x,xy->...y`, `ab...,bc->ac...`. In: the text, the shape of a sample, and what the
// config says of the output. Out: a label for every axis, and the size of every label; or the problem.
// Guarantee: each term names an axis once; the batch is the first axis of input and output, and no axis of the kernel.
import type { Problem } from "../define.ts";

type Sizes = readonly (number | null)[];
/** An equation on an input: the axes of each term by label, and the sizes of labels. The batch is "n", without a size. */
export interface Equation {
  readonly x: readonly string[];
  readonly kernel: readonly string[];
  readonly y: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
  /** The label of a letter of the text. */
  readonly own: (letter: string) => string;
  /** The axes that the ellipsis stands for, at the end of the output: a bias has sizes of 1 there. */
  readonly trailing: number;
}

const form = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?$/;
const formHint = 'write it as "abc,cd->abd", "...x,xy->...y" or "ab...,bc->ac..."';

interface Terms {
  readonly x: readonly string[];
  readonly kernel: readonly string[];
  readonly y: readonly string[];
  readonly ellipsis: "none" | "left" | "right";
}

/** Reads the text alone. */
function termsOf(text: string): Terms | Problem {
  const found = form.exec(text);
  const [, before, x, behind, kernel, yBefore, y, yBehind] = found ?? [];
  const isLopsided = before !== yBefore || behind !== yBehind || (before !== undefined && behind !== undefined);
  if (found === null || isLopsided || (behind !== undefined && x.length < 2))
    return bad("equation", `the equation needs an input, a kernel and an output, found ${JSON.stringify(text)}`, formHint);
  const twice = [x, kernel, y].find((term) => new Set(term).size < term.length);
  if (twice !== undefined) return bad("equation", `an axis is named twice in ${JSON.stringify(twice)}`, formHint);
  const ellipsis = before !== undefined ? "left" : behind !== undefined ? "right" : "none";
  return { x: [...x], kernel: [...kernel], y: [...y], ellipsis };
}

/** The equation on samples of `input`, whose output the config describes as Keras does: no batch, null for what the input says. */
export function equationOf(text: string, outputShape: number | Sizes, input: readonly number[]): Equation | Problem {
  const terms = termsOf(text);
  if ("message" in terms) return terms;
  const elided = input.length + 1 - terms.x.length;
  if (elided < 0 || (elided > 0 && terms.ellipsis === "none")) {
    const least = terms.ellipsis === "none" ? `${terms.x.length}` : `at least ${terms.x.length}`;
    return bad(
      "equation",
      `${JSON.stringify(text)} needs an input of ${least} axes with the batch, found ${input.length + 1}`,
      formHint,
    );
  }
  const unnamed = Array.from({ length: elided }, (_, i) => `axis ${i}`);
  const whole = (term: readonly string[]) => (terms.ellipsis === "left" ? [...unnamed, ...term] : [...term, ...unnamed]);
  const [x, y] = [whole(terms.x), whole(terms.y)];
  const stray = strayAxis({ x, kernel: terms.kernel, y });
  if (stray !== undefined) return stray;
  // Everybody's label of the batch is "n"; those of one character are the text's own.
  const named = (label: string): string => (label === x[0] ? "n" : label === "n" ? "axis n" : label);
  const axes = { x: x.map(named), kernel: terms.kernel.map(named), y: y.map(named) };
  const given = [outputShape].flat();
  const stated = terms.ellipsis === "left" && elided > 0 ? terms.y : terms.y.slice(1);
  if (given.length !== stated.length) {
    const wanted = `outputShape needs a size for ${stated.length === 0 ? "no axis" : stated.join(", ")}`;
    return bad("outputShape", `${wanted}, found ${JSON.stringify(outputShape)}`, "null is the input's own size");
  }
  const sizes = sizesOf(axes, input, new Map(stated.map((label, i) => [named(label), given[i]])));
  return "message" in sizes ? sizes : { ...axes, sizes, own: named, trailing: terms.ellipsis === "right" ? elided : 0 };
}

/** An axis that cannot be where it stands. */
function strayAxis({ x, kernel, y }: Pick<Equation, "x" | "kernel" | "y">): Problem | undefined {
  if (x[0] !== y[0] || kernel.includes(x[0])) {
    return bad(
      "equation",
      `the first axis of input and output is the batch, and none of the kernel's; found ${x[0]} and ${y[0]}`,
      formHint,
    );
  }
  const lost = kernel.find((label) => !x.includes(label) && !y.includes(label));
  if (lost !== undefined) return bad("equation", `the kernel's axis ${lost} is neither in the input nor in the output`, formHint);
  const made = y.find((label) => !x.includes(label) && !kernel.includes(label));
  return made === undefined
    ? undefined
    : bad("equation", `the output's axis ${made} is neither in the input nor in the kernel`, formHint);
}

function sizesOf(
  { x, y }: Pick<Equation, "x" | "y">,
  input: readonly number[],
  given: ReadonlyMap<string, number | null>,
): ReadonlyMap<string, number> | Problem {
  const sizes = new Map(x.slice(1).map((label, i) => [label, input[i]]));
  for (const label of y.slice(1)) {
    const [own, stated] = [sizes.get(label), given.get(label) ?? null];
    const size = own ?? stated;
    if (size === null)
      return bad("outputShape", `outputShape needs the size of the kernel's axis ${label}, found null`, "give a number");
    if (stated !== null && stated !== size)
      return bad(
        "outputShape",
        `outputShape has ${stated} for ${label}, which is ${size} in the input`,
        "null is the input's own size",
      );
    sizes.set(label, size);
  }
  return sizes;
}

/** The labels of the output that a text of letters names. */
export const named = (letters: string | null, { y, own }: Equation): readonly string[] => {
  const wanted = new Set([...(letters ?? "")].map(own));
  return y.filter((label) => wanted.has(label));
};

/** The problem of `biasAxes`. */
export function badBias(biasAxes: string | null, equation: Equation): Problem | undefined {
  if (biasAxes === null) return undefined;
  const found = named(biasAxes, equation);
  if (biasAxes !== "" && found.length === biasAxes.length && !found.includes("n")) return undefined;
  const message = `biasAxes needs axes of the output, not the batch, each once, found ${JSON.stringify(biasAxes)}`;
  return bad("biasAxes", message, "leave it out for no bias");
}

const bad = (path: string, message: string, hint: string): Problem => ({ path, message, hint });
