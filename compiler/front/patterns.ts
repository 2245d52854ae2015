// Weights that a training names by patterns: which are frozen, and whose learning rate is another. In: `frozen` and `learningRates`, and
// the weights. Out: what each pattern means. Guarantee: a pattern that meets no weight is an error.
import { CompileError } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import type { Training } from "../model.ts";

/** Whether the text is the pattern, in which `*` stands for any characters; in time of one by the other. */
function fits(text: string, pattern: string): boolean {
  let [at, from] = [0, 0];
  // Where the last star stands, and how far it has reached.
  let [star, reached] = [-1, 0];
  while (at < text.length) {
    if (pattern[from] === "*") [star, reached] = [from++, at];
    else if (pattern[from] === text[at]) [at, from] = [at + 1, from + 1];
    else if (star < 0) return false;
    else [at, from] = [++reached, star + 1];
  }
  while (pattern[from] === "*") from++;
  return from === pattern.length;
}

/** Whether a pattern means a weight, or a layer: its name, or the beginning of its name up to a slash. */
function means(pattern: string, name: string): boolean {
  for (let end = name.indexOf("/"); end >= 0; end = name.indexOf("/", end + 1)) {
    if (fits(name.slice(0, end), pattern)) return true;
  }
  return fits(name, pattern);
}

/** Whether one of the patterns means the layer or weight of that name. */
export const isFrozen = (name: string, patterns: readonly string[] = []): boolean =>
  patterns.some((pattern) => means(pattern, name));

/** By what the learning rates of weights are multiplied, those that are: the last pattern that means a weight counts. */
export function ratesOf({ learningRates = {} }: Training, names: readonly string[]): ReadonlyMap<string, number> {
  const patterns = Object.entries(learningRates).reverse();
  return new Map(
    names.flatMap((name) => patterns.filter(([pattern]) => means(pattern, name)).slice(0, 1).map(([, factor]) => [name, factor] as const)), // biome-ignore format: one line
  );
}

/** Throws CompileError training/spec where a pattern means no weight. */
export function checkPatterns({ frozen = [], learningRates = {} }: Training, names: readonly string[]): void {
  for (const [i, pattern] of frozen.entries()) checkPattern(pattern, `training.frozen[${i}]`, names);
  for (const pattern of Object.keys(learningRates)) checkPattern(pattern, `training.learningRates[${JSON.stringify(pattern)}]`, names); // biome-ignore format: one line
}

function checkPattern(pattern: string, path: string, names: readonly string[]): void {
  if (names.some((name) => means(pattern, name))) return;
  const layers = new Set(names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf("/")))));
  const message = `no weight is called ${JSON.stringify(pattern)}`;
  throw new CompileError({ code: "training/spec", path, message, hint: suggestionFor(pattern, [...layers, ...names]) });
}
