// Boxes and arrows with their places. In: boxes, and which leads to which. Out: a drawing from top to bottom. Guarantee: the same boxes give the
// same places; what is too much to be laid out well stands in a column.
import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing, ThingId } from "../report.ts";

/** What is to be drawn. */
export interface Sketch {
  readonly boxes: readonly { readonly thing: ThingId; readonly label: string }[];
  readonly arrows: readonly { readonly from: ThingId; readonly to: ThingId }[];
}

/** Of letters that are about 7 pixels wide. */
const size = { letter: 7, line: 18, padding: 16, gap: 24 } as const;
/** Beyond as many boxes a layout takes seconds. */
export const mostBoxes = 400;

/** The sketch with every box in its place. */
export function draw({ boxes, arrows }: Sketch): Drawing {
  if (boxes.length > mostBoxes) return column({ boxes, arrows });
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: size.gap, ranksep: size.gap, marginx: size.gap / 2, marginy: size.gap / 2 });
  for (const { thing, label } of boxes) graph.setNode(`${thing}`, extentOf(label));
  // Of several arrows between two boxes one is laid out.
  const joined = new Map(arrows.map((arrow) => [`${arrow.from} ${arrow.to}`, arrow]));
  for (const { from, to } of joined.values()) graph.setEdge(`${from}`, `${to}`, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: boxes.map(({ thing, label }) => {
      const place = graph.node(`${thing}`) as { x: number; y: number; width: number; height: number };
      return {
        ...{ thing, label, width: place.width, height: place.height },
        x: Math.round(place.x - place.width / 2),
        y: Math.round(place.y - place.height / 2),
      };
    }),
    arrows: [...joined.values()].map(({ from, to }) => {
      const { points = [] } = graph.edge(`${from}`, `${to}`) as { points?: readonly { x: number; y: number }[] };
      return {
        from,
        to,
        points: points.map(({ x, y }) => [Math.round(x), Math.round(y)] as const),
      };
    }),
  };
}

function extentOf(label: string): { readonly width: number; readonly height: number } {
  const lines = label.split("\n");
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  return { width: widest * size.letter + size.padding, height: lines.length * size.line + size.padding / 2 };
}

/** One below the other, with arrows from one's bottom to another's top. */
function column({ boxes, arrows }: Sketch): Drawing {
  const made: Drawing["boxes"][number][] = [];
  let y: number = size.gap / 2;
  for (const { thing, label } of boxes) {
    const { width, height } = extentOf(label);
    made.push({ thing, label, x: size.gap / 2, y, width, height });
    y += height + size.gap;
  }
  const at = new Map(made.map((box) => [box.thing, box]));
  return {
    width: made.reduce((most, { width }) => Math.max(most, width), 0) + size.gap,
    height: y,
    boxes: made,
    arrows: arrows.flatMap(({ from, to }) => {
      const [start, end] = [at.get(from), at.get(to)];
      if (start === undefined || end === undefined) return [];
      const points = [
        [start.x + start.width / 2, start.y + start.height],
        [end.x + end.width / 2, end.y],
      ] as const;
      return [{ from, to, points }];
    }),
  };
}
