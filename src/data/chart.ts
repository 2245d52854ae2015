// Lines and points as a picture. In: panels with the series that are drawn in each. Out: SVG text. Guarantee: the same numbers give the same
// text; it reads on light and dark pages and without colours, and needs no script, font or file. What is not finite is left out.
import { type Axis, fixed, logAxis, roundAxis, tightAxis } from "./axes.ts";

/** Points that belong together, and how they are drawn. */
export interface Series {
  /** Stands in the legend, where a panel has several. */
  readonly name: string;
  /** In the order in which a line goes through them. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A line through the points (the default), a dot for each, or a line with the area below it filled. */
  readonly as?: "line" | "points" | "area";
}

/** One pair of axes. */
export interface Panel {
  readonly title?: string;
  /** What the axes show, with the unit. */
  readonly x?: string;
  readonly y?: string;
  readonly series: readonly Series[];
  /** Whether equal steps upwards are equal factors. */
  readonly isLog?: boolean;
  /** An x at which a dashed line stands. */
  readonly mark?: number;
}

/** What the whole picture says. */
export interface ChartOptions {
  readonly title?: string;
}

const size = { width: 380, height: 260, left: 52, right: 12, top: 34, bottom: 36, legend: 18 };
const perLine = 2;
/** By series the colour on light and on dark pages, and the dashes of its line: they also tell apart what has no colour. */
const looks = [
  ["#1f6feb", "#6cb0ff", ""],
  ["#d9480f", "#ff9d5c", "6 3"],
  ["#1a7f37", "#5fd38d", "2 3"],
  ["#8250df", "#c297ff", "10 3 2 3"],
  ["#9a6700", "#e3c36b", "10 4"],
  ["#bf3989", "#ff8cc6", "4 2 1 2"],
] as const;
const colours = (dark: 0 | 1): string =>
  looks.map((look, i) => `.s${i} { stroke: ${look[dark]} } .area.s${i}, circle.s${i} { fill: ${look[dark]} }`).join(" ");
const style = `
  .page { fill: #ffffff } text { fill: #3d4451; font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 14px }
  .grid { stroke: #dfe3ea; stroke-width: 1 } .mark { stroke: #7a8394; stroke-width: 1; stroke-dasharray: 2 3 }
  .line, .points { fill: none } .line, .area { stroke-width: 2; stroke-linejoin: round } .area { fill-opacity: 0.2 }
  .points { stroke-width: 5; stroke-linecap: round; stroke-opacity: 0.6 } circle { stroke: none }
  ${looks.map(([, , dashes], i) => (dashes === "" ? "" : `.line.s${i} { stroke-dasharray: ${dashes} }`)).join(" ").trim()}
  ${colours(0)}
  @media (prefers-color-scheme: dark) {
    .page { fill: #14171c } text { fill: #c6ccd6 } .grid { stroke: #2c323c } .mark { stroke: #8b94a3 }
    ${colours(1)}
  }
`; // biome-ignore format: one line

