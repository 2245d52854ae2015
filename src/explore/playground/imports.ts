// The import lines of a text. In: their trees. Out: the names they bind. Guarantee: nothing but layerc is imported, and nothing is loaded.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import { importOf } from "../../source/habits.ts";
import { factories } from "./scope.ts";
import type { Import, Place } from "./tree.ts";
import { Misplaced } from "./trouble.ts";

/** Whether a value is a factory of ours, and not a function of `Math`. */
export const namesOf = (value: unknown): boolean => [...factories.values()].includes(value as never);

/** What a line binds, by local name. Throws Misplaced. */
export function importedNames(
  { from, names }: Import,
  known: (name: string) => unknown,
): readonly (readonly [string, unknown])[] {
  if (from.value !== "layerc") {
    const hint = "a model here is one text: put what it needs into it";
    return refuse(from, "source/syntax", `${JSON.stringify(from.value)} is not imported in the playground`, hint);
  }
  return names.map((one) => {
    const { imported, local, isAll } = one;
    if (isAll) return [local, Object.fromEntries(factories)] as const;
    if (imported === "default")
      return refuse(one, "source/no-such-export", "layerc has no default export", 'write: import { dense } from "layerc"');
    const value = known(imported);
    if (value === undefined) {
      const hint = importOf(imported) ?? suggestionFor(imported, [...factories.keys()]);
      return refuse(one, "source/no-such-export", `layerc has no ${JSON.stringify(imported)} for the playground`, hint);
    }
    return [local, value] as const;
  });
}

function refuse({ start, end }: Place, code: CompileError["code"], message: string, hint?: string): never {
  const error = new CompileError({ code, path: "", message, ...(hint === undefined ? {} : { hint }) });
  throw new Misplaced(error, { from: start, to: end });
}
