// Pictures on a canvas. In: what the module gives, and the rows. Out: pixels. Guarantee: colours are the page's, light or dark.
import type { Rows } from "../datasets.ts";
import type { Picture } from "../trainer.ts";

/** Far ends of a scale, and the colours of classes; a pair each, light and dark. */
const scale = [
  [13, 110, 253],
  [217, 72, 15],
] as const;
const classes = [[13, 110, 253], [217, 72, 15], [46, 133, 64], [138, 44, 143], [143, 110, 0], [15, 118, 110], [190, 24, 93], [71, 85, 105], [124, 58, 237], [101, 115, 23]] as const; // biome-ignore format: a palette

type Color = readonly [number, number, number];
const mix = (a: Color, b: Color, share: number): Color => [0, 1, 2].map((i) => a[i] + (b[i] - a[i]) * share) as unknown as Color;

/** The ground that pictures lie on. */
function groundOf(canvas: HTMLCanvasElement): Color {
  const [r, g, b] = getComputedStyle(canvas).backgroundColor.match(/\d+/g)?.map(Number) ?? [255, 255, 255];
  return [r, g, b];
}

/** What a net gives over the plane: of one output from low to high around the middle of the targets, of several the strongest. */
export function paintSurface(canvas: HTMLCanvasElement, picture: Picture & { readonly kind: "surface" }, rows: Rows): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { size, values, outputs, reach } = picture;
  const ground = groundOf(canvas);
  const [low, high] = [rows.y.reduce((a, b) => Math.min(a, b)), rows.y.reduce((a, b) => Math.max(a, b))];
  const along = (value: number): number => Math.max(-1, Math.min(1, (2 * (value - low)) / (high - low || 1) - 1));
  /** A side of the scale, the stronger the farther from the middle. */
  const tone = (value: number): Color => mix(ground, along(value) < 0 ? scale[0] : scale[1], 0.75 * Math.abs(along(value)));
  const small = new OffscreenCanvas(size, size);
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    const own = values.subarray(i * outputs, (i + 1) * outputs);
    const best = own.reduce((found, value, k) => (value > own[found] ? k : found), 0);
    const color = outputs === 1 ? tone(own[0]) : mix(ground, classes[best % 10], 0.2 + 0.5 * Math.min(1, Math.max(0, own[best])));
    image.data.set([...color.map(Math.round), 255], 4 * i);
  }
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  for (let i = 0; i < rows.count; i++) {
    const [x, y] = [rows.x[2 * i], rows.x[2 * i + 1]].map(
      (value, k) => (canvas.width * (1 + (k === 0 ? value : -value) / reach)) / 2,
    );
    const color =
      outputs === 1
        ? mix([255, 255, 255], along(rows.y[i]) < 0 ? scale[0] : scale[1], Math.abs(along(rows.y[i])))
        : classes[rows.y[i] % 10];
    context.beginPath();
    context.arc(x, y, 2.6, 0, 2 * Math.PI);
    context.fillStyle = `rgb(${color.join(" ")})`;
    context.fill();
    context.strokeStyle = "rgb(255 255 255 / 0.75)";
    context.lineWidth = 0.8;
    context.stroke();
  }
}

/** Pictures of the rows with what the net reads in them; a frame where it is wrong. */
export function paintDigits(canvas: HTMLCanvasElement, picture: Picture & { readonly kind: "digits" }, rows: Rows): void {
  const context = canvas.getContext("2d");
  const side = rows.inputShape[0];
  if (context === null || rows.inputShape.length !== 3) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const style = getComputedStyle(canvas);
  for (const [i, { row, wanted, given }] of picture.rows.entries()) {
    const [left, top] = [(i % 8) * 42, Math.floor(i / 8) * 72];
    const image = new ImageData(side, side);
    for (let k = 0; k < side * side; k++) {
      const grey = Math.round(255 * (1 - rows.x[row * side * side + k]));
      image.data.set([grey, grey, grey, 255], 4 * k);
    }
    const small = new OffscreenCanvas(side, side);
    small.getContext("2d")?.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, left + 2, top + 2, 38, 38);
    context.font = "600 16px system-ui";
    context.textAlign = "center";
    context.fillStyle = wanted === given ? style.color : "rgb(217 72 15)";
    context.fillText(wanted === given ? String(given) : `${given} ≠ ${wanted}`, left + 21, top + 60);
  }
}
