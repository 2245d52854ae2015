// A long list of lines of one height. In: how many, and what a line shows. Out: the lines within sight, and room for the rest. Guarantee: as
// many elements as fit the window, however many lines there are; a list box for keyboard and screen reader, with the active line always there.
import { effect, type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";

/** Pixels of a line; the style sheet has the same. */
export const lineHeight = 19;
/** Lines above and below that are there before they are seen. */
const margin = 12;

/** What a line is and shows. */
export interface Line {
  readonly body: ComponentChildren;
  readonly class?: string;
  readonly selected?: boolean;
  /** A colour's number, for the strip beside it. */
  readonly layer?: number;
}

interface LinesProps {
  readonly label: string;
  readonly count: number;
  /** Width of the longest, in characters. */
  readonly width: number;
  readonly line: (row: number) => Line;
  /** The row to bring into sight: moved by whoever knows, taken when it changes. */
  readonly reveal?: Signal<{ readonly row: number } | undefined>;
  /** The row under pointer or keyboard; undefined when both leave. */
  readonly onPoint?: (row: number | undefined) => void;
  readonly onPick?: (row: number) => void;
}

/** Where a key leads from a row; undefined for other keys. */
export function moved(key: string, row: number, count: number, page: number): number | undefined {
  const steps: { readonly [K in string]?: number } = {
    ArrowDown: row + 1,
    ArrowRight: row + 1,
    ArrowUp: row - 1,
    ArrowLeft: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

/** The list. */
export function Lines({ label, count, width, line, reveal, onPoint, onPick }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const top = useSignal(0);
  const height = useSignal(600);
  const active = useSignal(0);
  const focused = useSignal(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useEffect(
    () =>
      effect(() => {
        const row = reveal?.value?.row;
        const element = box.current;
        if (row === undefined || row < 0 || element === null) return;
        active.value = row;
        const at = row * lineHeight;
        const seen = at >= element.scrollTop && at + lineHeight <= element.scrollTop + element.clientHeight;
        if (!seen) element.scrollTop = at - element.clientHeight / 3;
      }),
    [reveal],
  );

  const rowAt = (event: MouseEvent): number | undefined => {
    const element = box.current;
    if (element === null) return undefined;
    const row = Math.floor((event.clientY - element.getBoundingClientRect().top + element.scrollTop) / lineHeight);
    return row >= 0 && row < count ? row : undefined;
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPick?.(active.value);
      return;
    }
    // Left and right move the text, as in any box that scrolls.
    const to = event.key.match(/Left|Right/)
      ? undefined
      : moved(event.key, active.value, count, Math.floor(height.value / lineHeight) - 1);
    const element = box.current;
    if (to === undefined || element === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    active.value = to;
    const at = to * lineHeight;
    if (at < element.scrollTop) element.scrollTop = at;
    if (at + lineHeight > element.scrollTop + element.clientHeight) element.scrollTop = at + lineHeight - element.clientHeight;
    onPoint?.(to);
  };

  const from = Math.max(0, Math.floor(top.value / lineHeight) - margin);
  const to = Math.min(count, Math.ceil((top.value + height.value) / lineHeight) + margin);
  const row = Math.min(active.value, count - 1);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  if (row >= 0 && (row < from || row >= to)) rows.push(row);
  return (
    <div
      ref={box}
      class="lines"
      role="listbox"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={focused.value && row >= 0 ? `${id}-${row}` : undefined}
      tabIndex={0}
      onScroll={() => {
        top.value = box.current?.scrollTop ?? 0;
      }}
      onPointerMove={(event) => event.pointerType !== "touch" && onPoint?.(rowAt(event))}
      onPointerLeave={() => onPoint?.(undefined)}
      onClick={(event) => {
        const picked = rowAt(event);
        // Whoever marks text to copy it does not mean the line.
        if (picked === undefined || getSelection()?.isCollapsed === false) return;
        active.value = picked;
        onPick?.(picked);
      }}
      onKeyDown={onKeyDown}
      onFocus={() => {
        focused.value = true;
        if (box.current?.matches(":focus-visible")) onPoint?.(active.value);
      }}
      onBlur={() => {
        focused.value = false;
        onPoint?.(undefined);
      }}
    >
      <div class="room" style={{ height: `${count * lineHeight}px`, minWidth: `${width + 4}ch` }}>
        {rows.map((i) => {
          const { body, selected, layer, class: more = "" } = line(i);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list box has the focus and names its active option
            <div
              key={i}
              id={`${id}-${i}`}
              role="option"
              aria-selected={selected === true}
              aria-setsize={count}
              aria-posinset={i + 1}
              class={`line ${more} ${focused.value && i === row ? "active" : ""} ${layer === undefined ? "" : `layer${layer % 8}`}`}
              style={{ top: `${i * lineHeight}px` }}
            >
              {body}
            </div>
          );
        })}
      </div>
    </div>
  );
}
