// The module's text. In: its lines with what each is of, as the emitters tell it. Out: a pane for each entry. Guarantee: predict shows the whole
// module, another entry the kernels that it calls; a line too long to be read is cut, and says by how much.
import type { Line } from "../../../compiler/base/lines.ts";
import type { Pane } from "../report.ts";
import type { Links } from "./links.ts";
import { type Finder, paneOf } from "./panes.ts";

/** Characters of a line that are shown: packed weights are most of a large module. */
export const longestLine = 1000;

/** The module in both forms; lanes are there where they pay. */
export interface CodeLines {
  readonly lines: readonly Line[];
  readonly wasmLines: readonly Line[];
}

/** The panes of the code of an entry. */
export function codePanes({ lines, wasmLines }: CodeLines, links: Links, isWhole: boolean): readonly Pane[] {
  const find = links.find;
  const shown = (all: readonly Line[]): readonly Line[] => {
    const own = isWhole ? all : all.filter((line) => isOfKernel(line, find));
    return withWriters(own, links).map(cut);
  };
  const javascript = paneOf({ stage: "javascript", title: "JavaScript" }, shown(lines), find);
  if (wasmLines.length === 0) return [javascript];
  return [javascript, paneOf({ stage: "webassembly", title: "WebAssembly", target: "simd" }, shown(wasmLines), find)];
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

function cut({ text, of }: Line): Line {
  if (text.length <= longestLine) return { text, of };
  return { text: `${text.slice(0, longestLine)} … ${text.length - longestLine} more characters`, of };
}
