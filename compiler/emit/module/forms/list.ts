// THE table of forms: what `format` may be. In: options as they were given and as they were parsed. Out: how a module is written, and options
// that fit each other.
import { CompileError } from "../../../diagnostics/error.ts";
import { showValue } from "../../../diagnostics/show.ts";
import { type Options, type OptionsInput, optionsSchema } from "../../../options.ts";
import { levels } from "../../syntax/levels.ts";
import { filter } from "./filter.ts";
import type { Form } from "./form.ts";
import { cjs, esm, iife } from "./importable.ts";
import { sql } from "./sql.ts";
import { wasm } from "./wasm.ts";

/** Every form. */
export const forms: Readonly<Record<Options["format"], Form>> = { esm, iife, cjs, filter, sql, wasm };

/**
 * The options with what the form settles. Throws CompileError options/invalid for another value of such an option than it or the default, and
 * for an option that is another form's.
 */
export function settle(input: OptionsInput, parsed: Options): Options {
  const options = input.format === undefined ? { ...parsed, format: levels[parsed.syntax].format ?? parsed.format } : parsed;
  const fail = (key: string, message: string, hint: string): never => {
    throw new CompileError({ code: "options/invalid", path: key, message, hint });
  };
  for (const [format, { own }] of Object.entries(forms)) {
    const key = own.find((key) => options[key] !== undefined);
    if (key !== undefined && format !== options.format)
      fail(key, `${key} is an option of format ${showValue(format)}, found format ${showValue(options.format)}`, "leave it out"); // biome-ignore format: one line
  }
  for (const [key, hint] of Object.entries(forms[options.format].needs))
    if (options[key as keyof Options] === undefined) fail(key, `format ${showValue(options.format)} needs a ${key}`, hint);
  const defaults = optionsSchema.parse({});
  const fixed = forms[options.format].fixed(options);
  for (const [key, value] of Object.entries(fixed)) {
    const given = input[key as keyof OptionsInput];
    // The command line gives defaults too.
    if (given !== undefined && given !== value && given !== defaults[key as keyof Options])
      fail(key, `format ${showValue(options.format)} has ${key} ${showValue(value)} alone, found ${showValue(given)}`, "leave it out"); // biome-ignore format: one line
  }
  // In the order of the schema, in which a header is read again: the hash of a module is over options as they stand.
  return optionsSchema.parse({ ...options, ...fixed });
}
