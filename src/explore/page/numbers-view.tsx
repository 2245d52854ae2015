// Numbers over the structure. In: layers, kernels and activations of a report. Out: tables that sort, and times measured on the reader's machine. Guarantee:
// nothing runs before the reader asks.
import { useSignal } from "@preact/signals";
import type { KernelRow, LayerRow, Report, ThingId } from "../report.ts";
import { Activations } from "./activations.tsx";
import type { Extras } from "./app.tsx";
import { bytes, count, short } from "./numbers.ts";
import { failed, keyOf, type Peak, painted, peakOf, shareOf, timesOf } from "./profile.ts";
import type { State } from "./state.ts";
import { type Column, Table } from "./table.tsx";

interface Measured {
  /** What was measured: another report in this place has times of its own. */
  readonly of: Report;
  readonly peak: Peak;
  /** Milliseconds a call, by target and kernel. */
  readonly times: ReadonlyMap<string, number>;
}

/** The view. */
export function NumbersView({ state, extras }: { readonly state: State; readonly extras: Extras }) {
  const newest = useSignal<Measured | undefined>(undefined);
  const progress = useSignal("");
  const report = state.report.value;
  const { layers, things } = report;
  const measured = newest.value?.of === report ? newest.value : undefined;
  const kernels = state.current.value.kernels;
  const measure = async (load: NonNullable<Extras["profile"]>): Promise<void> => {
    try {
      progress.value = "Measuring this machine …";
      await painted();
      const peak = peakOf();
      const times = await timesOf(
        await load(),
        (text) => {
          progress.value = text;
        },
        (known) => {
          newest.value = { of: report, peak, times: known };
        },
      );
      progress.value = `${times.size} kernels measured on this machine; at best it does ${short(peak.multiplyAdds / 1e6, 3)} thousand million multiply-adds and reads ${bytes(peak.bytes * 1000)} a second.`;
    } catch (error) {
      progress.value = failed(error);
    }
  };
  const timeOfKernel = (kernel: KernelRow): number | undefined => measured?.times.get(keyOf(kernel));
  const timeOfLayer = ({ thing }: LayerRow): number | undefined => {
    const of = (id: ThingId) => things[id]?.lights.includes(thing) === true || things[thing]?.lights.includes(id) === true;
    const own = kernels.flatMap((kernel) => (of(kernel.thing) ? (timeOfKernel(kernel) ?? []) : []));
    return own.length === 0 ? undefined : own.reduce((sum, time) => sum + time, 0);
  };
  const ms = (time: number | undefined) => (time === undefined ? "" : short(time, 3));
  const layerColumns: readonly Column<LayerRow>[] = [
    { key: "path", title: "Layer", by: ({ path }) => layers.findIndex((one) => one.path === path), show: ({ path }) => path },
    { key: "layer", title: "Kind", by: ({ layer }) => layer },
    { key: "name", title: "Name", by: ({ name }) => name },
    { key: "output", title: "Output", by: ({ output }) => output },
    { key: "parameters", title: "Parameters", number: true, by: (row) => row.parameters, show: (row) => count(row.parameters) },
    { key: "bytes", title: "Bytes", number: true, by: (row) => row.bytes, show: (row) => bytes(row.bytes) },
    { key: "work", title: "Multiply-adds", number: true, by: (row) => row.multiplyAdds, show: (row) => count(row.multiplyAdds) },
    { key: "ms", title: "ms", number: true, by: timeOfLayer, show: (row) => ms(timeOfLayer(row)) },
  ];
  const share = (row: KernelRow): number | undefined => {
    const time = timeOfKernel(row);
    return time === undefined || measured === undefined ? undefined : shareOf(row, time, measured.peak);
  };
  const kernelColumns: readonly Column<KernelRow>[] = [
    { key: "name", title: "Kernel", by: ({ name }) => name },
    { key: "target", title: "Target", by: ({ target }) => target },
    { key: "strategy", title: "Strategy", long: true, by: ({ strategy }) => strategy },
    { key: "work", title: "Multiply-adds", number: true, by: (row) => row.multiplyAdds, show: (row) => count(row.multiplyAdds) },
    { key: "bytes", title: "Bytes", number: true, by: (row) => row.bytes, show: (row) => bytes(row.bytes) },
    { key: "ms", title: "ms", number: true, by: timeOfKernel, show: (row) => ms(timeOfKernel(row)) },
    {
      key: "share",
      title: "Of the roof",
      number: true,
      by: share,
      show: (row) => {
        const part = share(row);
        return part === undefined ? "" : <Share part={part} />;
      },
    },
  ];
  return (
    <div class="numbers">
      {extras.profile !== undefined && (
        <p class="measure">
          <button type="button" data-measure onClick={() => extras.profile && measure(extras.profile)}>
            Measure here
          </button>
          <span role="status">{progress.value || "Runs every kernel on your machine, for a second or two."}</span>
        </p>
      )}
      <Table state={state} name="layers" caption="Layers" columns={layerColumns} rows={layers} thing={({ thing }) => thing} />
      {kernels.length > 0 && (
        <Table
          state={state}
          name="kernels"
          caption={`Kernels of ${state.current.value.goal}`}
          columns={kernelColumns}
          rows={kernels}
          thing={({ thing }) => thing}
        />
      )}
      <Activations state={state} extras={extras} />
    </div>
  );
}

function Share({ part }: { readonly part: number }) {
  const percent = Math.round(100 * part);
  return (
    <span class="share">
      <span class="bar" style={{ width: `${Math.min(60, 0.6 * percent)}px` }} />
      {/* What is over in a few nanoseconds an engine may leave out when it is asked again. */}
      {percent > 100 ? "over 100 %" : `${percent} %`}
    </span>
  );
}
