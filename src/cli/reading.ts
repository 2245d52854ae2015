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
import type { Extent } from "../../compiler/program/program.ts";

/** Lines of a kernel that are shown, where it has more than `most`. */
const [shown, most] = [16, 24];
/** Captions of a line. */
const mostCaptions = 4;
type Shapes = ReadonlyMap<string, readonly Extent[]>;

/** What a person is shown of each stage: addresses stand in nests, schedules and programs; kernels are what is long. */
const shows: Readonly<Record<Snapshot["stage"], readonly ((text: string, shapes: Shapes) => string)[]>> = {
  graph: [],
  plan: [],
  nests: [withCaptions, folded],
  schedule: [withCaptions, folded],
  program: [withCaptions, folded],
};

/** A snapshot for a person; of one layer alone where `path` says so. */
export function reading({ stage, text }: Snapshot, shapes: Shapes, path?: string): string {
  const own = path === undefined ? text : ofLayer(text, path);
  return shows[stage].reduce((read, show) => show(read, shapes), own).trimEnd();
}

/** The shape of every buffer, by the name that stages after the plan have for it. */
export function shapesOf(all: readonly Snapshot[]): Shapes {
  const plan = all.findLast((one) => one.plan !== undefined)?.plan;
  return new Map(plan?.buffers.map(({ name, shape }) => [name, shape]));
}

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
      if (lines.length <= most) return block;
      return [...lines.slice(0, shown), `    … ${lines.length - shown} more lines (--plain prints them)`].join("\n");
    })
    .join("\n");
}

/** `name[address]`, the name bare or quoted. */
const access = /("(?:[^"\\]|\\.)*"|[\w.]+)\[([^\][]+)\]/g;

/** Behind each line the addresses in it, by axes. */
function withCaptions(text: string, shapes: Shapes): string {
  return text
    .split("\n")
    .map((line) => {
      if (!/^ +(?:fold|store|add|where|set|let)\b/.test(line)) return line;
      const captions = [...line.matchAll(access)].flatMap(([, name, address]) => {
        const buffer = name.startsWith('"') ? (JSON.parse(name) as string) : name;
        const caption = captionOf(address, shapes.get(buffer) ?? []);
        return caption === undefined ? [] : [`${buffer}[${caption}]`];
      });
      // A value of many addresses is no longer read by them.
      return captions.length === 0 || captions.length > mostCaptions ? line : `${line}   # ${[...new Set(captions)].join(", ")}`;
    })
    .join("\n");
}

/** `60*i0 + i1 + 9` in [n, 5, 12] as `i0, 0, i1 + 9`. Undefined where there is one axis, or the address is no sum of such terms. */
export function captionOf(address: string, shape: readonly Extent[]): string | undefined {
  if (shape.length < 2) return undefined;
  const terms = address.split(" + ").map((term) => /^(?:(\d+)\*)?([A-Za-z_]\w*|"[^"]*")$|^(\d+)$/.exec(term));
  if (terms.some((term) => term === null)) return undefined;
  const inner = shape.slice(1).map((_, i) => shape.slice(i + 1).reduce((size: number, extent) => size * (typeof extent === "number" ? extent : Number.NaN), 1)); // biome-ignore format: one line
  const strides = [...inner, 1];
  if (strides.some((stride) => !(stride > 0))) return undefined;
  const axes = shape.map((): string[] => []);
  const places = shape.map(() => 0);
  for (const [, factor = "1", variable, constant] of terms as RegExpExecArray[]) {
    let rest = Number(constant ?? factor);
    strides.forEach((stride, axis) => {
      const count = Math.floor(rest / stride);
      rest -= count * stride;
      if (constant !== undefined) places[axis] += count;
      else if (count > 0) axes[axis].push(count === 1 ? variable : `${count}*${variable}`);
    });
  }
  return axes
    .map((own, axis) => (places[axis] > 0 || own.length === 0 ? [...own, `${places[axis]}`] : own).join(" + "))
    .join(", ");
}
