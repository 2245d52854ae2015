// How a report differs from another. In: the changes, by what they mean. Out: both sides, a table of what became larger or smaller, and one for each part in which something differs. Guarantee:
// nothing is compared here; what is shown is what the comparison holds, and a change that is of a thing of this report leads to it.
import { Fragment } from "preact";
import type { Change, Comparison, Report, Side, ThingId } from "../report.ts";
import type { Extras } from "./app.tsx";
import { Times } from "./compare-times.tsx";
import { count } from "./numbers.ts";
import type { State } from "./state.ts";
import { type Column, Table } from "./table.tsx";

/** The parts, in the order in which a model goes down; `kind` is of the things its names are those of. */
const parts: readonly {
  readonly key: Change["part"];
  readonly title: string;
  readonly kind?: Report["things"][number]["kind"];
}[] = [
  { key: "facts", title: "Sizes" },
  { key: "layers", title: "Layers", kind: "layer" },
  { key: "rewrites", title: "Rules that fired" },
  { key: "fusion", title: "What runs in one loop" },
  { key: "kernels", title: "Kernels", kind: "kernel" },
  { key: "memory", title: "Memory", kind: "buffer" },
];

/** The thing of this report that a change is of: its name stands first in that of the change. */
function thingOf({ things }: Report, { name, goal }: Change, kind: (typeof parts)[number]["kind"]): ThingId | undefined {
  if (kind === undefined) return undefined;
  const [path] = name.split(/ (?:on |")/);
  const found = things.findIndex((one) => one.kind === kind && one.name === path && (one.goal ?? goal) === goal);
  return found < 0 ? undefined : found;
}

/** A value; of a list of keys those that the other side says otherwise stand out. */
function shown(value: Change["a"], other: Change["a"]) {
  if (value === undefined) return <span class="none">none</span>;
  if (typeof value === "number") return count(value);
  if (typeof other !== "string" || !value.includes(", ")) return value;
  const theirs = new Set(other.split(", "));
  return value.split(", ").map((part, i) => (
    <Fragment key={i}>
      {i > 0 && ", "}
      {theirs.has(part) ? part : <b>{part}</b>}
    </Fragment>
  ));
}

/** How much larger b is, in percent; undefined for what is no number, or was none. */
const growth = ({ a, b }: Change): number | undefined =>
  typeof a === "number" && typeof b === "number" && a !== 0 ? (100 * (b - a)) / a : undefined;

const columns: readonly Column<Change>[] = [
  { key: "name", title: "Of", by: ({ name }) => name },
  { key: "goal", title: "Entry", by: ({ goal }) => goal },
  { key: "what", title: "What", by: ({ what }) => (what === "" ? undefined : what) },
  { key: "a", title: "A", by: ({ a }) => a, show: ({ a, b }) => shown(a, b) },
  { key: "b", title: "B", by: ({ b }) => b, show: ({ a, b }) => shown(b, a) },
  {
    key: "growth",
    title: "B by A",
    number: true,
    by: growth,
    show: (change) => {
      const more = growth(change);
      return more === undefined ? (
        ""
      ) : (
        <span class={more > 0 ? "more" : "less"}>{`${more > 0 ? "+" : "−"}${Math.abs(more).toFixed(1)} %`}</span>
      );
    },
  },
];

/** Columns that are there even if they are empty: what a side has none of is said. */
const always: ReadonlySet<string> = new Set(["name", "a", "b"]);

/** The view. */
export function CompareView({ state, extras }: { readonly state: State; readonly extras: Extras }) {
  const report = state.report.value;
  const { compared } = report;
  if (compared === undefined) return null;
  const { changes } = compared;
  return (
    <div class="numbers compare">
      <Sides compared={compared} />
      <Times state={state} extras={extras} />
      {changes.length === 0 && <p class="empty">Both are the same, in everything that is compared.</p>}
      {parts.map(({ key, title, kind }) => {
        const own = changes.filter(({ part }) => part === key);
        const used = columns.filter(
          ({ key: column, by }) => always.has(column) || own.some((change) => by(change) !== undefined),
        );
        return own.length === 0 ? null : (
          <Table
            key={key}
            state={state}
            name={`compare-${key}`}
            caption={`${title}: ${own.length === 1 ? "1 change" : `${own.length} changes`}`}
            columns={used}
            rows={own}
            thing={(change) => thingOf(report, change, kind)}
          />
        );
      })}
    </div>
  );
}

function Sides({ compared: { a, b } }: { readonly compared: Comparison }) {
  const side = (name: string, { model, options, layerc, hash }: Side) => (
    <section aria-label={name}>
      <h2>{`${name}: ${model}`}</h2>
      <p>{options === "" ? "defaults" : options}</p>
      <p>
        <small>{`layerc ${layerc}, ${hash}`}</small>
      </p>
    </section>
  );
  return (
    <div class="sides">
      {side("A", a)}
      {side("B", b)}
    </div>
  );
}
