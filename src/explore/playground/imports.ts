// The import lines of a text. In: their trees. Out: the names they bind. Guarantee: nothing but layerc is imported, and nothing is loaded.
import type { AnyNode, ImportDeclaration, Program } from "acorn";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import { importOf } from "../../source/habits.ts";
import { factories } from "./scope.ts";
import { Misplaced } from "./trouble.ts";

/** A text as a tree. */
export type Parsed = Program;

/** Whether a value is a factory of ours, and not a function of `Math`. */
export const namesOf = (value: unknown): boolean => [...factories.values()].includes(value as never);

/** What a line binds, by local name. Throws Misplaced. */
export function importedNames(
  { source, specifiers }: ImportDeclaration,
  known: (name: string) => unknown,
): readonly (readonly [string, unknown])[] {
  if (source.value !== "layerc") {
    const hint = "a model here is one text: put what it needs into it";
    return refuse(source, "source/syntax", `${JSON.stringify(source.value)} is not imported in the playground`, hint);
  }
  return specifiers.map((specifier) => {
    if (specifier.type === "ImportNamespaceSpecifier") return [specifier.local.name, Object.fromEntries(factories)] as const;
    if (specifier.type === "ImportDefaultSpecifier")
      return refuse(specifier, "source/no-such-export", "layerc has no default export", 'write: import { dense } from "layerc"');
    const { imported } = specifier;
    const name = imported.type === "Identifier" ? imported.name : String(imported.value);
    const value = known(name);
    if (value === undefined) {
      const hint = importOf(name) ?? suggestionFor(name, [...factories.keys()]);
      return refuse(specifier, "source/no-such-export", `layerc has no ${JSON.stringify(name)} for the playground`, hint);
    }
    return [specifier.local.name, value] as const;
  });
}

function refuse({ start, end }: AnyNode, code: CompileError["code"], message: string, hint?: string): never {
  const error = new CompileError({ code, path: "", message, ...(hint === undefined ? {} : { hint }) });
  throw new Misplaced(error, { from: start, to: end });
}
