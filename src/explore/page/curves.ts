// Curves over epochs, by uPlot. In: an element, names and numbers. Out: a drawing in it. Guarantee: a script of its own, so that only a report with a
// training has it; it adds one name to the page, which the shell looks for.
import uPlot from "uplot";
import type { DrawCurves } from "./training-view.tsx";

const draw: DrawCurves = (element, curves, { ink, edge, lines }) => {
  const axis = { stroke: ink, grid: { stroke: edge, width: 1 }, ticks: { stroke: edge, width: 1 } };
  const epochs = curves.reduce((most, { values }) => Math.max(most, values.length), 0);
  const size = () => ({ width: Math.max(240, element.clientWidth), height: 260 });
  const plot = new uPlot(
    {
      ...size(),
      scales: { x: { time: false } },
      axes: [{ ...axis }, { ...axis, size: 64 }],
      series: [
        { label: "epoch" },
        ...curves.map(({ name }, i) => ({
          label: name,
          stroke: lines[i % lines.length],
          width: 2,
          points: { show: epochs < 3 },
        })),
      ],
    },
    [Array.from({ length: epochs }, (_, i) => i + 1), ...curves.map(({ values }) => [...values])],
    element,
  );
  const watch = new ResizeObserver(() => plot.setSize(size()));
  watch.observe(element);
  return () => {
    watch.disconnect();
    plot.destroy();
  };
};

(globalThis as { layercCurves?: DrawCurves }).layercCurves = draw;
