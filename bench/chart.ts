// The chart of a run, for the README: microseconds per prediction of one row, one panel per net, logarithmic bars. In: Results.
// Out: SVG text, readable on light and dark pages. `tsx bench/chart.ts bench/results/<date>.json > chart.svg` draws it again.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { quartiles } from "./measure.ts";
import { type Results, short } from "./results.ts";

interface Bar {
  readonly engine: string;
  /** Microseconds. */
  readonly time: number;
  /** A rival's time beside the baseline's, as it was measured pair by pair. */
  readonly times?: number;
}
interface Panel {
  readonly net: string;
  readonly bars: readonly Bar[];
}

const columns = 2;
const bar = { height: 15, gap: 4 };
const panel = { width: 430, label: 122, value: 66, title: 30, gap: 14 };

/** The nets in their order, the baseline first in each, then the fastest; other builds of the baseline are left out. */
function panelsOf({ comparisons, baseline }: Pick<Results, "comparisons" | "baseline">): Panel[] {
  const single = comparisons.filter(({ work, rival }) => work.endsWith(" x1") && !rival.startsWith(`${baseline} `));
  return [...new Set(single.map(({ work }) => work))].map((work) => {
    const lines = single.filter((line) => line.work === work);
    const same = lines.filter(({ instead }) => instead === undefined);
    const own = quartiles((same.length > 0 ? same : lines).map((line) => line.baseline)).median;
    const others = lines
      .map(({ rival, time, ratio }) => ({ engine: rival, time, times: ratio.median }))
      .sort((a, b) => a.time - b.time);
    return { net: work.slice(0, -3), bars: [{ engine: baseline, time: own }, ...others] };
  });
}

const quoted = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export function svgChart(results: Results): string {
  const panels = panelsOf(results);
  const all = panels.flatMap(({ bars }) => bars.map(({ time }) => time));
  const low = 10 ** Math.floor(Math.log10(Math.min(...all, 1)));
  const high = Math.max(...all, 10);
  const room = panel.width - panel.label - panel.value;
  const length = (time: number): number => (room * Math.log(time / low)) / Math.log(high / low);
  const rows = Math.max(0, ...panels.map(({ bars }) => bars.length));
  const size = { x: panel.width + panel.gap, y: panel.title + rows * (bar.height + bar.gap) + panel.gap };
  const [width, height] = [columns * size.x + panel.gap, 44 + Math.ceil(panels.length / columns) * size.y + 22];
  const drawn = panels.map(({ net, bars }, i) => {
    const [x, y] = [panel.gap + (i % columns) * size.x, 44 + Math.floor(i / columns) * size.y];
    const lines = bars.map(({ engine, time, times }, row) => {
      const top = panel.title + row * (bar.height + bar.gap);
      const middle = top + bar.height / 2 + 4;
      const kind = engine === results.baseline ? "own" : "peer";
      const beside = times === undefined ? "" : `  ${short(times)}×`;
      const end = panel.label + Math.max(1, length(time));
      return `<text x="${panel.label - 8}" y="${middle}" class="${kind} label">${quoted(engine)}</text>
<rect x="${panel.label}" y="${top}" width="${(end - panel.label).toFixed(1)}" height="${bar.height}" rx="2" class="${kind}"/>
<text x="${(end + 6).toFixed(1)}" y="${middle}" class="value">${short(time)}<tspan class="times">${beside}</tspan></text>`;
    });
    return `<g transform="translate(${x} ${y})">\n<text x="${panel.label}" y="18" class="title">${quoted(net)}</text>\n${lines.join("\n")}\n</g>`;
  });
  const { cpu, node } = results.machine;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Microseconds per prediction of one row, by engine and net">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.head { font-size: 15px; font-weight: 600 }
.title { font-size: 13px; font-weight: 600 }
.label { text-anchor: end }
.own.label { font-weight: 600 }
.times, .foot { fill: #6e7781 }
rect.own { fill: #d9480f }
rect.peer { fill: #8c99a6 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .times, .foot { fill: #8b949e }
  rect.own { fill: #ff7b3d }
  rect.peer { fill: #57626e }
}
</style>
<text x="${panel.gap}" y="26" class="head">Microseconds per prediction of one row (logarithmic; shorter is better)</text>
${drawn.join("\n")}
<text x="${panel.gap}" y="${height - 12}" class="foot">${quoted(cpu)}, one thread, Node ${quoted(node)}, ${quoted(results.date)}; brain.js computes each net with a relu end.</text>
</svg>
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(svgChart(JSON.parse(readFileSync(process.argv[2], "utf8")) as Results));
