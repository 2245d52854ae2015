// The tables of docs/scale.md, off the tables of the compiler.
import { dialects } from "../compiler/emit/module/forms/dialects/list.ts";
import { rowFormats } from "../compiler/emit/module/forms/rows/list.ts";
import { table } from "./markdown.ts";

/** What a filter reads. */
export const rowTable = (): string =>
  table(
    ["`--rows`", "a row is", "texts"],
    rowFormats.map(({ name, says, hasTexts }) => [`\`${name}\``, says, hasTexts ? "yes" : "no"]),
  );

/** Whose SQL there is. */
export const dialectTable = (): string =>
  table(
    ["`--dialect`", "the function is", "most bytes of its body", "the model is evaluated", "WebAssembly"],
    Object.values(dialects).map(({ name, says, mostBytes, evaluated, hasWasm }) => [
      `\`${name}\``,
      says,
      mostBytes === undefined ? "no limit known" : mostBytes.count.toLocaleString("en"),
      evaluated,
      hasWasm ? "yes" : "no",
    ]),
  );
