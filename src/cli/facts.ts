// What a file of data holds, as text for people. In: facts, and what stands against compiling the file. Out: lines; without colour nothing but
// the text itself.
import { isPlain } from "../../compiler/diagnostics/plain.ts";
import type { Found } from "../formats/define.ts";
import { diagnosticJson, type Paint, renderDiagnostic, renderTable, showBytes, showCount } from "./render.ts";

/** `Dense 3, Flatten 1`: most first, else as they come. */
const countText = (counts: Readonly<Record<string, number>>): string => {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${showCount(count)}`).join(", ");
};
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const many = (count: number, what: string): string => `${showCount(count)} ${what}${count === 1 ? "" : "s"}`;

/** What a file says of training: loss and optimizer, where that stands, and what is left out. */
function trainingOf({ model }: Found): readonly (readonly [what: string, value: string])[] {
  const { training, state, left = [] } = model ?? {};
  const nameOf = (spec: unknown): string => (isPlain(spec) && typeof spec.name === "string" ? spec.name : String(spec));
  const losses = isPlain(training?.loss) && training.loss.name === undefined ? Object.values(training.loss) : [training?.loss];
  const stands = state === undefined ? "" : `, with the optimizer's state (${many(Object.keys(state).length, "array")})`;
  const trained = training && `${losses.map(nameOf).join(" + ")}, ${nameOf(training.optimizer)}${stands}`;
  return [...(trained === undefined ? [] : [["training", trained] as const]), ...left.map((what) => ["left out", what] as const)];
}

/** A line for each fact; the format is called `title`. */
export function factsText(found: Found, title: string): string {
  const { format, facts: { says, parts, weights } } = found; // biome-ignore format: one line
  const [dtype, ...others] = Object.keys(weights?.dtypes ?? {});
  const dtypes = others.length === 0 ? (dtype ?? "") : countText(weights?.dtypes ?? {});
  return renderTable([
    [title, format],
    ...says.map(([what, value]) => [what, value]),
    ...(parts === undefined ? [] : [[parts.kind, `${showCount(sum(parts.counts))}${sum(parts.counts) === 0 ? "" : `: ${countText(parts.counts)}`}`]]),
    ...(weights === undefined ? [] : [["weights", `${many(weights.count, "array")}, ${showBytes(weights.bytes)}${dtypes === "" ? "" : `: ${dtypes}`}`]]),
    ...trainingOf(found).map(([what, value]) => [what, value]),
  ]); // biome-ignore format: a line for each
}

/** Everything that would not compile, and why. */
export const problemsText = ({ problems }: Found, paint: Paint): string =>
  [`does not compile: ${many(problems.length, "problem")}`, ...problems.map((problem) => renderDiagnostic(problem, paint))].join(
    "\n\n",
  );

/** The same as JSON. */
export const factsJson = (found: Found): object => {
  const { format, facts, problems } = found;
  const training = trainingOf(found);
  return { ...(training.length === 0 ? {} : { training: Object.fromEntries(grouped(training)) }), format, says: Object.fromEntries(grouped(facts.says)), parts: facts.parts, weights: facts.weights, problems: problems.map(diagnosticJson) };
}; // biome-ignore format: one object

/** What stands there several times, such as inputs, is a list. */
function grouped(says: Found["facts"]["says"]): ReadonlyMap<string, string | readonly string[]> {
  const lists = new Map<string, string[]>();
  for (const [what, value] of says) lists.set(what, [...(lists.get(what) ?? []), value]);
  return new Map([...lists].map(([what, list]) => [what, list.length === 1 ? list[0] : list]));
}
