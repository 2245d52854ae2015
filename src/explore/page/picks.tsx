// Shapes that can be pointed at. In: things in an order, where each is, and how it is drawn. Out: a list box around an SVG. Guarantee: pointer and
// keyboard do the same as in a text, and a screen reader hears the same names; only what is within sight is there, and pointing draws nothing anew.
import { effect, type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { ThingId } from "../report.ts";
import { moved } from "./lines.tsx";
import type { State } from "./state.ts";

/** A shape. */
export interface Shape {
  readonly thing: ThingId;
  /** What it is called aloud. */
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly body: ComponentChildren;
}

/** Whether something between two heights is within sight. */
export type Sees = (top: number, bottom: number) => boolean;

interface PicksProps {
  readonly state: State;
  readonly id: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
  /** Whether the reader may make it larger and smaller. */
  readonly canZoom?: boolean;
  /** What lies below the shapes: arrows, axes. */
  readonly below: (sees: Sees) => ComponentChildren;
}

/** As wide as there is room for, but no smaller than can be read; or as large as the reader wants it. */
const fitted = (width: number, zoom: number | undefined) =>
  zoom === undefined
    ? { width: "100%", maxWidth: `${width}px`, minWidth: `${Math.round(0.7 * width)}px`, height: "auto" }
    : { width: `${Math.round(zoom * width)}px`, maxWidth: "none", minWidth: "0", height: "auto" };
/** What is drawn above and below the window, before it is seen. */
const margin = 500;

/** The list box. */
export function Picks({ state, id, label, width, height, shapes, canZoom = false, below }: PicksProps) {
  const box = useRef<HTMLDivElement>(null);
  const name = useId();
  const active = useSignal(0);
  const focused = useSignal(false);
  /** The window in the units of the drawing, in steps, so that not every pixel of scrolling is a change. */
  const top = useSignal(0);
  const bottom = useSignal(2000);
  const zoom = useSignal<number | undefined>(undefined);
  const enlarge = (by: number): void => {
    zoom.value = Math.max(0.1, Math.min(3, (zoom.value ?? scale()) * by));
  };
  const scale = (): number => {
    const drawn = box.current?.querySelector("svg")?.clientWidth;
    return drawn === undefined || drawn === 0 ? 1 : drawn / width;
  };
  const look = (): void => {
    const element = box.current;
    if (element === null) return;
    const step = 200;
    top.value = Math.floor(element.scrollTop / scale() / step) * step;
    bottom.value = Math.ceil((element.scrollTop + element.clientHeight) / scale() / step) * step;
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, [shapes, zoom.value]);
  /** Brings a shape into sight, where it is not. */
  const reveal = (row: number): void => {
    const element = box.current;
    const shape = shapes[row];
    if (element === null || shape === undefined) return;
    const unit = scale();
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = element;
    if (shape.y * unit < scrollTop || (shape.y + shape.height) * unit > scrollTop + clientHeight) {
      element.scrollTop = shape.y * unit - clientHeight / 3;
    }
    if (shape.x * unit < scrollLeft || (shape.x + shape.width) * unit > scrollLeft + clientWidth) {
      element.scrollLeft = shape.x * unit - clientWidth / 3;
    }
  };
  // What begins right of the window would open on nothing.
  useLayoutEffect(() => reveal(shapes.reduce((first, { y }, i) => (y < shapes[first].y ? i : first), 0)), [shapes]);
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
  const shapeOf = (target: EventTarget | null): number | undefined => {
    const found = (target as Element | null)?.closest("[data-shape]")?.getAttribute("data-shape");
    return found == null ? undefined : Number(found);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || shapes.length === 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      state.pin(shapes[active.value]?.thing, id);
      return;
    }
    if (event.key === "+" || event.key === "-") {
      enlarge(event.key === "+" ? 1.25 : 0.8);
      return;
    }
    const to = moved(event.key, active.value, shapes.length, 5);
    if (to === undefined) return;
    event.preventDefault();
    active.value = to;
    reveal(to);
    state.point(shapes[to].thing, id);
  };
  const row = Math.min(active.value, shapes.length - 1);
  const sees: Sees = (from, to) => to >= top.value - margin && from <= bottom.value + margin;
  const shown = shapes.flatMap((shape, i) => (i === row || sees(shape.y, shape.y + shape.height) ? [{ shape, i }] : []));
  const current = useComputed(() => (focused.value ? active.value : -1));
  return (
    <div class="drawn">
      {canZoom && (
        <div class="zoom">
          <button type="button" aria-label={`${label}: smaller`} onClick={() => enlarge(0.8)}>
            −
          </button>
          <button type="button" aria-label={`${label}: larger`} onClick={() => enlarge(1.25)}>
            +
          </button>
        </div>
      )}
      <div
        ref={box}
        class="picks"
        role="listbox"
        aria-label={label}
        aria-multiselectable="true"
        aria-activedescendant={focused.value && row >= 0 ? `${name}-${row}` : undefined}
        tabIndex={0}
        onScroll={look}
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
        <svg role="presentation" viewBox={`0 0 ${width} ${height}`} style={fitted(width, zoom.value)}>
          {below(sees)}
          {shown.map(({ shape, i }) => (
            <One key={i} id={`${name}-${i}`} place={i} state={state} shape={shape} active={current} />
          ))}
        </svg>
      </div>
    </div>
  );
}

interface OneProps {
  readonly id: string;
  readonly place: number;
  readonly state: State;
  readonly shape: Shape;
  readonly active: ReadonlySignal<number>;
}

/** A shape: its class follows the light by itself. */
function One({ id, place, state, shape: { thing, label, body }, active }: OneProps) {
  const look = useComputed(() => {
    const lit = state.lit.value;
    const level = lit.own === thing ? "lit own" : lit.all.has(thing) ? "lit" : "";
    const layer = state.layer.value(thing);
    return `shape ${level} ${active.value === place ? "active" : ""} ${layer === undefined ? "" : `layer${layer % 8}`}`;
  });
  const selected = useComputed(() => (state.lit.value.all.has(thing) ? "true" : "false"));
  return (
    <g id={id} data-shape={place} role="option" aria-label={label} aria-selected={selected} class={look}>
      {body}
    </g>
  );
}
