// Curves over epochs as SVG. In: an element, names and numbers. Out: a drawing in it, with a legend that tells the numbers of the epoch one points at. Guarantee: its colours are
// those of the style sheet, so a theme needs no second drawing; what was not measured is a gap; a script of its own, which only a report with a training has.
import { type Axis, fixed, roundAxis, tightAxis } from "../../data/axes.ts";
import { short } from "./numbers.ts";
import type { Curve, DrawCurves } from "./training-view.tsx";

const height = 260;
const [left, right, top, bottom] = [58, 14, 8, height - 38];
/** As many looks as the style sheet has: a colour and dashes, which tell apart what has no colour. */
const looks = 4;

/** An element of SVG, with text if it has any. Text is never read as markup. */
function make(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The number of an epoch, counted from 0; none where there is nothing to draw. */
const valueAt = ({ values }: Curve, epoch: number): number | undefined => {
  const value = values[epoch];
  return value != null && Number.isFinite(value) ? value : undefined;
};

/** A curve in words: how it begins, how it ends, and its lowest point. */
function inWords(curve: Curve): string {
  const all = curve.values.flatMap((_, epoch) => valueAt(curve, epoch) ?? []);
  if (all.length === 0) return `${curve.name} has no numbers`;
  return `${curve.name} from ${short(all[0])} to ${short(all[all.length - 1])}, lowest ${short(all.reduce((a, b) => Math.min(a, b)))}`;
}

function lineOf(curve: Curve, look: number, x: Axis, y: Axis): readonly SVGElement[] {
  const has = (epoch: number): boolean => valueAt(curve, epoch) !== undefined;
  const place = (epoch: number): string => `${x.at(epoch + 1)} ${y.at(valueAt(curve, epoch) ?? 0)}`;
  const epochs = curve.values.flatMap((_, epoch) => (has(epoch) ? [epoch] : []));
  const path = epochs.map((epoch) => `${has(epoch - 1) ? "L" : "M"}${place(epoch)}`).join("");
  // A line through one point shows nothing.
  const alone = epochs.filter((epoch) => !has(epoch - 1) && !has(epoch + 1));
  return [make("path", { class: `curve look${look}`, d: path }), ...alone.map((epoch) => dot(look, place(epoch)))];
}

const dot = (look: number, place: string): SVGElement => {
  const [cx, cy] = place.split(" ");
  return make("circle", { class: `look${look}`, cx, cy, r: 3.5 });
};

const draw: DrawCurves = (element, name, curves) => {
  const epochs = curves.reduce((most, { values }) => Math.max(most, values.length), 0);
  const numbers = curves.flatMap((curve) => curve.values.flatMap((_, epoch) => valueAt(curve, epoch) ?? []));
  const y = roundAxis(numbers, bottom, top);
  const svg = make("svg", { role: "img", "aria-label": `${name} by epoch: ${curves.map(inWords).join("; ")}`, height });
  const legend = document.createElement("p");
  legend.className = "key";
  const at = document.createElement("span");
  const keys = curves.map((curve, i) => {
    const key = document.createElement("span");
    const swatch = make("svg", { width: 22, height: 10, "aria-hidden": "true" });
    swatch.append(make("path", { class: `curve look${i % looks}`, d: "M0 5h22" }));
    const text = document.createElement("span");
    key.append(swatch, text);
    return { key, tell: (epoch?: number) => (text.textContent = epoch === undefined ? curve.name : `${curve.name} ${short(valueAt(curve, epoch) ?? Number.NaN)}`) }; // biome-ignore format: one line
  });
  legend.append(...keys.map(({ key }) => key), at);
  element.append(svg, legend);

  let x: Axis = tightAxis([1], 0, 1);
  const pointer = make("g", {});
  /** Shows the numbers of an epoch; without one, names alone. */
  const point = (epoch?: number): void => {
    for (const { tell } of keys) tell(epoch);
    at.textContent = epoch === undefined ? "" : `epoch ${epoch + 1}`;
    pointer.replaceChildren();
    if (epoch === undefined) return;
    const place = x.at(epoch + 1);
    pointer.append(make("path", { class: "grid", d: `M${place} ${top}V${bottom}` }));
    for (const [i, curve] of curves.entries()) {
      const value = valueAt(curve, epoch);
      if (value !== undefined) pointer.append(dot(i % looks, `${place} ${y.at(value)}`));
    }
  };
  const size = (): void => {
    const width = Math.max(240, element.clientWidth);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    x = tightAxis(Array.from({ length: epochs }, (_, i) => i + 1), left, width - right); // biome-ignore format: one line
    svg.replaceChildren(
      ...y.ticks.flatMap((tick) => [
        make("path", { class: "grid", d: `M${left} ${y.at(tick)}H${width - right}` }),
        make("text", { x: left - 8, y: y.at(tick), dy: 4, "text-anchor": "end" }, y.label(tick)),
      ]),
      ...x.ticks.map((tick) => make("text", { x: x.at(tick), y: bottom + 17, "text-anchor": "middle" }, x.label(tick))),
      make("text", { x: fixed((left + width - right) / 2), y: bottom + 33, "text-anchor": "middle" }, "epoch"),
      ...curves.flatMap((curve, i) => lineOf(curve, i % looks, x, y)),
      pointer,
    );
    point();
  };
  svg.addEventListener("pointermove", ({ clientX }) => {
    const from = svg.getBoundingClientRect();
    const part = (clientX - from.left - left) / Math.max(1, from.width - left - right);
    point(Math.min(epochs - 1, Math.max(0, Math.round(part * (epochs - 1)))));
  });
  svg.addEventListener("pointerleave", () => point());
  let drawn = 0;
  // A legend that takes another line makes the element higher: what one points at stays.
  const watch = new ResizeObserver(() => {
    if (drawn !== element.clientWidth) size();
    drawn = element.clientWidth;
  });
  watch.observe(element);
  return () => {
    watch.disconnect();
    element.replaceChildren();
  };
};

(globalThis as { layercCurves?: DrawCurves }).layercCurves = draw;
