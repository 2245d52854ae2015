// How fast both sides of a comparison are here. In: the kernels of both modules. Out: a button, and a table of times by kernel. Guarantee: nothing runs before the reader asks; both
// sides are measured one after the other, on the same machine.
import { useSignal } from "@preact/signals";
import type { Extras } from "./app.tsx";
import { short } from "./numbers.ts";
import { failed, type Profile, pairTimes, type Timed, timesOf } from "./profile.ts";
import type { State } from "./state.ts";
import { type Column, Table } from "./table.tsx";

const columns: readonly Column<Timed>[] = [
  { key: "name", title: "Of", by: ({ name }) => name },
  { key: "a", title: "A, ms", number: true, by: ({ a }) => a, show: ({ a }) => (a === undefined ? "" : short(a, 3)) },
  { key: "b", title: "B, ms", number: true, by: ({ b }) => b, show: ({ b }) => (b === undefined ? "" : short(b, 3)) },
  {
    key: "share",
    title: "B by A",
    number: true,
    by: ({ a, b }) => (a && b ? b / a : undefined),
    show: ({ a, b }) => (a && b ? `${short(b / a, 3)} x` : ""),
  },
];

/** The button and the table; nothing where a side's kernels are not there. */
export function Times({ state, extras: { profile, other } }: { readonly state: State; readonly extras: Extras }) {
  const rows = useSignal<readonly Timed[]>([]);
  const progress = useSignal("");
  if (profile === undefined || other === undefined) return null;
  const measure = async (): Promise<void> => {
    const of = async (name: string, load: () => Promise<Profile>) =>
      timesOf(await load(), (text) => {
        progress.value = `${name}: ${text}`;
      });
    try {
      rows.value = pairTimes(await of("A", other), await of("B", profile));
      progress.value = "A kernel that layers share counts once.";
    } catch (error) {
      progress.value = failed(error);
    }
  };
  return (
    <>
      <p class="measure">
        <button type="button" data-measure onClick={measure}>
          Measure both here
        </button>
        <span role="status">{progress.value || "Runs every kernel of both on your machine."}</span>
      </p>
      {rows.value.length > 0 && (
        <Table state={state} name="times" caption="Times on this machine" columns={columns} rows={rows.value} />
      )}
    </>
  );
}
