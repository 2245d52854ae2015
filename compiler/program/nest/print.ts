// Trees of nests as text that compiler/program/nest/parse.ts reads back. In: a Program whose kernels are nests. Out: text; equal
// programs give equal text.
import { indented, type Line, line, textOf } from "../../base/lines.ts";
import type { Program } from "../program.ts";
import { headLine, printExtent, programLinesWith, ValuePrinter } from "../text/print.ts";
import { quote } from "../text/words.ts";
import { isLoop, type Nest, type NestKernel, storesOf, type Tree, valuesOfNest } from "./nest.ts";

/** The whole Program at the stage `nests`. */
export const printNests = (program: Program<NestKernel>): string => textOf(nestsLines(program));

/** The same as lines. */
export const nestsLines = (program: Program<NestKernel>): readonly Line[] =>
  programLinesWith(program, "nests", (kernel) => treeLines(kernel, nestLines));

/** A kernel's lines; `leaf` gives those of a nest, without indentation. */
export function treeLines<L>(kernel: NestKernel<L>, leaf: (leaf: L) => readonly Line[]): Line[] {
  const lines = [line(headLine("kernel", kernel))];
  const walk = (parts: readonly Tree<L>[], indent: string): void => {
    for (const part of parts) {
      if (isLoop(part)) {
        lines.push(line(`${indent}for ${quote(part.loop)} < ${printExtent(part.to)}`));
        walk(part.parts, `${indent}  `);
      } else lines.push(...leaf(part).map((one) => indented(indent, one)));
    }
  };
  walk(kernel.parts, "  ");
  return lines;
}

/** What a nest folds over which points, and where it goes. */
export const printNest = (nest: Nest): string => nestNotes(nest).join("\n");

/** The same as lines of text. */
export const nestNotes = (nest: Nest): string[] => nestLines(nest).map(({ text }) => text);

/** The same, each line with the buffers that it reads and writes. */
export function nestLines(nest: Nest): Line[] {
  const dims = (word: string, list: Nest["map"]): readonly Line[] =>
    list.length === 0 ? [] : [line(`${word} ${list.map(([name, extent]) => `${quote(name)} < ${printExtent(extent)}`).join(", ")}`)]; // biome-ignore format: one line
  const { fold, into } = nest;
  const values = new ValuePrinter(valuesOfNest(nest), new Map());
  const body: Line[] = [];
  if (fold !== undefined) {
    body.push(...dims("reduce", nest.reduce));
    const partial = fold.partial === undefined ? "" : ` in ${fold.partial} sums`;
    const text = `fold ${fold.how} ${fold.term.map((term) => values.print(term)).join(", ")} from ${values.print(fold.init)}${partial}`;
    body.push(values.line(text));
  }
  for (const { finish, out } of storesOf(nest)) {
    const text = `${into} ${quote(out.buffer)}${values.index(out.index)} ${into === "add" ? "+=" : "="} ${values.print(finish)}`;
    body.push(values.line(text, [out.buffer]));
  }
  const inside = [...dims("map", nest.map), ...values.where, ...body];
  return [line(headLine("nest", nest)), ...inside.map((one) => indented("  ", one))];
}
