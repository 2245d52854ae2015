// What a reader does with a report. In: a report and what an address says. Out: signals, and functions that move them. Guarantee: pointing and
// holding are the only way to light things up, so every pane shows the same; another report keeps what still exists of the choices.
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Goal } from "../../../compiler/pipeline/passes.ts";
import type { GoalReport, Report, ThingId } from "../report.ts";
import { type Choices, readAddress, type ViewName, writeAddress } from "./address.ts";
import { dark, keysOf, type Lit, layerOf, litBy } from "./links.ts";
import { choicesOf, paneRows } from "./panes.ts";

/** What is pointed at, and in which pane: that one stays where it is, others scroll. */
export interface Pointed {
  readonly thing: ThingId;
  readonly pane: string;
}

/** Where choices are kept: the address of a page, or whoever has the page. */
export interface Memory {
  /** What was kept. */
  read(): string;
  /** Keeps it; called after each change. */
  write(text: string): void;
}

/** All that components read. */
export interface State {
  readonly report: Signal<Report>;
  readonly view: Signal<ViewName>;
  readonly goal: Signal<Goal>;
  /** Panes that were chosen, the one chosen last at the end; a pane's id, and what is shown in it where that was chosen. */
  readonly panes: Signal<readonly string[]>;
  readonly pass: Signal<string | undefined>;
  readonly search: Signal<string>;
  readonly sort: Signal<readonly string[]>;
  /** Words looked for in the texts of the panes, and which of the places that have them is shown. */
  readonly find: Signal<{ readonly words: string; readonly place: number }>;
  readonly theme: Signal<Choices["theme"]>;
  readonly hovered: Signal<Pointed | undefined>;
  readonly pinned: Signal<Pointed | undefined>;
  /** Columns there is room for. */
  readonly columns: Signal<number>;
  readonly current: ReadonlySignal<GoalReport>;
  readonly pointed: ReadonlySignal<Pointed | undefined>;
  readonly lit: ReadonlySignal<Lit>;
  readonly layer: ReadonlySignal<(thing: ThingId) => number | undefined>;
  /** Lights a thing up, or nothing, while nothing is held. */
  point(thing: ThingId | undefined, pane: string): void;
  /** Holds a thing; lets it go where it is held already. */
  pin(thing: ThingId | undefined, pane: string): void;
  /** Holds a thing and shows it among the panes. */
  visit(thing: ThingId): void;
  /** Another report in the place of this one. */
  show(report: Report): void;
  dispose(): void;
}

/** What a wide window opens with, in the order in which a narrower one leaves them out. */
const opened = ["plan", "javascript", "graph", "list"];

/** The state of a page that opens with this report. */
export function createState(first: Report, memory: Memory, wanted?: ViewName): State {
  const said = readAddress(memory.read());
  const report = signal(first);
  const usual: ViewName = first.compared === undefined ? "panes" : "compare";
  const view = signal<ViewName>(said.view ?? wanted ?? usual);
  const goal = signal<Goal>(said.goal ?? "predict");
  const panes = signal<readonly string[]>(said.panes.length > 0 ? said.panes : opened);
  const pass = signal(said.pass);
  const search = signal(said.search);
  const sort = signal(said.sort);
  const theme = signal(said.theme);
  const hovered = signal<Pointed | undefined>(undefined);
  const pinned = signal<Pointed | undefined>(undefined);

  const found = (key: string | undefined): Pointed | undefined => {
    const { things } = report.value;
    const keys = keysOf(report.value);
    const own = things.findIndex((one, i) => keys[i] === key && (one.goal ?? goal.value) === goal.value);
    const thing = own >= 0 ? own : key === undefined ? -1 : keys.indexOf(key);
    return thing < 0 ? undefined : { thing, pane: "" };
  };
  pinned.value = found(said.pin);

  const current = computed(() => report.value.goals.find((one) => one.goal === goal.value) ?? report.value.goals[0]);
  const pointed = computed(() => pinned.value ?? hovered.value);
  const state: State = {
    report,
    view,
    goal,
    panes,
    pass,
    search,
    sort,
    find: signal({ words: "", place: 0 }),
    theme,
    hovered,
    pinned,
    columns: signal(1),
    current,
    pointed,
    lit: computed(() => (pointed.value === undefined ? dark : litBy(report.value, pointed.value.thing))),
    layer: computed(() => layerOf(report.value)),
    point(thing, pane) {
      const before = hovered.peek();
      if (before?.thing === thing && (thing === undefined || before?.pane === pane)) return;
      hovered.value = thing === undefined ? undefined : { thing, pane };
    },
    pin(thing, pane) {
      const same = thing === undefined || pinned.peek()?.thing === thing;
      pinned.value = same ? undefined : { thing, pane };
    },
    visit(thing) {
      batch(() => {
        const own = report.value.things[thing]?.goal;
        if (own !== undefined && report.value.goals.some((one) => one.goal === own)) goal.value = own;
        pinned.value = { thing, pane: "" };
        view.value = "panes";
      });
    },
    show(next) {
      const held = pinned.peek();
      const key = held === undefined ? undefined : keysOf(report.peek())[held.thing];
      batch(() => {
        report.value = next;
        hovered.value = undefined;
        pinned.value = found(key);
      });
    },
    dispose: effect(() => {
      const held = pinned.value;
      memory.write(
        writeAddress({
          view: view.value === usual ? undefined : view.value,
          goal: goal.value === "predict" ? undefined : goal.value,
          panes: panes.value === opened ? [] : panes.value,
          pin: held === undefined ? undefined : keysOf(report.value)[held.thing],
          pass: pass.value,
          search: search.value,
          sort: sort.value,
          theme: theme.value,
        }),
      );
    }),
  };
  return state;
}

/** The panes to be shown: those chosen last that there is room for and that have something, in their own order. */
export function shownPanes({ panes, columns, report, current }: State) {
  const chosen = new Map(panes.value.map((one): [string, string | undefined] => [one.split(":")[0], one.split(":")[1]]));
  const filled = paneRows.flatMap((row) => {
    const choices = choicesOf(row, report.value, current.value);
    return choices.length === 0 ? [] : [{ row, choices }];
  });
  const order = [...chosen.keys()];
  const kept = filled
    .filter(({ row }) => chosen.has(row.id))
    .toSorted((a, b) => order.indexOf(b.row.id) - order.indexOf(a.row.id))
    .slice(0, columns.value);
  const shown = kept.length > 0 ? kept : filled.slice(0, 1);
  return filled.map((pane) => ({ ...pane, key: chosen.get(pane.row.id), shown: shown.some(({ row }) => row === pane.row) }));
}

/** Another thing in a pane. */
export function choose({ panes }: State, id: string, key: string): void {
  panes.value = panes.value.map((one) => (one.split(":")[0] === id ? `${id}:${key}` : one));
}

/** A pane is shown, or no longer; the one that was chosen first makes room. */
export function toggle({ panes, columns }: State, id: string, shown: boolean): void {
  const before = panes.value.find((one) => one.split(":")[0] === id) ?? id;
  const others = panes.value.filter((one) => one !== before);
  panes.value = shown && columns.value > 1 ? others : [...others, before];
}
