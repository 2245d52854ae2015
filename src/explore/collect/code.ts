// The module's text. In: its lines with what each is of, as the emitters tell it. Out: a pane for each entry. Guarantee: predict shows the whole
// module, another entry the kernels that it calls; a line too long to be read is cut, and says by how much.
import type { Line } from "../../../compiler/base/lines.ts";
import type { Pane } from "../report.ts";
import type { Links } from "./links.ts";
import { type Finder, paneOf } from "./panes.ts";

/** Characters of a line that are shown: packed weights are most of a large module. */
const longestLine = 1000;
/** The same of the numbers of one weight, which say less. */
const longestPart = 160;

/** The module in both forms; lanes are there where they pay. */
export interface CodeLines {
  readonly lines: readonly Line[];
  readonly wasmLines: readonly Line[];
  /** With relaxed SIMD; absent in what keeps no such text. */
  readonly relaxedLines?: readonly Line[];
}

/** The panes of the code of an entry. */
export function codePanes({ lines, wasmLines, relaxedLines = [] }: CodeLines, links: Links, isWhole: boolean): readonly Pane[] {
  const find = links.find;
  const shown = (all: readonly Line[]): readonly Line[] => {
    const own = isWhole ? all : all.filter((line) => isOfKernel(line, find));
    return withWriters(own.flatMap(byBuffer), links).map(cut);
  };
  const javascript = paneOf({ stage: "javascript", title: "JavaScript" }, shown(lines), find);
  if (wasmLines.length === 0) return [javascript];
  const plain = paneOf({ stage: "webassembly", title: "WebAssembly", target: "simd" }, shown(wasmLines), find);
  const other = functionsOf(shown(relaxedLines), functionsOf(shown(wasmLines)).map(textOf));
  if (other.length === 0) return [javascript, plain];
  const head = { text: ";; kernels that relaxed SIMD writes otherwise; all others are those of the plain form", of: [] };
  const relaxed = paneOf({ stage: "webassembly", title: "WebAssembly", target: "relaxed" }, [head, ...other.flat()], find);
  return [javascript, plain, relaxed];
}

const textOf = (lines: readonly Line[]): string => lines.map(({ text }) => text).join("\n");

/** The functions of a module in WebAssembly, but for those of these texts. */
function functionsOf(lines: readonly Line[], known: readonly string[] = []): readonly (readonly Line[])[] {
  const all: Line[][] = [];
  let indent = -1;
  for (const line of lines) {
    const own = line.text.search(/\S/);
    if (line.text.startsWith("(func ", own)) {
      all.push([line]);
      indent = own;
    } else if (indent >= 0) {
      all[all.length - 1].push(line);
      if (own <= indent) indent = -1;
    }
  }
  const texts = new Set(known);
  return all.filter((one) => !texts.has(textOf(one)));
}

const isOfKernel = ({ of }: Line, find: Finder): boolean =>
  of.some((one) => one.kind === "kernel" && one.also === undefined && find(one) !== undefined);

/** In a straight line what is stored is of the region that stores it: no kernel says so. */
export function withWriters(lines: readonly Line[], { isStraight, writerOf }: Links): readonly Line[] {
  if (!isStraight) return lines;
  return lines.map(({ text, of }): Line => {
    const isInside = of.some(({ kind }) => kind === "kernel");
    const written = of.find(({ kind, also }) => isInside && kind === "buffer" && also === undefined);
    const region = written === undefined ? undefined : writerOf(written.name);
    return { text, of: region === undefined ? of : [{ kind: "region", name: region.id }, ...of] };
  });
}

/** A line of weights as a row for each buffer that it holds; what stands before the first has a row of its own. */
function byBuffer(line: Line): readonly Line[] {
  const { text, parts = [] } = line;
  if (parts.length === 0) return [line];
  const rows = parts.map(({ from, of }, i): Line => ({ text: cutAt(text.slice(from, parts[i + 1]?.from), longestPart), of }));
  return [{ text: text.slice(0, parts[0].from), of: [] }, ...rows];
}

const cut = ({ text, of }: Line): Line => ({ text: cutAt(text, longestLine), of });
const cutAt = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)} … ${text.length - most} more characters`;
