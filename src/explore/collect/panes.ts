// A text with marks. In: lines that know what they are of. Out: a pane. Guarantee: every mark lies within the text and names a thing; of marks
// that are equally long the first is the nearest.
import type { Line, Of } from "../../../compiler/base/lines.ts";
import { captionsOf, long, type Shapes } from "../captions.ts";
import type { Mark, Pane, ThingId } from "../report.ts";

/** The thing that a line speaks of; undefined where it is none of this entry. */
export type Finder = (of: Of) => ThingId | undefined;

/** What a pane is beside its lines. */
export type PaneHead = Pick<Pane, "stage" | "title" | "target">;

/** A pane of these lines, its long kernels folded. */
export function paneOf(head: PaneHead, lines: readonly Line[], find: Finder, shapes?: Shapes): Pane {
  const captions = shapes === undefined ? {} : captionsBy(lines, shapes);
  const folds = foldsOf(lines);
  return {
    ...head,
    text: lines.map(({ text }) => text).join("\n"),
    marks: marksOf(lines, find),
    ...(Object.keys(captions).length === 0 ? {} : { captions }),
    ...(folds.length === 0 ? {} : { folds }),
  };
}

interface Open {
  readonly from: number;
  to: number;
  readonly thing: ThingId;
  readonly also: boolean;
  /** How near it was where it began. */
  readonly near: number;
}

/** Neighbouring lines of a thing are one mark. */
function marksOf(lines: readonly Line[], find: Finder): readonly Mark[] {
  const open = new Map<ThingId, Open>();
  const all: Open[] = [];
  for (const [at, { of }] of lines.entries())
    for (const [near, one] of of.entries()) {
      const thing = find(one);
      if (thing === undefined) continue;
      const before = open.get(thing);
      const also = one.also === true;
      if (before?.to === at) continue;
      if (before !== undefined && before.to === at - 1 && before.also === also) before.to = at;
      else {
        const made = { from: at, to: at, thing, also, near };
        open.set(thing, made);
        all.push(made);
      }
    }
  all.sort((a, b) => a.from - b.from || a.to - b.to || a.near - b.near);
  return all.map(({ from, to, thing, also }): Mark => (also ? [from, to, thing, 1] : [from, to, thing]));
}

function captionsBy(lines: readonly Line[], shapes: Shapes): Readonly<Record<number, string>> {
  const found = lines.map(({ text }) => captionsOf(text, shapes).join(", "));
  return Object.fromEntries(found.flatMap((caption, at) => (caption === "" ? [] : [[at, caption]])));
}

/** Of long kernels what stands behind their first lines. */
function foldsOf(lines: readonly Line[]): readonly (readonly [from: number, to: number])[] {
  const folds: [number, number][] = [];
  const kernelAt = (at: number): string | undefined =>
    lines[at]?.of.find(({ kind, also }) => kind === "kernel" && also === undefined)?.name;
  for (let from = 0; from < lines.length; ) {
    const kernel = kernelAt(from);
    let end = from + 1;
    while (kernel !== undefined && kernelAt(end) === kernel) end++;
    if (end - from > long.most) folds.push([from + long.shown, end - 1]);
    from = end;
  }
  return folds;
}
