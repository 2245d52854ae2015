// Learning curves as a picture. In: a history as `fit` gives it. Out: SVG text, a panel for the loss and one for each metric, training beside
// validation. Guarantee: the same history gives the same text; it reads on light and dark pages, and needs no script, font or file.

/** What the picture says besides its lines. */
export interface CurvesOptions {
  readonly title?: string;
  /** The epoch whose weights are kept, from 1. */
  readonly best?: number;
}

const panel = { width: 380, height: 260, left: 52, right: 12, top: 34, bottom: 36 };
const perLine = 2;
const style = `
  .page { fill: #ffffff } text { fill: #3d4451; font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 14px }
  .grid { stroke: #dfe3ea; stroke-width: 1 } .best { stroke: #7a8394; stroke-width: 1; stroke-dasharray: 2 3 }
  .train, .validation { fill: none; stroke-width: 2; stroke-linejoin: round } .train { stroke: #1f6feb } .validation { stroke: #d9480f; stroke-dasharray: 6 3 }
  circle.train { fill: #1f6feb } circle.validation { fill: #d9480f }
  @media (prefers-color-scheme: dark) {
    .page { fill: #14171c } text { fill: #c6ccd6 } .grid { stroke: #2c323c } .best { stroke: #8b94a3 }
    .train { stroke: #6cb0ff } .validation { stroke: #ff9d5c } circle.train { fill: #6cb0ff } circle.validation { fill: #ff9d5c }
  }
`;

type Numbers = readonly number[];
/** Numbers by key; what is no list of numbers, such as a metric of each class, is left out. */
export type HistoryLike = Readonly<Record<string, readonly unknown[]>>;

/** The picture. */
export function learningCurves(history: HistoryLike, { title, best }: CurvesOptions = {}): string {
  const numbers = Object.entries(history).filter((entry): entry is [string, Numbers] =>
    entry[1].every((item) => typeof item === "number"),
  );
  const known = new Map(numbers);
  const keys = numbers.map(([key]) => key).filter((key) => !(key.startsWith("val_") && known.has(key.slice(4))));
  // The loss of the whole comes first: it is what is trained.
  keys.sort((a, b) => Number(b === "loss") - Number(a === "loss"));
  const head = title === undefined ? 0 : 28;
  const columns = Math.min(perLine, Math.max(1, keys.length));
  const [width, height] = [columns * panel.width, head + Math.max(1, Math.ceil(keys.length / perLine)) * panel.height];
  const panels = keys.map((key, i) => {
    const place = `translate(${(i % perLine) * panel.width} ${head + Math.floor(i / perLine) * panel.height})`;
    return `<g transform="${place}">${panelOf(key, known.get(key) ?? [], known.get(`val_${key}`), best)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title ?? "learning curves")}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...(title === undefined ? [] : [`<text class="title" x="${panel.left}" y="20">${escaped(title)}</text>`]),
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function panelOf(name: string, train: Numbers, validation: Numbers | undefined, best: number | undefined): string {
  const lines = [["train", train] as const, ...(validation === undefined ? [] : [["validation", validation] as const])];
  const all = lines.flatMap(([, numbers]) => numbers).filter(Number.isFinite);
  const ticks = ticksIn(all.length === 0 ? 0 : Math.min(...all), all.length === 0 ? 1 : Math.max(...all), 5);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const count = Math.max(...lines.map(([, numbers]) => numbers.length));
  const [inner, tall] = [panel.width - panel.left - panel.right, panel.height - panel.top - panel.bottom];
  const x = (epoch: number): string => fixed(panel.left + (count === 1 ? inner / 2 : (inner * (epoch - 1)) / (count - 1)));
  const y = (value: number): string => fixed(panel.top + tall - (tall * (value - low)) / (high - low));
  const right = panel.width - panel.right;
  const epochs = epochTicks(count);
  const parts = [
    `<text class="title" x="${panel.left}" y="20">${escaped(name)}</text>`,
    ...ticks.map((tick) => `<path class="grid" d="M${panel.left} ${y(tick)}H${right}"/><text x="${panel.left - 6}" y="${y(tick)}" dy="4" text-anchor="end">${label(tick, ticks)}</text>`), // biome-ignore format: one line
    ...epochs.map((epoch) => `<text x="${x(epoch)}" y="${panel.height - 18}" text-anchor="middle">${epoch}</text>`),
    `<text x="${right}" y="${panel.height - 4}" text-anchor="end">epoch</text>`,
    ...(best === undefined || best > count ? [] : [`<path class="best" d="M${x(best)} ${panel.top}V${panel.top + tall}"/>`]),
    ...lines.map(([kind, numbers]) => curve(kind, numbers, x, y)),
    ...(lines.length > 1 ? lines : []).map(([kind], i) => `<path class="${kind}" d="M${right - 170 + 75 * i} 16h18"/><text x="${right - 148 + 75 * i}" y="20">${kind}</text>`), // biome-ignore format: one line
  ];
  return parts.join("\n");
}

/** A line through what is finite; a point where nothing is beside it. */
function curve(kind: string, numbers: Numbers, x: (epoch: number) => string, y: (value: number) => string): string {
  const isDrawn = (i: number): boolean => i >= 0 && i < numbers.length && Number.isFinite(numbers[i]);
  const points = numbers.flatMap((value, i) => (isDrawn(i) ? [`${isDrawn(i - 1) ? "L" : "M"}${x(i + 1)} ${y(value)}`] : []));
  const alone = numbers.flatMap((value, i) => (isDrawn(i) && !isDrawn(i - 1) && !isDrawn(i + 1) ? [`<circle class="${kind}" cx="${x(i + 1)}" cy="${y(value)}" r="2.5"/>`] : [])); // biome-ignore format: one line
  return `<path class="${kind}" d="${points.join("")}"/>${alone.join("")}`;
}

const fixed = (value: number): string => String(Math.round(value * 100) / 100);

/** Round numbers from below `low` to above `high`, at least two. */
function ticksIn(low: number, high: number, most: number): Numbers {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / most;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * ([1, 2, 2.5, 5, 10].find((factor) => factor * size >= raw) ?? 10);
  const from = Math.floor(low / step);
  const to = Math.max(Math.ceil(high / step), from + 1);
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** As many digits as tell the ticks apart. */
function label(tick: number, ticks: Numbers): string {
  const step = ticks[1] - ticks[0];
  if (Math.abs(tick) >= 1e6 || step < 1e-5) return tick.toExponential(1);
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + (/^[1-9]0*$/.test(String(Math.round(step * 1e9))) ? 0 : 1));
  return tick.toFixed(Math.min(digits, 6));
}

function epochTicks(count: number): Numbers {
  const step = Math.max(1, Math.round(ticksIn(0, count, 6)[1]));
  return [...new Set([1, ...Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step)])].filter(
    (tick) => tick === 1 || tick - 1 >= step / 2,
  );
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
