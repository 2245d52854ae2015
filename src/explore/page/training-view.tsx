// How a training went. In: the history of a report, and how the net does on rows it did not see. Out: curves that share their axis, a confusion matrix or residuals. Guarantee:
// every number that is drawn stands in a table as well.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { TrainingReport } from "../report.ts";
import type { Extras } from "./app.tsx";
import { short } from "./numbers.ts";
import type { State } from "./state.ts";
import { type Column, Table } from "./table.tsx";

/** A curve: a number an epoch, none where it was not measured. */
export interface Curve {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Draws the curves of a measure into an element; gives what takes them away. */
export type DrawCurves = (element: HTMLElement, name: string, curves: readonly Curve[]) => () => void;

/** Measures with their curves: that of rows held back beside that of training. */
function measures(history: TrainingReport["history"]): readonly { readonly name: string; readonly curves: readonly Curve[] }[] {
  const names = [...new Set(Object.keys(history).map((name) => name.replace(/^val_/, "")))];
  return names.map((name) => ({
    name,
    curves: [name, `val_${name}`].flatMap((one) => (history[one] === undefined ? [] : [{ name: one, values: history[one] }])),
  }));
}

/** The view. */
export function TrainingView({ state, extras }: { readonly state: State; readonly extras: Extras }) {
  const { training } = state.report.value;
  const curves = useMemo(() => measures(training?.history ?? {}), [training]);
  if (training === undefined) return null;
  return (
    <>
      {training.best !== undefined && <p class="hint">{`The weights are those of epoch ${training.best}.`}</p>}
      <div class="training">
        {curves.map((one) => (
          <Curves key={one.name} state={state} name={one.name} curves={one.curves} draw={extras.curves} />
        ))}
        {training.outputs.map(({ name, rows, confusion, residuals, text }) => (
          <section key={name} class="curves" aria-label={name}>
            <h2>{`${name}: ${rows}`}</h2>
            {confusion && <Confusion {...confusion} />}
            {residuals && <Residuals name={name} points={residuals} />}
            <details>
              <summary>In words</summary>
              <pre>{text}</pre>
            </details>
          </section>
        ))}
      </div>
    </>
  );
}

/** Curves of one measure, of training and of rows held back. */
export function Curves({ state, name, curves, draw }: CurvesProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => (box.current && draw ? draw(box.current, name, curves) : undefined), [name, curves, draw]);
  const epochs = Array.from({ length: curves.reduce((most, { values }) => Math.max(most, values.length), 0) }, (_, i) => i);
  const columns: readonly Column<number>[] = [
    { key: "epoch", title: "Epoch", number: true, by: (epoch) => epoch + 1 },
    ...curves.map(({ name: title, values }) => ({
      key: title,
      title,
      number: true,
      by: (epoch: number) => values[epoch] ?? undefined,
      show: (epoch: number) => (values[epoch] == null ? "" : short(values[epoch])),
    })),
  ];
  return (
    <section class="curves" aria-label={name}>
      <h2>{name}</h2>
      <div class="plot" ref={box} />
      <details open={draw === undefined}>
        <summary>As a table</summary>
        <Table state={state} name={`curves-${name}`} caption={`${name} by epoch`} columns={columns} rows={epochs} />
      </details>
    </section>
  );
}

interface CurvesProps {
  readonly state: State;
  readonly name: string;
  readonly curves: readonly Curve[];
  readonly draw: Extras["curves"];
}

/** A confusion matrix: a row a class that was wanted, a column a class that was given. */
export function Confusion({
  classes,
  counts,
}: {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="table confusion" tabIndex={0} aria-label="Confusion matrix">
      <table>
        <caption>Wanted down, given across</caption>
        <thead>
          <tr>
            <td />
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, wanted) => {
            const sum = row.reduce((all, one) => all + one, 0);
            return (
              <tr key={classes[wanted]}>
                <th scope="row">{classes[wanted]}</th>
                {row.map((value, given) => (
                  <td
                    key={classes[given]}
                    class={`number ${given === wanted ? "right" : ""}`}
                    style={{ background: share(given === wanted ? "--string" : "--number", value / Math.max(1, sum)) }}
                  >
                    {value}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** A wash of a colour; never so strong that the number on it is hard to read. */
const share = (color: string, part: number): string => `color-mix(in srgb, var(${color}) ${Math.round(30 * part)}%, transparent)`;

/** What was given, by what was wanted: on the line both are the same. */
export function Residuals({
  name,
  points,
}: {
  readonly name: string;
  readonly points: readonly (readonly [wanted: number, given: number])[];
}) {
  const [width, height, margin] = [420, 300, 46];
  const all = points.flat();
  const [least, most] = all.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);
  const at = (value: number): number => (most > least ? (value - least) / (most - least) : 0.5);
  const x = (value: number): number => margin + (width - margin - 12) * at(value);
  const y = (value: number): number => height - margin - (height - margin - 12) * at(value);
  return (
    <figure class="residuals">
      <figcaption>{`${name}: given by wanted, ${points.length} rows`}</figcaption>
      <svg role="img" aria-label={`${name}: what was given by what was wanted`} viewBox={`0 0 ${width} ${height}`}>
        <path class="even" d={`M${x(least)} ${y(least)}L${x(most)} ${y(most)}`} />
        {points.map(([wanted, given], i) => (
          <circle key={i} cx={x(wanted)} cy={y(given)} r="3" />
        ))}
        {[least, (least + most) / 2, most].map((value) => (
          <g key={value}>
            <text x={x(value)} y={height - margin + 18} text-anchor="middle">
              {short(value, 3)}
            </text>
            <text x={margin - 8} y={y(value)} text-anchor="end" dominant-baseline="middle">
              {short(value, 3)}
            </text>
          </g>
        ))}
        <text x={width / 2} y={height - 6} text-anchor="middle">
          wanted
        </text>
      </svg>
    </figure>
  );
}
