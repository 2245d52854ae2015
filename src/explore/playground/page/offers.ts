// What is offered while one writes. In: answers, and what was written of one so far. Out: a list beneath the word, one of them chosen, its sentence beside.
// Guarantee: the field keeps the focus, and tells readers aloud which one is chosen.
import type { Answer } from "../context.ts";

const id = "offers";
/** Few enough to be drawn while one types; who sees none that fits types on. */
const most = 200;

/** The list. */
export interface Offers {
  readonly isOpen: boolean;
  show(answers: readonly Answer[], under: DOMRect): void;
  close(): void;
  /** The next one, or the one before. */
  move(by: number): void;
  readonly chosen: Answer | undefined;
}

/** Those that begin with a word; where none does, those that have it. */
export function fitting(answers: readonly Answer[], word: string): readonly Answer[] {
  const small = word.toLowerCase();
  const place = ({ label }: Answer): number => label.toLowerCase().indexOf(small);
  const first = answers.filter((one) => place(one) === 0);
  return (first.length > 0 ? first : answers.filter((one) => place(one) > 0)).slice(0, most);
}

/** A closed one, beneath which element its list will be. */
export function offersFor(field: HTMLTextAreaElement, parent: HTMLElement, pick: (answer: Answer) => void): Offers {
  const box = document.createElement("div");
  const [list, said] = [document.createElement("ul"), document.createElement("p")];
  box.className = "offers";
  box.hidden = true;
  [list.id, list.role, list.ariaLabel] = [id, "listbox", "What may stand here"];
  box.append(list, said);
  parent.append(box);
  let answers: readonly Answer[] = [];
  let at = 0;

  const choose = (next: number): void => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = next;
    const item = list.children[at];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", `${id}-${at}`);
    said.textContent = answers[at]?.says ?? "";
    said.hidden = said.textContent === "";
  };
  return {
    get isOpen() {
      return !box.hidden;
    },
    show(next, { left, top, bottom }) {
      answers = next;
      list.replaceChildren(
        ...answers.map((answer, i) => {
          const item = document.createElement("li");
          const [label, type] = [document.createElement("b"), document.createElement("i")];
          [item.id, item.role] = [`${id}-${i}`, "option"];
          label.textContent = answer.label;
          type.textContent = answer.type.length > 32 ? `${answer.type.slice(0, 31)}…` : answer.type;
          item.append(label, type);
          // Before the field loses the focus.
          item.addEventListener("pointerdown", (event) => {
            event.preventDefault();
            pick(answer);
          });
          return item;
        }),
      );
      box.hidden = false;
      field.setAttribute("aria-controls", id);
      choose(0);
      const { width, height } = box.getBoundingClientRect();
      const isAbove = bottom + height > innerHeight && top > height;
      box.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
      box.style.top = `${isAbove ? top - height : bottom}px`;
    },
    close() {
      box.hidden = true;
      list.replaceChildren();
      for (const key of ["aria-activedescendant", "aria-controls"]) field.removeAttribute(key);
    },
    move: (by) => choose((at + by + answers.length) % answers.length),
    get chosen() {
      return box.hidden ? undefined : answers[at];
    },
  };
}
