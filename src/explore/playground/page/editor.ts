// The editor of the list. In: a text, problems. Out: CodeMirror in an element, which tells of every change. Guarantee: colours come from a few lines here, not
// from a grammar, which would be as large as the editor; completion and hover come from the schemas' words, fetched when first asked for.
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { answersTo, askedAt, saidOf } from "../context.ts";
import type { Problem } from "../trouble.ts";
import { type PackedWords, unpacked, type Words } from "../words.ts";

let loaded: Promise<Words> | undefined;
/** The words, once. */
function words(): Promise<Words> {
  loaded ??= fetch(new URL("words.json", document.baseURI))
    .then((found) => found.json() as Promise<PackedWords>)
    .then(unpacked);
  return loaded;
}

const tokens: readonly (readonly [RegExp, string])[] = [
  [/^\/\/.*/, "comment"],
  [/^\/\*.*?(\*\/|$)/, "comment"],
  [/^(["'`])(?:[^\\]|\\.)*?(\1|$)/, "string"],
  [/^(import|from|export|default|const|true|false|null)\b/, "keyword"],
  [/^\d[\w.]*/, "number"],
  [/^[\w$]+(?=\s*:)/, "propertyName"],
  [/^[\w$]+(?=\s*\()/, "function"],
  [/^[\w$]+/, "variableName"],
];

const language = StreamLanguage.define<{ depth: number }>({
  startState: () => ({ depth: 0 }),
  copyState: ({ depth }) => ({ depth }),
  token(stream, state) {
    if (stream.eatSpace()) return null;
    for (const [pattern, name] of tokens) if (stream.match(pattern)) return name;
    const letter = stream.next() ?? "";
    if ("([{".includes(letter)) state.depth++;
    else if (")]}".includes(letter)) state.depth = Math.max(0, state.depth - 1);
    return null;
  },
  indent: ({ depth }, after, { unit }) => unit * Math.max(0, depth - (/^[)\]}]/.test(after) ? 1 : 0)),
  languageData: {
    commentTokens: { line: "//" },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
    indentOnInput: /^\s*[)\]}]$/,
  },
  tokenTable: { function: tags.function(tags.variableName) },
});

/** Colours are the report's. */
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--string)" },
  { tag: tags.number, color: "var(--number)" },
  { tag: tags.keyword, color: "var(--keyword)" },
  { tag: tags.propertyName, color: "var(--value)" },
  { tag: tags.function(tags.variableName), color: "var(--name)" },
]);

async function completions(context: CompletionContext): Promise<CompletionResult | null> {
  const known = await words();
  const question = askedAt(context.state.doc.toString(), context.pos, known);
  if (question === undefined || (question.kind === "name" && question.word === "" && !context.explicit)) return null;
  const options = answersTo(question, known).map(({ label, insert, kind, type, says }) => ({
    label,
    apply: insert,
    detail: type.length > 32 ? `${type.slice(0, 31)}…` : type,
    info: says === "" ? undefined : says,
    type: kind === "key" ? "property" : kind === "factory" ? "function" : "constant",
  }));
  return { from: question.from, options, validFor: /^[\w$]*$/ } as CompletionResult;
}

const hover = hoverTooltip(async (view, at) => {
  const word = view.state.wordAt(at);
  if (word === null) return null;
  const said = saidOf(view.state.doc.toString(), word.from, word.to, await words());
  if (said === undefined) return null;
  return {
    pos: word.from,
    end: word.to,
    create() {
      const dom = document.createElement("div");
      dom.className = "said";
      const [title, says] = [document.createElement("code"), document.createElement("p")];
      [title.textContent, says.textContent] = [said.title, said.says];
      dom.append(title, says);
      return { dom };
    },
  };
});

/** An editor that is shown. */
export interface Editor {
  /** Another text, where it is not what stands there. */
  set(text: string): void;
  show(problems: readonly Problem[]): void;
  go(at: number): void;
}

/** Shows an editor in an element. */
export function editorIn(parent: HTMLElement, text: string, changed: (text: string) => void): Editor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        language,
        indentUnit.of("  "),
        syntaxHighlighting(colours),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ override: [completions], icons: false }),
        hover,
        lintGutter(),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "The list of layers", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    set(next) {
      const { doc } = view.state;
      if (doc.toString() !== next) view.dispatch({ changes: { from: 0, to: doc.length, insert: next } });
    },
    show(problems) {
      const end = view.state.doc.length;
      const within = (at: number): number => Math.min(at, end);
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map(({ from, to, severity, message, hint, code }) => ({
            from: within(from),
            to: within(to),
            severity,
            source: code,
            message: hint === undefined ? message : `${message}\n${hint}`,
          })),
        ),
      );
    },
    go(at) {
      view.focus();
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) }, scrollIntoView: true });
    },
  };
}