/** A picture of one panel, or of several, two beside each other. The seventh series of a panel looks like the first. */
export function chart(given: Panel | readonly Panel[], { title }: ChartOptions = {}): string {
  const panels: readonly Panel[] = "series" in given ? [given] : given;
  const legends = panels.map(legendOf);
  // Panels beside each other begin at one height, however long their legends are.
  const heads = legends.map((_, i) => {
    const first = i - (i % perLine);
    return Math.max(...legends.slice(first, first + perLine).map(({ rows }) => rows)) * size.legend;
  });
  const top = title === undefined ? 0 : 28;
  const tops = [top];
  for (let i = 0; i < panels.length; i += perLine) tops.push(tops[tops.length - 1] + size.height + heads[i]);
  const [width, height] = [Math.min(perLine, Math.max(1, panels.length)) * size.width, Math.max(tops[tops.length - 1], top + size.height)]; // biome-ignore format: one line
  const drawn = panels.map((panel, i) => {
    const place = `translate(${(i % perLine) * size.width} ${tops[Math.floor(i / perLine)]})`;
    return `<g transform="${place}">${panelOf(panel, legends[i], heads[i])}</g>`;
  });
  const label = title ?? panels.map((panel) => panel.title ?? panel.y ?? "").join(", ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(label)}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...(title === undefined ? [] : [`<text class="title" x="${size.left}" y="20">${escaped(title)}</text>`]),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

interface Legend {
  /** Rows below the title; 0 where it stands beside it. */
  readonly rows: number;
  readonly places: readonly (readonly [x: number, row: number])[];
}

/** Letters have no width that is known here: a generous guess. */
const widthOf = (text: string, letter = 6.6): number => text.length * letter;

/** Beside the title at the right where there is room, else in rows of its own. */
function legendOf({ title = "", series }: Panel): Legend {
  if (series.length < 2) return { rows: 0, places: [] };
  const widths = series.map(({ name }) => 34 + widthOf(name));
  const right = size.width - size.right;
  const whole = widths.reduce((sum, width) => sum + width, 0);
  if (whole + widthOf(title, 8) <= right - size.left) {
    const starts = widths.map((_, i) => right - widths.slice(i).reduce((sum, width) => sum + width, 0) + 12);
    return { rows: 0, places: starts.map((x) => [x, 0]) };
  }
  let [x, row] = [size.left, title === "" ? 0 : 1];
  const places = widths.map((width): readonly [number, number] => {
    if (x > size.left && x + width - 12 > right) [x, row] = [size.left, row + 1];
    x += width;
    return [x - width, row];
  });
  return { rows: row, places };
}

function panelOf({ title, x: xName, y: yName, series, isLog = false, mark }: Panel, legend: Legend, head: number): string {
  const [top, bottom] = [size.top + head, size.height + head - size.bottom];
  const [left, right] = [size.left, size.width - size.right];
  const points = series.flatMap((one) => one.points);
  const hasArea = series.some(({ as }) => as === "area");
  const x = tightAxis(points.map(([at]) => at), left, right, series.some(({ as }) => as === "points") ? 0.03 : 0); // biome-ignore format: one line
  const heights = points.map(([, value]) => value);
  // An area begins at 0, or it would show nothing.
  const y = isLog ? logAxis(heights, bottom, top) : roundAxis(hasArea ? [0, ...heights] : heights, bottom, top);
  const isInside = mark !== undefined && points.some(([at]) => at >= mark);
  return [
    ...(title === undefined ? [] : [`<text class="title" x="${left}" y="20">${escaped(title)}</text>`]),
    ...y.ticks.map((tick) => `<path class="grid" d="M${left} ${y.at(tick)}H${right}"/><text x="${left - 6}" y="${y.at(tick)}" dy="4" text-anchor="end">${y.label(tick)}</text>`), // biome-ignore format: one line
    ...x.ticks.map((tick) => `<text x="${x.at(tick)}" y="${bottom + 18}" text-anchor="middle">${x.label(tick)}</text>`),
    ...(xName === undefined ? [] : [`<text x="${right}" y="${bottom + 32}" text-anchor="end">${escaped(xName)}</text>`]),
    ...(yName === undefined ? [] : [`<text transform="translate(12 ${fixed((top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escaped(yName)}</text>`]), // biome-ignore format: one line
    ...(isInside ? [`<path class="mark" d="M${x.at(mark)} ${top}V${bottom}"/>`] : []),
    ...series.map((one, i) => drawn(one, i % looks.length, x, y, bottom)),
    ...legend.places.map(([at, row], i) => `${swatch(series[i], i % looks.length, at, 16 + row * size.legend)}<text x="${fixed(at + 22)}" y="${20 + row * size.legend}">${escaped(series[i].name)}</text>`), // biome-ignore format: one line
  ].join("\n");
}

const swatch = ({ as = "line" }: Series, look: number, x: number, y: number): string =>
  `<path class="${as} s${look}" d="M${fixed(as === "points" ? x + 9 : x)} ${y}h${as === "points" ? 0 : 18}"/>`;

/** What is finite of a series; a dot where a line has nothing beside it. */
function drawn({ points, as = "line" }: Series, look: number, x: Axis, y: Axis, bottom: number): string {
  const isDrawn = (i: number): boolean => i in points && x.has(points[i][0]) && y.has(points[i][1]);
  const placed = points.flatMap(([at, value], i) =>
    isDrawn(i) ? [{ i, place: `${x.at(at)} ${y.at(value)}`, at: x.at(at) }] : [],
  );
  if (as === "points") return `<path class="points s${look}" d="${placed.map(({ place }) => `M${place}h0`).join("")}"/>`;
  const line = placed.map(({ i, place }) => `${isDrawn(i - 1) ? "L" : "M"}${place}`).join("");
  if (as === "area") {
    const [first, last] = [placed[0], placed[placed.length - 1]];
    return placed.length === 0 ? "" : `<path class="area s${look}" d="M${first.at} ${bottom}L${line.slice(1).replaceAll("M", "L")}L${last.at} ${bottom}"/>`; // biome-ignore format: one line
  }
  const alone = placed.filter(({ i }) => !isDrawn(i - 1) && !isDrawn(i + 1));
  const dots = alone.map(({ place }) => `<circle class="s${look}" cx="${place.replace(" ", '" cy="')}" r="2.5"/>`);
  return `<path class="line s${look}" d="${line}"/>${dots.join("")}`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
