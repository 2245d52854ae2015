// Shapes that can be pointed at. In: things in an order, and how each is drawn. Out: a list box around an SVG. Guarantee: pointer and
// keyboard do the same as in a text, and a screen reader hears the same names.
import { effect, useSignal } from "@preact/signals";
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { ThingId } from "../report.ts";
import { moved } from "./lines.tsx";
import type { State } from "./state.ts";

/** A shape. */
export interface Shape {
  readonly thing: ThingId;
  /** What it is called aloud. */
  readonly label: string;
  readonly body: ComponentChildren;
}

interface PicksProps {
  readonly state: State;
  readonly id: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
  /** What lies below the shapes: arrows, axes. */
  readonly children?: ComponentChildren;
}

/** The list box. */
export function Picks({ state, id, label, width, height, shapes, children }: PicksProps) {
  const box = useRef<HTMLDivElement>(null);
  const name = useId();
  const active = useSignal(0);
  const focused = useSignal(false);
  const shapeOf = (target: EventTarget | null): number | undefined => {
    const found = (target as Element | null)?.closest("[data-shape]")?.getAttribute("data-shape");
    return found == null ? undefined : Number(found);
  };
  /** Brings a shape into sight, where it is not. */
  const reveal = (row: number): void => {
    const element = box.current;
    const shape = element?.querySelector(`[data-shape="${row}"]`)?.getBoundingClientRect();
    if (element === null || shape === undefined) return;
    const seen = element.getBoundingClientRect();
    if (shape.top < seen.top || shape.bottom > seen.bottom) element.scrollTop += shape.top - seen.top - seen.height / 3;
    if (shape.left < seen.left || shape.right > seen.right) element.scrollLeft += shape.left - seen.left - seen.width / 3;
  };
  useEffect(
    () =>
      effect(() => {
        const [light, at] = [state.lit.value, state.pointed.value];
        if (at === undefined || at.pane === id) return;
        const own = shapes.findIndex(({ thing }) => thing === light.own);
        const row = own >= 0 ? own : shapes.findIndex(({ thing }) => light.all.has(thing));
        if (row >= 0) reveal(row);
      }),
    [state, shapes, id],
  );
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || shapes.length === 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      state.pin(shapes[active.value]?.thing, id);
      return;
    }
    const to = moved(event.key, active.value, shapes.length, 5);
    if (to === undefined) return;
    event.preventDefault();
    active.value = to;
    reveal(to);
    state.point(shapes[to].thing, id);
  };
  const lit = state.lit.value;
  const row = Math.min(active.value, shapes.length - 1);
  const layer = state.layer.value;
  return (
    <div
      ref={box}
      class="picks"
      role="listbox"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={focused.value && row >= 0 ? `${name}-${row}` : undefined}
      tabIndex={0}
      onPointerOver={(event) => {
        const found = shapeOf(event.target);
        if (event.pointerType !== "touch") state.point(found === undefined ? undefined : shapes[found].thing, id);
      }}
      onPointerLeave={() => state.point(undefined, id)}
      onClick={(event) => {
        const found = shapeOf(event.target);
        if (found === undefined) return;
        active.value = found;
        state.pin(shapes[found].thing, id);
      }}
      onKeyDown={onKeyDown}
      onFocus={() => {
        focused.value = true;
        if (box.current?.matches(":focus-visible")) state.point(shapes[row]?.thing, id);
      }}
      onBlur={() => {
        focused.value = false;
        state.point(undefined, id);
      }}
    >
      <svg role="presentation" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {children}
        {shapes.map(({ thing, label: says, body }, i) => {
          const strip = layer(thing);
          const level = lit.own === thing ? "lit own" : lit.all.has(thing) ? "lit" : "";
          return (
            <g
              key={i}
              id={`${name}-${i}`}
              data-shape={i}
              role="option"
              aria-label={says}
              aria-selected={level !== ""}
              class={`shape ${level} ${focused.value && i === row ? "active" : ""} ${strip === undefined ? "" : `layer${strip % 8}`}`}
            >
              {body}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
