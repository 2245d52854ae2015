// Functions that `--format sql` defines with JavaScript in them, read as a warehouse reads them. In: the text. Out: the names of the arguments, and the body.
import type { OptionsInput } from "../../compiler/options.ts";

/** A dialect of SQL. */
export type Dialect = NonNullable<OptionsInput["dialect"]>;

/** The dialects that embed JavaScript: how the body and the names of arguments are found in the text. */
export const embedded: Readonly<Partial<Record<Dialect, RegExp>>> = {
  bigquery: /LANGUAGE js AS r"""\n(.*)\n""";\n$/s,
  snowflake: /AS \$\$\n(.*)\n\$\$;\n$/s,
  postgres: /AS \$layerc\$\n(.*)\n\$layerc\$;\n$/s,
};

/** What the warehouse makes a function of. */
export function functionOf(text: string, dialect: Dialect): { readonly names: readonly string[]; readonly body: string } {
  const [, body] = (embedded[dialect] as RegExp).exec(text) as unknown as [string, string];
  const [, list] = /FUNCTION \w+\((.*)\)\nRETURNS/.exec(text) as unknown as [string, string];
  return { names: [...list.matchAll(/[`"](\w+)[`"] /g)].map(([, name]) => name), body };
}
