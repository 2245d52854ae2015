// Trees of nests as text that compiler/program/nest/parse.ts reads back. In: a Program whose kernels are nests. Out: text; equal
// programs give equal text.
import type { Program } from "../program.ts";
import { headLine, printExtent, printProgramWith, ValuePrinter } from "../text/print.ts";
import { quote } from "../text/words.ts";
import { isLoop, type Nest, type NestKernel, storesOf, type Tree, valuesOfNest } from "./nest.ts";

/** The whole Program at the stage `nests`. */
export const printNests = (program: Program<NestKernel>): string =>
  printProgramWith(program, "nests", (kernel) => treeLines(kernel, nestLines));

/** A kernel's lines; `leaf` gives those of a nest, without indentation. */
export function treeLines<L>(kernel: NestKernel<L>, leaf: (leaf: L) => readonly string[]): string[] {
  const lines = [headLine("kernel", kernel)];
  const walk = (parts: readonly Tree<L>[], indent: string): void => {
    for (const part of parts) {
      if (isLoop(part)) {
        lines.push(`${indent}for ${quote(part.loop)} < ${printExtent(part.to)}`);
        walk(part.parts, `${indent}  `);
      } else lines.push(...leaf(part).map((line) => indent + line));
    }
  };
  walk(kernel.parts, "  ");
  return lines;
}

/** What a nest folds over which points, and where it goes. */
export const printNest = (nest: Nest): string => nestLines(nest).join("\n");

/** The same as lines. */
export function nestLines(nest: Nest): string[] {
  const dims = (word: string, list: Nest["map"]): readonly string[] =>
    list.length === 0 ? [] : [`${word} ${list.map(([name, extent]) => `${quote(name)} < ${printExtent(extent)}`).join(", ")}`];
  const { fold, into } = nest;
  const values = new ValuePrinter(valuesOfNest(nest), new Map());
  const body: string[] = [];
  if (fold !== undefined) {
    body.push(...dims("reduce", nest.reduce));
    body.push(
      `fold ${fold.how} ${fold.term.map((term) => values.print(term)).join(", ")} from ${values.print(fold.init)}${fold.partial === undefined ? "" : ` in ${fold.partial} sums`}`,
    );
  }
  for (const { finish, out } of storesOf(nest))
    body.push(`${into} ${quote(out.buffer)}${values.index(out.index)} ${into === "add" ? "+=" : "="} ${values.print(finish)}`);
  return [headLine("nest", nest), ...[...dims("map", nest.map), ...values.where, ...body].map((line) => `  ${line}`)];
}
