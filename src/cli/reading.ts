// The text of a stage as a person reads it. In: a snapshot's text, the Plan it came from. Out: the same text with a caption behind each address, long
// kernels folded, or the lines of one layer alone. Guarantee: a caption is computed from the address and the buffer's shape, so that it says
// where the address is, whatever made it; nothing but captions and folds differs from the plain text.
//
//   store h[60*i0 + 12*i1 + i2] = …   # h[i0, i1, i2]          h is [n, 5, 12]: the address by its axes
//     … 41 more lines                                          a kernel of more than `most` lines

import type { Snapshot } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { type Graph, isGraph } from "../../compiler/graph/graph.ts";
import type { Origin } from "../../compiler/graph/origin.ts";
import { captionsOf, long, type Shapes, shapesIn } from "../explore/captions.ts";

/** What a person is shown of each stage: addresses stand in nests and schedules, and are too many in a program; kernels are what is long. */
const shows: Readonly<Record<Snapshot["stage"], readonly ((text: string, shapes: Shapes) => string)[]>> = {
  graph: [],
  plan: [],
  nests: [withCaptions, folded],
  schedule: [withCaptions, folded],
  program: [folded],
};

/** A snapshot for a person; of one layer alone where `path` says so. */
export function reading({ stage, text }: Snapshot, shapes: Shapes, path?: string): string {
  const own = path === undefined ? text : ofLayer(text, path);
  return shows[stage].reduce((read, show) => show(read, shapes), own).trimEnd();
}

/** The shape of every buffer, by the name that stages after the plan have for it. */
export const shapesOf = (all: readonly Snapshot[]): Shapes => shapesIn(all.findLast(({ plan }) => plan !== undefined)?.plan);

/** The path of a layer, given by its name or that path. Throws CompileError where there is none. */
export function layerPath(all: readonly Snapshot[], wanted: string): string {
  const origins = all.flatMap(({ graph }) => (graph === undefined ? [] : originsIn(graph))).filter(({ path }) => path !== "");
  const found = origins.find(({ name, path }) => name === wanted || path === wanted);
  if (found !== undefined) return found.path;
  const names = [...new Set(origins.map(({ name }) => name))];
  throw new CompileError({
    code: "cli/option",
    path: "",
    message: `no layer that computes anything is called ${JSON.stringify(wanted)}`,
    hint: suggestionFor(wanted, names),
  });
}

const originsIn = ({ nodes, origins }: Graph): readonly Origin[] => [
  ...origins.values(),
  ...nodes.flatMap(({ attrs }) => (isGraph(attrs.body) ? originsIn(attrs.body) : [])),
];

/** Lines that name the layer, what stands below them, and what they stand below. */
export function ofLayer(text: string, path: string): string {
  const lines = text.trimEnd().split("\n");
  const depths = lines.map((line) => line.length - line.trimStart().length);
  const isNamed = lines.map((line) => line.includes(`${path} `) || line.includes(`${path}.`));
  const kept = new Set<number>([0]);
  const above: number[] = [];
  lines.forEach((_, i) => {
    while (above.length > 0 && depths[above[above.length - 1]] >= depths[i]) above.pop();
    if (isNamed[i]) for (const parent of above) kept.add(parent);
    if (isNamed[i] || above.some((parent) => isNamed[parent])) kept.add(i);
    above.push(i);
  });
  return kept.size === 1 ? `${lines[0]}\n  nothing of its own: other layers' lines compute it, or it does nothing here` : lines.filter((_, i) => kept.has(i)).join("\n"); // biome-ignore format: one line
}

/** Blocks of the first level that are long, cut short. */
function folded(text: string): string {
  const blocks = text.trimEnd().split(/\n(?! )/);
  return blocks
    .map((block) => {
      const lines = block.split("\n");
      if (lines.length <= long.most) return block;
      return [...lines.slice(0, long.shown), `    … ${lines.length - long.shown} more lines (--plain prints them)`].join("\n");
    })
    .join("\n");
}

/** Behind each line the addresses in it, by axes. */
function withCaptions(text: string, shapes: Shapes): string {
  return text
    .split("\n")
    .map((line) => {
      const captions = captionsOf(line, shapes);
      return captions.length === 0 ? line : `${line}   # ${captions.join(", ")}`;
    })
    .join("\n");
}
