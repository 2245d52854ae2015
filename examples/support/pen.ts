// A page on which one draws a digit: strokes on a canvas become 28 x 28 grey values as MNIST has them, and every move asks the model
// again. In: `predict` of a module that takes 784 numbers and gives 10.

const side = 28;
/** A digit of MNIST fills a square of 20 points, and its centre of mass is in the middle. */
const box = 20;

const canvas = element("paper") as HTMLCanvasElement;
const small = Object.assign(document.createElement("canvas"), { width: side, height: side });
const paper = context(canvas);
const reduced = context(small);
const bars = Array.from({ length: 10 }, (_, digit) => bar(digit));
const input = new Float32Array(side * side);
const scores = new Float32Array(10);
let predict: (x: Float32Array, out: Float32Array) => unknown = () => undefined;
let last: { readonly x: number; readonly y: number } | undefined;

paper.lineWidth = 22;
paper.lineCap = "round";
paper.lineJoin = "round";
paper.strokeStyle = "#fff";

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  last = pointOf(event);
  lineTo(last);
});
canvas.addEventListener("pointermove", (event) => {
  if (last !== undefined) lineTo(pointOf(event));
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => {
    last = undefined;
  });
}
element("clear").addEventListener("click", clear);
clear();

/** From now on this model answers. */
export function pen(model: typeof predict): void {
  predict = model;
}

function clear(): void {
  paper.fillStyle = "#000";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  show(undefined);
}

function pointOf({ clientX, clientY }: PointerEvent): { readonly x: number; readonly y: number } {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height };
}

function lineTo(point: { readonly x: number; readonly y: number }): void {
  paper.beginPath();
  paper.moveTo(last?.x ?? point.x, last?.y ?? point.y);
  paper.lineTo(point.x, point.y);
  paper.stroke();
  last = point;
  if (reduce()) {
    predict(input, scores);
    show(scores);
  }
}

/** The drawing as the model takes it; false where there is none. */
function reduce(): boolean {
  const { width, height } = canvas;
  const { data } = paper.getImageData(0, 0, width, height);
  let [left, right, top, bottom, mass, x, y] = [width, -1, height, -1, 0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    const ink = data[4 * i];
    if (ink === 0) continue;
    const [column, row] = [i % width, Math.floor(i / width)];
    [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column), Math.min(top, row), Math.max(bottom, row)];
    mass += ink;
    x += ink * column;
    y += ink * row;
  }
  if (mass === 0) return false;
  const scale = box / Math.max(right - left + 1, bottom - top + 1);
  reduced.fillStyle = "#000";
  reduced.fillRect(0, 0, side, side);
  reduced.imageSmoothingQuality = "high";
  reduced.drawImage(canvas, side / 2 - (scale * x) / mass, side / 2 - (scale * y) / mass, scale * width, scale * height);
  const grey = reduced.getImageData(0, 0, side, side).data;
  for (let i = 0; i < input.length; i++) input[i] = grey[4 * i] / 255;
  return true;
}

function show(found: Float32Array | undefined): void {
  const best = found?.indexOf(Math.max(...found)) ?? -1;
  element("answer").textContent = best < 0 ? "?" : String(best);
  for (const [digit, row] of bars.entries()) {
    const score = found?.[digit] ?? 0;
    row.toggleAttribute("data-best", digit === best);
    row.style.setProperty("--score", String(score));
    row.title = score.toFixed(3);
  }
}

function bar(digit: number): HTMLElement {
  const row = document.createElement("li");
  row.textContent = String(digit);
  element("scores").append(row);
  return row;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

function context(of: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = of.getContext("2d", { willReadFrequently: true });
  if (found === null) throw new Error("the page cannot draw");
  return found;
}
