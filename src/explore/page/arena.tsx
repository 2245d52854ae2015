// Memory by time. In: the arena's rows. Out: an SVG: a bar a value, from its first byte to its last, from the region that writes it to the
// last that reads it. Guarantee: two bars that meet would be two values in one place, which a plan never has.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { GoalReport } from "../report.ts";
import { bytes } from "./numbers.ts";
import { Picks, type Shape } from "./picks.tsx";
import type { State } from "./state.ts";

const height = 220;
const [left, right, top, bottom] = [58, 10, 8, 26];

/** The drawing. */
export function Arena({ state, arena }: { readonly state: State; readonly arena: GoalReport["arena"] }) {
  const around = useRef<HTMLDivElement>(null);
  const width = useSignal(320);
  useLayoutEffect(() => {
    const element = around.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      width.value = Math.max(160, element.clientWidth);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const wide = width.value - left - right;
  const high = height - top - bottom;
  const x = (position: number) => left + (wide * position) / Math.max(1, arena.positions);
  const y = (byte: number) => top + (high * byte) / Math.max(1, arena.bytes);
  const shapes = useMemo(
    () =>
      arena.rows.map(({ thing, name, role, shape, at, bytes: size, from, to }): Shape => {
        const box = {
          x: x(from) + 1,
          y: y(at),
          width: Math.max(3, x(to + 1) - x(from) - 2),
          height: Math.max(2, y(at + size) - y(at)),
        };
        const fits = box.height >= 14 && box.width >= 7 * name.length + 8;
        return {
          thing,
          label: `${name} ${shape}, ${role}: ${bytes(size)} at ${at}, regions ${from} to ${to}`,
          ...box,
          body: (
            <>
              <title>{`${name} ${shape}: ${bytes(size)} at ${at}, regions ${from} to ${to}`}</title>
              <rect {...box} rx="2" />
              {fits && (
                <text x={box.x + 6} y={box.y + box.height / 2} dominant-baseline="central">
                  {name}
                </text>
              )}
            </>
          ),
        };
      }),
    [arena, width.value],
  );
  const step = Math.max(1, Math.ceil(arena.positions / Math.max(1, Math.floor(wide / 36))));
  return (
    <div class="arena" ref={around}>
      <p class="hint">{`Arena: ${bytes(arena.bytes)} down, ${arena.positions} regions across`}</p>
      {arena.rows.length === 0 ? (
        <p class="empty">No value needs room of its own.</p>
      ) : (
        <Picks
          state={state}
          id="arena"
          label="Arena, bytes by time"
          width={width.value}
          height={height}
          shapes={shapes}
          below={() => (
            // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it has the focus
            <g class="axes" aria-hidden="true">
              {[0, 0.5, 1].map((part) => (
                <g key={part}>
                  <path d={`M${left} ${y(part * arena.bytes)}H${left + wide}`} />
                  <text
                    x={left - 6}
                    y={y(part * arena.bytes)}
                    text-anchor="end"
                    dominant-baseline={part === 0 ? "hanging" : "auto"}
                  >
                    {bytes(part * arena.bytes)}
                  </text>
                </g>
              ))}
              {Array.from({ length: Math.ceil(arena.positions / step) }, (_, i) => i * step).map((position) => (
                <text key={position} x={(x(position) + x(position + 1)) / 2} y={height - 10} text-anchor="middle">
                  {position}
                </text>
              ))}
            </g>
          )}
        />
      )}
    </div>
  );
}
