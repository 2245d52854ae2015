// The list as one writes it. In: an element, a text, problems. Out: an editor with colours, completion and sentences from the schemas, problems in their place.
// Guarantee: its text is the visitor's to the letter. Half a page of script in the place of a library that weighs a third of the compiler.
import { type Mark, pairAt } from "../colours.ts";
import { type Answer, answersTo, askedAt, saidOf } from "../context.ts";
import type { Problem } from "../trouble.ts";
import { type Edit, typedAs } from "../typing.ts";
import { type PackedWords, unpacked, type Words } from "../words.ts";
import { fitting, offersFor } from "./offers.ts";
import { paperIn } from "./paper.ts";

let loaded: Promise<Words> | undefined;
/** The words, once. */
function words(): Promise<Words> {
  loaded ??= fetch(new URL("words.json", document.baseURI))
    .then((found) => found.json() as Promise<PackedWords>)
    .then(unpacked);
  return loaded;
}

/** An editor that is shown. */
export interface Editor {
  /** Another text, where it is not what stands there. */
  set(text: string): void;
  show(problems: readonly Problem[]): void;
  go(at: number): void;
}

/** Milliseconds that a pointer rests before a word is explained. */
const rest = 300;

/** Shows an editor in an element. */
export function editorIn(parent: HTMLElement, text: string, changed: (text: string) => void): Editor {
  const paper = paperIn(parent);
  const { field, element } = paper;
  [field.ariaLabel, field.value] = ["The list of layers", text];
  field.setAttribute("aria-autocomplete", "list");
  const offers = offersFor(field, parent, accept);
  const said = document.createElement("div");
  [said.className, said.role, said.hidden] = ["said", "tooltip", true];
  parent.append(said);
  let problems: readonly Problem[] = [];
  /** Where the word that is being completed begins. */
  let from = 0;
  /** Counts what was asked for, since words may come late. */
  let turn = 0;

  const marks = (): readonly Mark[] => {
    const { length } = field.value;
    const faults = problems.map(({ from, to, severity }) => {
      // What has no length is the letter before, or after.
      const [begin, end] = [Math.min(from, length), Math.min(to, length)];
      return begin < end ? { from: begin, to: end, name: severity } : { from: Math.max(0, end - 1), to: end + 1, name: severity };
    });
    const caret = field.selectionStart === field.selectionEnd && document.activeElement === field ? field.selectionStart : -1;
    const pair = caret < 0 ? [] : pairAt(field.value, caret);
    return [...faults, ...pair.map((at) => ({ from: at, to: at + 1, name: "pair" }))];
  };
  const paint = (): void => paper.paint(marks());
  const close = (): void => {
    turn++;
    offers.close();
  };

  function put({ from, to, insert, select }: Edit): void {
    field.setSelectionRange(from, to);
    // The one way that the browser's undo knows of.
    if (from < to || insert !== "") document.execCommand(insert === "" ? "delete" : "insertText", false, insert);
    field.setSelectionRange(...select);
  }
  function accept({ insert }: Answer): void {
    const end = field.selectionEnd + (/^[\w$]*/.exec(field.value.slice(field.selectionEnd))?.[0].length ?? 0);
    // A key that is written over has its colon.
    const whole = /^\s*:/.test(field.value.slice(end)) ? insert.replace(/: $/, "") : insert;
    close();
    put({ from, to: end, insert: whole, select: [from + whole.length, from + whole.length] });
    close();
  }
  async function offer(isAsked: boolean): Promise<void> {
    const mine = ++turn;
    const known = await words();
    if (mine !== turn) return;
    const question = askedAt(field.value, field.selectionEnd, known);
    const isQuiet = question === undefined || (question.word === "" && !isAsked);
    const answers = isQuiet ? [] : fitting(answersTo(question, known), question.word);
    // What is written in full needs no answer.
    if (question === undefined || answers.length === 0 || (answers.length === 1 && answers[0].insert === question.word))
      return close();
    from = question.from;
    offers.show(answers, paper.boxOf(from, from));
  }

  field.addEventListener("input", (event) => {
    paint();
    changed(field.value);
    const { inputType } = event as InputEvent;
    const isWriting = inputType === "insertText" || inputType === "insertCompositionText";
    if (isWriting || (offers.isOpen && inputType === "deleteContentBackward")) void offer(false);
    else close();
  });
  const whileOpen: Readonly<Record<string, () => void>> = {
    ArrowDown: () => offers.move(1),
    ArrowUp: () => offers.move(-1),
    PageDown: () => offers.move(8),
    PageUp: () => offers.move(-8),
    Enter: () => offers.chosen && accept(offers.chosen),
    Escape: close,
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const isControl = event.ctrlKey || event.metaKey;
    const act = offers.isOpen && !isControl ? whileOpen[event.key] : undefined;
    if (act !== undefined) act();
    else if (isControl && event.key === " ") void offer(true);
    else if (event.key === "Escape" && !said.hidden) said.hidden = true;
    else {
      const { value, selectionStart, selectionEnd } = field;
      // AltGr is Control and Alt, and writes brackets.
      const key = isControl && !event.altKey ? `Ctrl-${event.key}` : event.key;
      const edit = typedAs(key, { text: value, from: selectionStart, to: selectionEnd });
      if (edit === undefined) return;
      put(edit);
    }
    event.preventDefault();
  });
  field.addEventListener("blur", () => {
    close();
    paint();
  });
  document.addEventListener("selectionchange", () => {
    if (document.activeElement !== field) return;
    if (offers.isOpen && field.selectionEnd < from) close();
    paint();
  });
  element.addEventListener("scroll", () => {
    close();
    said.hidden = true;
  });
  let timer = 0;
  field.addEventListener("pointermove", ({ clientX, clientY }) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void explain(clientX, clientY), rest);
  });
  for (const name of ["pointerleave", "pointerdown", "input"])
    field.addEventListener(name, () => {
      clearTimeout(timer);
      said.hidden = true;
    });

  async function explain(x: number, y: number): Promise<void> {
    const at = paper.letterAt(x, y);
    said.hidden = true;
    if (at === undefined) return;
    const { value } = field;
    const [before, after] = [/[\w$]*$/.exec(value.slice(0, at))?.[0] ?? "", /^[\w$]*/.exec(value.slice(at))?.[0] ?? ""];
    const [begin, end] = [at - before.length, at + after.length];
    const word = after === "" ? undefined : saidOf(value, begin, end, await words());
    const faults = problems.filter((one) => one.from <= at && at < one.to);
    const parts = [
      ...faults.map(({ message, hint }) => [message, hint ?? ""] as const),
      ...(word === undefined ? [] : [[word.title, word.says] as const]),
    ];
    if (parts.length === 0 || value !== field.value) return;
    said.replaceChildren(
      ...parts.flatMap(([title, says]) => {
        const [code, line] = [document.createElement("code"), document.createElement("p")];
        [code.textContent, line.textContent] = [title, says];
        return [code, line];
      }),
    );
    said.hidden = false;
    const [box, { width, height }] = [paper.boxOf(begin, end), said.getBoundingClientRect()];
    said.style.left = `${Math.max(4, Math.min(box.left, innerWidth - width - 4))}px`;
    said.style.top = `${box.top > height ? box.top - height : box.bottom}px`;
  }

  paint();
  return {
    set(next) {
      if (field.value === next) return;
      field.value = next;
      element.scrollTo(0, 0);
      close();
      paint();
    },
    show(next) {
      problems = next;
      paint();
    },
    go(at) {
      field.focus();
      field.setSelectionRange(at, at);
      const [box, room] = [paper.boxOf(at, at), element.getBoundingClientRect()];
      if (box.top < room.top || box.bottom > room.bottom) element.scrollTop += box.top - room.top - room.height / 3;
      if (box.left < room.left || box.left > room.right) element.scrollLeft += box.left - room.left - room.width / 3;
    },
  };
}
