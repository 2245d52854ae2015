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
  // Wide marks first, so that what lies within them has the last word; of equally wide ones the first has it.
  for (const mark of pane.marks.toReversed().sort((a, b) => b[1] - b[0] - (a[1] - a[0]))) {
    const [from, to, thing, also] = mark;
    if (also === undefined) innermost.fill(thing, from, to + 1);
    const own = marks.get(thing);
    if (own === undefined) marks.set(thing, [mark]);
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

/**
 * A thing with all that lights up with it; dark for one that is not there. A rewrite has no line of its own, so what it lights shines in its
 * place, with all that belongs to that.
 */
export function litBy({ things }: Report, own: ThingId | undefined): Lit {
  const thing = own === undefined ? undefined : things[own];
  if (own === undefined || thing === undefined) return dark;
  const further = thing.kind === "rewrite" ? thing.lights.flatMap((other) => things[other]?.lights ?? []) : [];
  return { own, all: new Set([own, ...thing.lights, ...further]) };
}

const keys = new WeakMap<Report["things"], readonly string[]>();

/** What things are called in an address: kind and name, of a goal the same in each, and a number where that is not enough. */
export function keysOf({ things }: Report): readonly string[] {
  const known = keys.get(things);
  if (known !== undefined) return known;
  const seen = new Map<string, number>();
  const made = things.map(({ kind, name, goal = "" }) => {
    const full = `${goal} ${kind} ${name}`;
    const times = (seen.get(full) ?? 0) + 1;
    seen.set(full, times);
    return `${kind} ${name}${times === 1 ? "" : `~${times}`}`;
  });
  keys.set(things, made);
  return made;
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
  const made = (thing: ThingId): readonly Mark[] => index.of(thing).filter(([, , , also]) => also === undefined);
  if (own !== undefined && made(own).length > 0) return made(own)[0][0];
  const known = [...all].flatMap(made);
  const starts = (known.length > 0 ? known : [...all].flatMap(index.of)).map(([from]) => from);
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

/** The lines that have these words, in any case of letters; none for no words. */
export function linesWith(index: Indexed, words: string): readonly number[] {
  const wanted = words.trim().toLowerCase();
  return wanted === "" ? [] : index.lines.flatMap((line, i) => (line.toLowerCase().includes(wanted) ? [i] : []));
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
