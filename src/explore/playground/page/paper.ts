// A text field with colours: the letters are painted behind it, in lines that lie where its own lie. In: an element. Out: the field, and where on the screen
// its letters are. Guarantee: the field is the browser's, so that keyboards, readers aloud, selection and undoing work as anywhere; a line is painted anew only
// where it changed.
import { type Mark, painted, type Run } from "../colours.ts";
import { longest } from "../state.ts";

/** A field, and its paint. */
export interface Paper {
  readonly field: HTMLTextAreaElement;
  /** What scrolls. */
  readonly element: HTMLElement;
  /** Paints the text as it is, with what is marked. */
  paint(marks: readonly Mark[]): void;
  /** Where letters of one line are on the screen. */
  boxOf(from: number, to: number): DOMRect;
  /** The letter at a point of the screen; undefined, where none is. */
  letterAt(x: number, y: number): number | undefined;
}

const made = (name: string, of: string, parent: HTMLElement): HTMLElement => {
  const element = document.createElement(of);
  element.className = name;
  parent.append(element);
  return element;
};

/** An empty one. */
export function paperIn(parent: HTMLElement): Paper {
  const element = made("paper", "div", parent);
  const gutter = made("gutter", "div", element);
  const sheet = made("sheet", "div", element);
  const paint = made("paint", "div", sheet);
  for (const hidden of [gutter, paint]) hidden.ariaHidden = "true";
  const field = made("field", "textarea", sheet) as HTMLTextAreaElement;
  field.wrap = "off";
  field.spellcheck = false;
  for (const key of ["autocapitalize", "autocomplete", "autocorrect"]) field.setAttribute(key, "off");
  let shown: string[] = [];

  const lineOf = (at: number): { readonly line: number; readonly column: number } => {
    const before = field.value.slice(0, at);
    return { line: before.split("\n").length - 1, column: at - before.lastIndexOf("\n") - 1 };
  };
  const boxIn = (line: Element, from: number, to: number): DOMRect => {
    const range = document.createRange();
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    range.setStart(line, 0);
    range.collapse(true);
    let end = 0;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const [start, { length }] = [end, node.nodeValue ?? ""];
      end += length;
      if (start <= from) range.setStart(node, Math.min(from - start, length));
      if (start < to || start <= from) range.setEnd(node, Math.min(to - start, length));
    }
    const box = range.getBoundingClientRect();
    return box.height > 0 ? box : line.getBoundingClientRect();
  };

  return {
    field,
    element,
    paint(marks) {
      // A file that was pasted by mistake: painted in one colour, since each line would be an element.
      const isLong = field.value.length > longest;
      const lines = isLong ? [[{ text: field.value, names: "" }]] : painted(field.value, marks);
      const keys = lines.map((line) => JSON.stringify(line));
      for (const [i, line] of lines.entries()) {
        if (keys[i] === shown[i]) continue;
        const place = paint.children[i] ?? made("line", "div", paint);
        place.replaceChildren(...line.map(asElement));
      }
      while (paint.children.length > lines.length) paint.lastElementChild?.remove();
      while (gutter.children.length > lines.length) gutter.lastElementChild?.remove();
      for (const [i, line] of lines.entries()) {
        const number = gutter.children[i] ?? made("number", "div", gutter);
        if (i >= shown.length) number.textContent = String(i + 1);
        number.classList.toggle(
          "has-error",
          line.some(({ names }) => names.includes("error")),
        );
      }
      shown = keys;
    },
    boxOf(from, to) {
      const { line, column } = lineOf(from);
      return boxIn(paint.children[line] ?? paint, column, column + to - from);
    },
    letterAt(x, y) {
      const first = paint.firstElementChild?.getBoundingClientRect();
      if (first === undefined) return undefined;
      // Lines are equally high, but where letters of another script push them: those beside are tried too.
      const guess = Math.floor((y - first.top) / first.height);
      const line = [guess, guess - 1, guess + 1].find((one) => {
        const box = paint.children[one]?.getBoundingClientRect();
        return box !== undefined && box.top <= y && y < box.bottom;
      });
      if (line === undefined) return undefined;
      const text = field.value.split("\n")[line];
      let [low, high] = [0, text.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (boxIn(paint.children[line], middle, middle + 1).right > x) high = middle;
        else low = middle + 1;
      }
      const start = field.value
        .split("\n")
        .slice(0, line)
        .reduce((sum, { length }) => sum + length + 1, 0);
      return low < text.length ? start + low : undefined;
    },
  };
}

function asElement({ text, names }: Run): Node {
  if (names === "") return document.createTextNode(text);
  const element = document.createElement("span");
  element.className = names;
  element.textContent = text;
  return element;
}
