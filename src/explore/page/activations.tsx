// What every region gives for a row: one that the report has, or one that the reader types in. In: the state, and the calls of predict. Out: a table. Guarantee: what is typed in is
// read before anything runs; where no row can be typed in, the page says why and what does it.
import { useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Report, Typed } from "../report.ts";
import type { Extras } from "./app.tsx";
import { short } from "./numbers.ts";
import type { State } from "./state.ts";
import { type Column, Table } from "./table.tsx";
import { type CallsHere, type Given, type Items, readInput, runRow, textOf } from "./typed.ts";

const columns: readonly Column<Given>[] = [
  { key: "name", title: "Region", by: ({ name }) => name },
  { key: "shape", title: "Shape", by: ({ shape }) => shape },
  { key: "least", title: "Least", number: true, by: ({ least }) => least, show: ({ least }) => short(least) },
  { key: "mean", title: "Mean", number: true, by: ({ mean }) => mean, show: ({ mean }) => short(mean) },
  { key: "most", title: "Most", number: true, by: ({ most }) => most, show: ({ most }) => short(most) },
  {
    key: "error",
    title: "Off from doubles",
    number: true,
    by: ({ error }) => error,
    show: ({ error }) => (error === undefined ? "" : short(error, 2)),
  },
  {
    key: "values",
    title: "First values",
    by: ({ values }) => values[0],
    show: ({ values }) => <code>{values.map((value) => short(value)).join("  ")}</code>,
  },
];

/** Numbers of a row that are shown. */
const shown = 12;

/** Activations of predict. */
export function Activations({ state, extras: { calls } }: { readonly state: State; readonly extras: Extras }) {
  const { activations, typed, without } = state.report.value;
  const chosen = useSignal(0);
  const given = useSignal<readonly Given[] | undefined>(undefined);
  const canType = typed !== undefined && calls !== undefined;
  const why = without?.typed;
  const row = chosen.value < activations.length ? activations[chosen.value] : undefined;
  const rows = row?.rows ?? given.value;
  if (activations.length === 0 && !canType && without === undefined) return null;
  return (
    <section class="activations" aria-label="Activations">
      <h2>Activations</h2>
      {without?.activations !== undefined && <p class="empty">{`No golden rows: ${without.activations}.`}</p>}
      <p>
        {(activations.length > 0 || canType) && (
          <label>
            Row{" "}
            <select
              value={String(chosen.value)}
              onChange={(event) => {
                chosen.value = Number(event.currentTarget.value);
              }}
            >
              {activations.map((_, i) => (
                <option key={i} value={String(i)}>
                  {`golden row ${i}`}
                </option>
              ))}
              {canType && <option value={String(activations.length)}>a row of yours</option>}
            </select>
          </label>
        )}{" "}
        {row !== undefined && <code class="input">{row.input.map(shortRow).join(" | ")}</code>}
      </p>
      {canType && row === undefined && (
        <Form typed={typed} calls={calls} first={activations[0]?.input ?? typed.first} onRun={(found) => { given.value = found; }} />
      )}
      {!canType && why !== undefined && (
        <p class="hint">
          {`No row can be typed in: ${why}. `}
          <code>layerc run</code>
          {" predicts any row, and "}
          <code>layerc bisect</code>
          {" holds it against doubles."}
        </p>
      )}
      {rows !== undefined && (
        <Table
          state={state}
          name="activations"
          caption="What every region gives"
          columns={columns}
          rows={rows}
          thing={({ thing }) => thing}
        />
      )}
    </section>
  );
} // biome-ignore format: one line a handler

const shortRow = (port: Report["activations"][number]["input"][number]): string =>
  port.slice(0, shown).map((value) => (typeof value === "number" ? short(value) : JSON.stringify(value))).join("  "); // biome-ignore format: one line

/** What stands behind an input's shape. */
function takes({ items, below, shape }: Typed["inputs"][number]): string {
  if (items === "texts") return shape.every((size) => size === 1) ? ", a text" : ", texts, one a line";
  if (items === "wholes") return ", whole numbers";
  return below === undefined ? "" : `, whole numbers below ${below}`;
}

interface FormProps {
  readonly typed: Typed;
  readonly calls: CallsHere;
  /** What stands there before the reader types. */
  readonly first: Report["activations"][number]["input"] | undefined;
  readonly onRun: (given: readonly Given[]) => void;
}

/** A text an input, and a button. */
function Form({ typed, calls, first, onRun }: FormProps) {
  const start = useMemo(
    () => typed.inputs.map((input, i) => (first === undefined ? "" : textOf(first[i], input))),
    [typed, first],
  );
  const texts = useSignal<readonly string[]>(start);
  const fault = useSignal("");
  const wrong = useComputed(() => fault.value !== "");
  return (
    <form
      class="typed"
      onSubmit={(event) => {
        event.preventDefault();
        const read = typed.inputs.map((input, i) => readInput(texts.value[i] ?? "", input));
        const bad = read.find((one) => typeof one === "string");
        const found = bad ?? runRow(typed, calls, read as readonly Items[]);
        fault.value = typeof found === "string" ? found : "";
        if (typeof found !== "string") onRun(found);
      }}
    >
      {typed.inputs.map((input, i) => (
        <label key={input.name}>
          {`${input.name} [${input.shape.join(", ")}]${takes(input)}`}
          <textarea
            rows={2}
            spellcheck={false}
            aria-invalid={wrong.value}
            value={texts.value[i]}
            onInput={(event) => {
              texts.value = texts.value.with(i, event.currentTarget.value);
            }}
          />
        </label>
      ))}
      <p>
        <button type="submit">Run</button> <span role="status">{fault.value}</span>
      </p>
    </form>
  );
}
