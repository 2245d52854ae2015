// What a net gives over the plane, as a picture that one asks point by point. In: the surface, its rows. Out: a canvas, and a line for the point. Guarantee: pointer and keys come to every point;
// what is said follows the training, and a screen reader hears of it only while that rests.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Rows } from "../datasets.ts";
import { cellAt, cellBy, givenAt, middleOf, type Surface } from "../surface.ts";
import { paintSurface } from "./paint.ts";
import * as session from "./session.ts";

interface SurfaceProps {
  readonly surface: Surface;
  readonly rows: Rows | undefined;
  readonly says: string;
}

/** The picture. */
export function SurfacePart({ surface, rows, says }: SurfaceProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const cell = useSignal<number | undefined>(undefined);
  useEffect(() => {
    if (canvas.current !== null && rows !== undefined) paintSurface(canvas.current, surface, rows);
  }, [surface, rows]);
  const at = cell.value;
  const middle = Math.floor(((surface.size + 1) * surface.size) / 2);
  const [a, b] = middleOf(surface, at ?? middle);
  const percent = (value: number): string => `${50 + (50 * value) / surface.reach}%`;
  return (
    <figure>
      <div
        class="plane"
        // A screen reader hands its arrows over: they move the point.
        role="application"
        aria-label="What the net gives over the plane; arrows move the point"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application has the focus itself
        tabIndex={0}
        onPointerMove={(event) => {
          const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
          cell.value = cellAt(surface, (event.clientX - left) / width, (event.clientY - top) / height);
        }}
        onPointerLeave={() => { cell.value = undefined; }}
        onFocus={() => { cell.value ??= middle; }}
        onBlur={() => { cell.value = undefined; }}
        onKeyDown={(event) => {
          const to = cellBy(surface, event.key, at ?? middle, event.shiftKey ? 8 : 1);
          if (to === undefined) return;
          event.preventDefault();
          cell.value = to;
        }}
      >
        <canvas ref={canvas} width={220} height={220} />
        {at !== undefined && <i style={{ left: percent(a), top: percent(-b) }} />}
      </div>
      <output aria-live={session.progress.value?.running ? "off" : "polite"}>
        {at === undefined ? "Point at the plane for its numbers." : givenAt(surface, at, rows?.classes)}
      </output>
      <figcaption>{says}</figcaption>
    </figure>
  );
} // biome-ignore format: one line a handler
