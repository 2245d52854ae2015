// A text of one stage. In: its lines, marks, captions and folds. Out: lines that light up, and that light others up. Guarantee: a text is shown as text:
// every part is a text node, cut where a line is longer than anybody reads.
import { effect, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Pane } from "../report.ts";
import { type Line, Lines } from "./lines.tsx";
import { bestLine, brightness, indexed, linesWith, rowOf, rowsOf } from "./links.ts";
import type { State } from "./state.ts";
import { tokens } from "./tokens.ts";

/** Characters of a line that are shown; a report cuts its own before. */
const longest = 1100;
/** Milliseconds a pointer rests before other panes scroll: on its way it lights lines up, and nothing jumps. */
const rest = 90;

/** A line in colours. */
export function Colored({ stage, text }: { readonly stage: Pane["stage"]; readonly text: string }) {
  const cut = text.length > longest;
  return (
    <>
      {tokens(stage, cut ? text.slice(0, longest) : text).map(([kind, part], i) =>
        kind === "" ? part : <span key={i} class={`t-${kind}`}>{part}</span>,
      )}
      {cut && <span class="t-c">{` … ${text.length - longest} more characters`}</span>}
    </>
  ); // biome-ignore format: one line a case
}

/** The pane. */
export function Text({ state, pane, id }: { readonly state: State; readonly pane: Pane; readonly id: string }) {
  const index = indexed(pane);
  const opened = useSignal<{ readonly pane: Pane; readonly folds: ReadonlySet<number> }>({ pane, folds: new Set() });
  const open = opened.value.pane === pane ? opened.value.folds : undefined;
  const rows = useMemo(() => rowsOf(index.lines.length, pane.folds, open), [pane, open]);
  const width = useMemo(() => {
    const of = (line: string, i: number) => Math.min(line.length, longest + 30) + (pane.captions?.[i]?.length ?? -3) + 4;
    return index.lines.reduce((most, line, i) => Math.max(most, of(line, i)), 0);
  }, [pane]);
  const reveal = useSignal<{ readonly row: number } | undefined>(undefined);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const { lit, pointed } = state;
      const [light, at] = [lit.value, pointed.value];
      clearTimeout(timer);
      if (at === undefined || at.pane === id) return;
      timer = setTimeout(() => {
        const line = bestLine(index, light);
        if (line !== undefined) reveal.value = { row: rowOf(rows, line, pane.folds) };
      }, rest);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [state, pane, rows, id]);

  const { words, place } = state.find.value;
  const places = useMemo(() => linesWith(index, words), [index, words]);
  const found = useMemo(() => new Set(places), [places]);
  useEffect(() => {
    if (places.length > 0) reveal.value = { row: rowOf(rows, places[place % places.length], pane.folds) };
  }, [places, place]);
  const lit = state.lit.value;
  const bright = useMemo(() => brightness(index, lit), [index, lit]);
  const layer = state.layer.value;
  const thingOf = (row: number) => index.at(rows[row] >= 0 ? rows[row] : (pane.folds?.[-1 - rows[row]]?.[0] ?? -1));
  const line = (row: number): Line => {
    const at = rows[row];
    const thing = thingOf(row);
    const strip = thing === undefined ? undefined : layer(thing);
    if (at >= 0) {
      const level = bright(at);
      const caption = pane.captions?.[at];
      return {
        class: `${["", "lit", "lit own"][level]} ${found.has(at) ? "found" : ""}`,
        selected: level > 0,
        ...(strip !== undefined && { layer: strip }),
        body: (
          <>
            <span class="number">{at + 1}</span>
            <Colored stage={pane.stage} text={index.lines[at]} />
            {caption !== undefined && <span class="caption">{`  ${caption}`}</span>}
          </>
        ),
      };
    }
    const [from, to] = pane.folds?.[-1 - at] ?? [0, 0];
    const isOpen = open?.has(-1 - at) === true;
    const hides = !isOpen && bright(from, to) > 0;
    return {
      class: `fold ${hides ? "lit" : ""}`,
      selected: hides,
      ...(strip !== undefined && { layer: strip }),
      body: `${isOpen ? "▾" : "▸"} ${to - from + 1} lines ${isOpen ? "shown" : "folded"}`,
    };
  };
  return (
    <Lines
      label={`${pane.title}, lines`}
      count={rows.length}
      width={width + 6}
      line={line}
      reveal={reveal}
      onPoint={(row) => state.point(row === undefined ? undefined : thingOf(row), id)}
      onPick={(row) => {
        if (rows[row] >= 0) return state.pin(thingOf(row), id);
        const folds = new Set(open);
        if (!folds.delete(-1 - rows[row])) folds.add(-1 - rows[row]);
        opened.value = { pane, folds };
      }}
    />
  );
}
