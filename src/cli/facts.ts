// What a file of data holds, as text for people. In: facts, and what stands against compiling the file. Out: lines; without colour nothing but
// the text itself.
import type { Found } from "../formats/define.ts";
import { diagnosticJson, type Paint, renderDiagnostic, renderTable, showBytes, showCount } from "./render.ts";

/** `Dense 3, Flatten 1`: most first, else as they come. */
const countText = (counts: Readonly<Record<string, number>>): string => {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${showCount(count)}`).join(", ");
};
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const many = (count: number, what: string): string => `${showCount(count)} ${what}${count === 1 ? "" : "s"}`;

/** A line for each fact; the format is called `title`. */
export function factsText({ format, facts: { says, parts, weights } }: Found, title: string): string {
  const [dtype, ...others] = Object.keys(weights?.dtypes ?? {});
  const dtypes = others.length === 0 ? (dtype ?? "") : countText(weights?.dtypes ?? {});
  return renderTable([
    [title, format],
    ...says.map(([what, value]) => [what, value]),
    ...(parts === undefined ? [] : [[parts.kind, `${showCount(sum(parts.counts))}${sum(parts.counts) === 0 ? "" : `: ${countText(parts.counts)}`}`]]),
    ...(weights === undefined ? [] : [["weights", `${many(weights.count, "array")}, ${showBytes(weights.bytes)}${dtypes === "" ? "" : `: ${dtypes}`}`]]),
  ]); // biome-ignore format: a line for each
}

/** Everything that would not compile, and why. */
export const problemsText = ({ problems }: Found, paint: Paint): string =>
  [`does not compile: ${many(problems.length, "problem")}`, ...problems.map((problem) => renderDiagnostic(problem, paint))].join(
    "\n\n",
  );

/** The same as JSON. */
export const factsJson = ({ format, facts, problems }: Found): object => {
  return { format, says: Object.fromEntries(grouped(facts.says)), parts: facts.parts, weights: facts.weights, problems: problems.map(diagnosticJson) };
}; // biome-ignore format: one object

/** What stands there several times, such as inputs, is a list. */
function grouped(says: Found["facts"]["says"]): ReadonlyMap<string, string | readonly string[]> {
  const lists = new Map<string, string[]>();
  for (const [what, value] of says) lists.set(what, [...(lists.get(what) ?? []), value]);
  return new Map([...lists].map(([what, list]) => [what, list.length === 1 ? list[0] : list]));
}
