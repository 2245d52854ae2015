// What changed between two texts of the IR. In: text before and after. Out: lines, kept, gone and new.
// Guarantee: a number %12 means the line that defines it, so that renumbering alone changes no line, and a line whose operand was
// replaced is shown once: what is made of its result is not.

/** A line of either text, and in which of them it stands. */
export interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

interface Line {
  readonly text: string;
  /** Where its operands are defined, or -1. */
  readonly uses: readonly number[];
  /** The text without numbers. */
  readonly form: string;
  /** The same for lines with the same form over the same terms. */
  readonly term: number;
}

const number = /%\d+/g;

/** Lines with what their numbers mean: the last line above, as far indented, that defines one. A body of its own counts anew. */
function read(text: string, terms: Map<string, number>): Line[] {
  const lines: Line[] = [];
  const scopes: { readonly indent: number; readonly defined: Map<string, number> }[] = [];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const indent = line.length - line.trimStart().length;
    // Under these stand numbers of the lines above, as far indented as they.
    const isTitle = /^ *(results|updates)$/.test(line);
    while (!isTitle && scopes.length > 0 && scopes[scopes.length - 1].indent > indent) scopes.pop();
    if (!isTitle && scopes.at(-1)?.indent !== indent) scopes.push({ indent, defined: new Map() });
    const defined = scopes.at(-1)?.defined ?? new Map<string, number>();
    const own = /^\s*(?:where )?(%\d+) = /.exec(line)?.[1];
    const names = line.match(number) ?? [];
    const uses = (own === undefined ? names : names.slice(1)).map((name) => defined.get(name) ?? -1);
    const form = line.replace(number, "%");
    const key = `${form} of ${uses.map((at) => lines[at]?.term ?? -1).join()}`;
    const term = terms.get(key) ?? terms.size;
    terms.set(key, term);
    if (own !== undefined) defined.set(own, lines.length);
    lines.push({ text: line, uses, form, term });
  }
  return lines;
}

/** Most pairs of lines that are weighed; a larger change is shown as all old and all new lines. */
const most = 8_000_000;

/** Every line of both texts, in order: kept lines as they are after. */
export function diffOf(before: string, after: string): readonly DiffLine[] {
  const terms = new Map<string, number>();
  const [old, now] = [read(before, terms), read(after, terms)];
  const partner = new Map(align(old, now));
  const isKept = (i: number, j: number): boolean =>
    old[i].uses.every((at, k) => (at < 0 ? now[j].uses[k] < 0 : partner.get(at) === now[j].uses[k]));
  const out: DiffLine[] = [];
  let added: DiffLine[] = [];
  let j = 0;
  const addTo = (end: number): void => {
    for (; j < end; j++) added.push({ sign: "+", text: now[j].text });
  };
  const settle = (): void => {
    out.push(...added);
    added = [];
  };
  for (const [i, { text }] of old.entries()) {
    const to = partner.get(i);
    if (to === undefined || !isKept(i, to)) {
      out.push({ sign: "-", text });
      if (to !== undefined) addTo(to + 1);
      continue;
    }
    addTo(to);
    settle();
    out.push({ sign: " ", text: now[to].text });
    j = to + 1;
  }
  addTo(now.length);
  settle();
  return out;
}

/** Pairs of lines of one form, ascending: the longest list of them, where equal terms count more. */
function align(old: readonly Line[], now: readonly Line[]): [number, number][] {
  let start = 0;
  while (start < old.length && start < now.length && old[start].term === now[start].term) start++;
  const pairs = Array.from({ length: start }, (_, i): [number, number] => [i, i]);
  const [height, width] = [old.length - start, now.length - start];
  if (height * width > most) return pairs;
  const score = (i: number, j: number): number =>
    old[start + i].form !== now[start + j].form ? 0 : old[start + i].term === now[start + j].term ? 3 : 1;
  // best[i, j]: of the lines from i and from j on.
  const best = new Uint32Array((height + 1) * (width + 1));
  const at = (i: number, j: number): number => i * (width + 1) + j;
  for (let i = height - 1; i >= 0; i--)
    for (let j = width - 1; j >= 0; j--) {
      const pair = score(i, j);
      const without = Math.max(best[at(i + 1, j)], best[at(i, j + 1)]);
      best[at(i, j)] = pair > 0 ? Math.max(without, best[at(i + 1, j + 1)] + pair) : without;
    }
  for (let i = 0, j = 0; i < height && j < width; ) {
    const pair = score(i, j);
    if (pair > 0 && best[at(i, j)] === best[at(i + 1, j + 1)] + pair) pairs.push([start + i++, start + j++]);
    else if (best[at(i, j)] === best[at(i + 1, j)]) i++;
    else j++;
  }
  return pairs;
}

/** Lines that are shown around a change. */
export const around = 3;

/** Which lines are a change, or near one. */
export function nearChanges(lines: readonly DiffLine[]): readonly boolean[] {
  const isNear = lines.map(() => false);
  for (const [i, { sign }] of lines.entries()) if (sign !== " ") isNear.fill(true, Math.max(0, i - around), i + around + 1);
  return isNear;
}
