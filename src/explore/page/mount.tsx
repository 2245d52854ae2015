// A report within a page. In: an element and a report. Out: the page's components there, which take another report while they are shown. Guarantee: only the
// element is touched, and what the reader chose stays when a report comes that still has it.
import { signal } from "@preact/signals";
import { render } from "preact";
import type { Report } from "../report.ts";
import type { ViewName } from "./address.ts";
import { App, type Extras } from "./app.tsx";
import { createState, type Memory } from "./state.ts";

/** What a page that embeds a report may say. */
export interface MountOptions extends Extras {
  /** Where choices are kept: nowhere, if absent. */
  readonly memory?: Memory;
  /** The view it opens with, where the memory says none. */
  readonly view?: ViewName;
}

/** A report that is shown. */
export interface Mounted {
  /** Shows another one. What `extras` leaves out stays. */
  show(report: Report, extras?: Extras): void;
  /** Takes it off the page. */
  unmount(): void;
}

/** Shows a report in an element, which it fills: the element needs a height of its own. */
export function mount(element: HTMLElement, report: Report, { memory, view, ...extras }: MountOptions = {}): Mounted {
  const state = createState(report, memory ?? { read: () => "", write: () => {} }, view);
  const beside = signal<Extras>(extras);
  render(<App state={state} extras={beside} />, element);
  return {
    show(next, more) {
      if (more !== undefined) beside.value = { ...beside.value, ...more };
      state.show(next);
    },
    unmount() {
      state.dispose();
      render(null, element);
    },
  };
}

/** Choices in the address of the page, behind `#`. */
export const addressMemory: Memory = {
  read: () => location.hash,
  write(text) {
    const at = location.href.replace(/#.*$/, "");
    // Replaced, not pushed: pointing at things is no way that anybody walks back.
    history.replaceState(null, "", text === "" ? at : `${at}#${text}`);
  },
};
