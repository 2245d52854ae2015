// What a file of data holds, before anything is made of it. In: bytes nobody vouches for. Out: what it says of itself, its layers or operators,
// its weights, and everything that stands against its compilation, all at once. Guarantee: nothing of the file is run; whatever is
// damaged is among the problems.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Facts, Found, Given } from "./define.ts";
import { kinds } from "./kinds.ts";
import { arrayFacts } from "./npy-facts.ts";
import { type Known, openAs } from "./opening.ts";

/** What is in a file of such a kind; undefined where it is text of layerc's own, which says all of it itself. Throws CompileError format/unknown. */
export function factsOf(format: Known | undefined, bytes: Uint8Array, name: string, given: Given): Found | undefined {
  const arrays = arrayFacts(bytes);
  if (arrays !== undefined) return arrays;
  if (format !== undefined && format.facts === undefined) return undefined;
  const problems = new Map<string, CompileError>();
  const refuse = (error: CompileError): void => {
    problems.set(JSON.stringify([error.code, error.path, error.message]), error);
  };
  const { missing = [], ...facts }: Facts = attempt(
    () => format?.facts?.(bytes, { fileName: name, ...given, refuse }),
    refuse,
  ) ?? { says: [] };
  const model = attempt(() => {
    // Of bytes that are no model this throws what they look like.
    const made = openAs(format, bytes, name, { ...given, refuse });
    if (problems.size === 0) resolve(made);
    return made;
  }, format === undefined ? fail : refuse); // biome-ignore format: one thought
  const known = new Set([...problems.values()].map(({ diagnostic }) => diagnostic.message));
  if (problems.size > 0) for (const error of missing) if (!known.has(error.diagnostic.message)) refuse(error);
  const list = [...problems.values()].map(({ diagnostic }) => diagnostic);
  return {
    format: format === undefined ? "" : kinds[format.key].name,
    facts,
    problems: list,
    ...(list.length > 0 || model === undefined ? {} : { model }),
  };
}

function fail(error: CompileError): never {
  throw error;
}

/** What `work` gives; what it throws of a file is a problem among others. */
function attempt<T>(work: () => T, refuse: (error: CompileError) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
    refuse(error);
    return undefined;
  }
}
