// What a file of data holds, before anything is made of it. In: bytes nobody vouches for. Out: what it says of itself, its layers or operators,
// its weights, and everything that stands against its compilation, all at once. Guarantee: nothing of the file is run; whatever is
// damaged is among the problems.
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import type { Facts, Given } from "./define.ts";
import { open } from "./index.ts";
import { formats } from "./list.ts";
import { arrayFacts } from "./npy-facts.ts";

/** What is in a file. */
export interface Found {
  readonly format: string;
  readonly facts: Facts;
  /** Without any, there is a model. */
  readonly problems: readonly Diagnostic[];
  readonly model?: Model;
}

/** The facts of a file; undefined where it is a text of layerc's own, which says all of it itself. Throws CompileError format/unknown. */
export function factsOf(bytes: Uint8Array, name: string, given: Given): Found | undefined {
  const arrays = arrayFacts(bytes);
  if (arrays !== undefined) return arrays;
  const format = formats.find(({ sniff }) => sniff(bytes, name));
  if (format === undefined) return open(bytes, name, given) as never;
  if (format.facts === undefined) return undefined;
  const problems = new Map<string, Diagnostic>();
  const refuse = (error: CompileError): void => {
    problems.set(JSON.stringify([error.code, error.path, error.message]), error.diagnostic);
  };
  const all: Given = { fileName: name, ...given, refuse };
  const facts = attempt(() => format.facts?.(bytes, all), refuse) ?? { says: [] };
  const model = attempt(() => {
    const made = format.open(bytes, all);
    if (problems.size === 0) resolve(made);
    return made;
  }, refuse);
  return {
    format: format.name,
    facts,
    problems: [...problems.values()],
    ...(problems.size > 0 || model === undefined ? {} : { model }),
  };
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
