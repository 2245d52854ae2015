// The page around the views. In: the state. Out: a head with facts and choices, one view, and a foot that says what is lit. Guarantee: a view is a
// row of a table, and shown where the report has something for it.
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { Report } from "../report.ts";
import type { ViewName } from "./address.ts";
import { CompareView } from "./compare-view.tsx";
import { bytes, count } from "./numbers.ts";
import { NumbersView } from "./numbers-view.tsx";
import { PanesView } from "./panes-view.tsx";
import { PassesView } from "./passes-view.tsx";
import type { Profile } from "./profile.ts";
import type { State } from "./state.ts";
import { Tabs } from "./tabs.tsx";
import { type DrawCurves, TrainingView } from "./training-view.tsx";
import type { CallsHere } from "./typed.ts";

/** What a page may have beside its report. */
export interface Extras {
  /** The module's kernels, to be run here. */
  readonly profile?: (() => Promise<Profile>) | undefined;
  /** Of a comparison the kernels of A. */
  readonly other?: (() => Promise<Profile>) | undefined;
  /** The calls of predict, to be run here over a row that is typed in. */
  readonly calls?: CallsHere | undefined;
  /** Draws curves; without, they are tables. */
  readonly curves?: DrawCurves | undefined;
}

interface ViewProps {
  readonly state: State;
  readonly extras: Extras;
}

interface ViewRow {
  readonly key: ViewName;
  readonly title: string;
  readonly has: (report: Report) => boolean;
  readonly body: (props: ViewProps) => ComponentChildren;
}

const viewRows: readonly ViewRow[] = [
  { key: "compare", title: "Compare", has: ({ compared }) => compared !== undefined, body: CompareView },
  { key: "panes", title: "Panes", has: ({ goals }) => goals.length > 0, body: PanesView },
  { key: "passes", title: "Passes", has: ({ goals }) => goals.length > 0, body: PassesView },
  { key: "numbers", title: "Numbers", has: ({ goals }) => goals.length > 0, body: NumbersView },
  { key: "training", title: "Training", has: ({ training }) => training !== undefined, body: TrainingView },
];

/** Pixels that a column of code wants. */
const column = 340;

/** The page. */
export function App({ state, extras }: { readonly state: State; readonly extras: Signal<Extras> }) {
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      state.columns.value = Math.max(1, Math.min(4, Math.floor(element.clientWidth / column)));
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const release = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      state.pin(undefined, "");
      for (const open of root.current?.querySelectorAll("details.legend[open]") ?? []) open.removeAttribute("open");
    };
    document.addEventListener("keydown", release);
    return () => document.removeEventListener("keydown", release);
  }, []);
  const report = state.report.value;
  const filled = viewRows.filter(({ has }) => has(report));
  const view = filled.find(({ key }) => key === state.view.value) ?? filled[0];
  return (
    <div ref={root} class="report" data-theme={state.theme.value} data-columns={state.columns.value}>
      <Head state={state} />
      <Tabs
        label="Views"
        tabs={filled}
        chosen={view.key}
        controls={id}
        onChoose={(key) => {
          state.view.value = key;
        }}
      />
      <main>
        <div id={id} class="view" role="tabpanel" aria-label={view.title} data-view={view.key}>
          <view.body state={state} extras={extras.value} />
        </div>
      </main>
      <Foot state={state} />
    </div>
  );
}

function Head({ state }: { readonly state: State }) {
  const { model, facts, goals, options, layerc, warnings } = state.report.value;
  const said: readonly (readonly [string, string, string])[] = [
    [count(facts.parameters), "parameters", ""],
    [count(facts.multiplyAdds), "multiply-adds", "for one row"],
    [bytes(facts.code), "code", facts.gzip === undefined ? "" : `${bytes(facts.gzip)} compressed`],
    [bytes(facts.weights), "weights", ""],
    [bytes(facts.arena), "arena", "scratch memory of one call"],
  ];
  const asked = useSignal(false);
  return (
    <header class="head">
      <h1 title={`layerc ${layerc}, ${options}`}>{model}</h1>
      <dl class="facts">
        {said.map(([value, name, more]) => (
          <div key={name} title={more}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {warnings.length > 0 && (
        <details class="warnings">
          <summary>{warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}</summary>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
      {goals.length > 1 && (
        <select
          aria-label="Goal"
          value={state.current.value.goal}
          onChange={(event) => {
            const goal = event.currentTarget.value;
            state.goal.value = goals.find((one) => one.goal === goal)?.goal ?? "predict";
          }}
        >
          {goals.map(({ goal }) => (
            <option key={goal} value={goal}>
              {goal}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="theme"
        onClick={() => {
          const darkNow = state.theme.value ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
          state.theme.value = darkNow === "dark" ? "light" : "dark";
          asked.value = true;
        }}
      >
        Light or dark
      </button>
    </header>
  );
}

function Foot({ state }: { readonly state: State }) {
  const at = state.pointed.value;
  const thing = at === undefined ? undefined : state.report.value.things[at.thing];
  const held = state.pinned.value !== undefined;
  return (
    <footer class="foot">
      {thing === undefined ? (
        <p>Point at a line or a box: the same thing lights up everywhere. Click, or Enter, holds it; Esc lets go.</p>
      ) : (
        <p>
          <b>{thing.kind}</b> <code>{thing.name}</code> {thing.says}
        </p>
      )}
      {held && (
        <button type="button" onClick={() => state.pin(undefined, "")}>
          Let go
        </button>
      )}
    </footer>
  );
}
