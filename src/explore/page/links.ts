// What lights up together. In: the texts and things of a report. Out: for a line the thing it is of, for a thing its lines. Guarantee: pure;
// a line costs what is shown of it, however long its text: all marks of a text are walked once.
import type { Mark, Pane, Report, ThingId } from "../report.ts";

/** A text, ready to be asked. */
export interface Indexed {
  readonly lines: readonly string[];
  /** The innermost thing of a line, or undefined where no mark covers it. */
  at(line: number): ThingId | undefined;
  /** The stretches of lines that are of a thing. */
  of(thing: ThingId): readonly Mark[];
}

const indexes = new WeakMap<Pane, Indexed>();

/** The index of a text, made when it is first asked for. */
export function indexed(pane: Pane): Indexed {
  const known = indexes.get(pane);
  if (known !== undefined) return known;
  const lines = pane.text.replace(/\n$/, "").split("\n");
  const innermost = new Int32Array(lines.length).fill(-1);
  const marks = new Map<ThingId, Mark[]>();
  // Wide marks first, so that what lies within them has the last word.
  for (const mark of pane.marks.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]))) {
    innermost.fill(mark[2], mark[0], mark[1] + 1);
    const own = marks.get(mark[2]);
    if (own === undefined) marks.set(mark[2], [mark]);
    else own.push(mark);
  }
  for (const own of marks.values()) own.sort((a, b) => a[0] - b[0]);
  const found: Indexed = {
    lines,
    at: (line) => ((innermost[line] ?? -1) < 0 ? undefined : innermost[line]),
    of: (thing) => marks.get(thing) ?? [],
  };
  indexes.set(pane, found);
  return found;
}

/** What is lit: the thing that is pointed at, and what lights up with it. */
export interface Lit {
  readonly own: ThingId | undefined;
  readonly all: ReadonlySet<ThingId>;
}

/** Nothing is pointed at. */
export const dark: Lit = { own: undefined, all: new Set() };

/** A thing with all that lights up with it; dark for one that is not there. */
export function litBy({ things }: Report, own: ThingId | undefined): Lit {
  const thing = own === undefined ? undefined : things[own];
  return own === undefined || thing === undefined ? dark : { own, all: new Set([own, ...thing.lights]) };
}

/** How bright lines are, from one up to and with another: 2 where the thing itself is there, 1 where something is that lights up with it. */
export function brightness(index: Indexed, { own, all }: Lit): (from: number, to?: number) => 0 | 1 | 2 {
  const strong = own === undefined ? [] : index.of(own);
  const weak = [...all].flatMap((thing) => index.of(thing));
  return (from, to = from) => {
    const meets = (mark: Mark) => mark[0] <= to && from <= mark[1];
    return strong.some(meets) ? 2 : weak.some(meets) ? 1 : 0;
  };
}

/** The line that shows best what is lit, or undefined where this text has nothing of it. */
export function bestLine(index: Indexed, { own, all }: Lit): number | undefined {
  if (own !== undefined && index.of(own).length > 0) return index.of(own)[0][0];
  const starts = [...all].flatMap((thing) => index.of(thing).map(([from]) => from));
  // A spread would overflow the stack on what lights up half of a long text.
  return starts.length === 0 ? undefined : starts.reduce((least, start) => Math.min(least, start));
}

/** For each thing the layer it is of, as a place in the report's layers; undefined for what is of none or of several. */
export function layerOf({ things, layers }: Report): (thing: ThingId) => number | undefined {
  const places = new Map(layers.map(({ thing }, place) => [thing, place]));
  const known = new Map<ThingId, number | undefined>();
  return (thing) => {
    if (!known.has(thing)) {
      const own = places.get(thing);
      const found = [...new Set(things[thing]?.lights.flatMap((other) => places.get(other) ?? []))];
      known.set(thing, own ?? (found.length === 1 ? found[0] : undefined));
    }
    return known.get(thing);
  };
}

/** Rows of a text with folds: a line, or −1 − the place of a fold, which stands for its hidden lines or, open, before them. */
export function rowsOf(lines: number, folds: Pane["folds"] = [], open: ReadonlySet<number> = new Set()): Int32Array {
  const rows: number[] = [];
  let line = 0;
  for (const [place, [from, to]] of folds.entries()) {
    if (from < line) continue;
    while (line < from) rows.push(line++);
    rows.push(-1 - place);
    if (!open.has(place)) line = to + 1;
  }
  while (line < lines) rows.push(line++);
  return Int32Array.from(rows);
}

/** The row that shows a line: its own, or the closed fold's it lies in. */
export function rowOf(rows: Int32Array, line: number, folds: Pane["folds"] = []): number {
  const own = rows.indexOf(line);
  const fold = own >= 0 ? -1 : folds.findIndex(([from, to]) => from <= line && line <= to);
  return fold < 0 ? own : rows.indexOf(-1 - fold);
}
