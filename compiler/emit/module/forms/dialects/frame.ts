// The text around a function, as a row of a dialect: fixed pieces, and places where something goes. In: what goes there, or a text. Out: the text, or what
// stands there. Guarantee: reading is the way back of writing, and takes nothing for a function that has a word more; a text is walked once, whatever is in it.

/** What goes into a text: the function's name, its arguments, its result, what it passes on, its JavaScript. */
export type Slot = "name" | "parameters" | "returned" | "passed" | "body";
/** By slot; what a frame has no place for is not asked for. */
export type Filling = Readonly<Partial<Record<Slot, string>>>;

/** A place for one of them. */
export interface Place {
  readonly slot: Slot;
  /** What may stand there: no class of it runs into the one behind, so that a match never goes back. */
  readonly pattern: RegExp;
}
/** A place for code. */
export interface Quoted {
  readonly slot: "body";
  readonly quoting: Quoting;
}
/** How code stands in another text. */
export interface Quoting {
  /** Undefined where it cannot. */
  readonly write: (code: string) => string | undefined;
  /** The code from here on, and where the text goes on. */
  readonly read: (text: string, at: number) => { readonly code: string; readonly end: number } | undefined;
}

/** A text with places in it. */
export type Frame = readonly (string | Place | Quoted)[];

const word = /^[A-Za-z_$][\w$]*$/;
export const name: Place = { slot: "name", pattern: word };
/** `"a" FLOAT, "b" FLOAT[]`. */
export const parameters: Place = {
  slot: "parameters",
  pattern: /^(?:["`][\w$]+["`] [\w <>[\]]+(?:$|, (?=["`])))*$/,
};
/** `"a", "b"`. */
export const listed: Place = { slot: "parameters", pattern: /^(?:"[\w$]+"(?:$|, (?=")))*$/ };
/** `"a", CAST(to_json("b") AS VARCHAR)`. */
export const passed: Place = {
  slot: "passed",
  pattern: /^(?:(?:"[\w$]+"|CAST\(to_json\("[\w$]+"\) AS VARCHAR\))(?:$|, (?=["C])))*$/,
};
/** A type: words, brackets, names of fields. */
export const returned: Place = { slot: "returned", pattern: /^[\w$ <>[\]()"`,]+$/ };

/** Code between marks, the first pair that does not stand in it. */
export const marked = (...marks: readonly (readonly [open: string, close: string])[]): Quoted => ({
  slot: "body",
  quoting: {
    write: (code) => {
      const pair = marks.find(([, close]) => !code.includes(close));
      return pair && `${pair[0]}\n${code}\n${pair[1]}`;
    },
    read: (text, at) => {
      const pair = marks.find(([open]) => text.startsWith(`${open}\n`, at));
      if (pair === undefined) return undefined;
      const [open, close] = pair;
      const from = at + open.length + 1;
      const stop = text.indexOf(close, from);
      if (stop <= from || text[stop - 1] !== "\n") return undefined;
      return { code: text.slice(from, stop - 1), end: stop + close.length };
    },
  },
});

/** Code between single quotes, those in it doubled. */
export const quoted: Quoted = {
  slot: "body",
  quoting: {
    write: (code) => `'${code.replaceAll("'", "''")}'`,
    read: (text, at) => {
      if (text[at] !== "'") return undefined;
      // The first quote that no other follows.
      let stop = text.indexOf("'", at + 1);
      while (stop >= 0 && text[stop + 1] === "'") stop = text.indexOf("'", stop + 2);
      return stop < 0 ? undefined : { code: text.slice(at + 1, stop).replaceAll("''", "'"), end: stop + 1 };
    },
  },
};

/** The text; undefined where no quoting fits the code. */
export function filled(frame: Frame, filling: Filling): string | undefined {
  const parts = frame.map((part) => {
    if (typeof part === "string") return part;
    const value = filling[part.slot] ?? "";
    return "quoting" in part ? part.quoting.write(value) : value;
  });
  return parts.includes(undefined) ? undefined : parts.join("");
}

/** What stands in the places of a text from here to its end; undefined where the text is another. */
export function readFrame(frame: Frame, text: string, from: number): Filling | undefined {
  const found: Partial<Record<Slot, string>> = {};
  let at = from;
  for (const [i, part] of frame.entries()) {
    if (typeof part === "string") {
      if (!text.startsWith(part, at)) return undefined;
      at += part.length;
      continue;
    }
    const { slot } = part;
    const value = "quoting" in part ? part.quoting.read(text, at) : upTo(part, frame[i + 1], text, at);
    // A name that stands twice is one name.
    if (value === undefined || (found[slot] !== undefined && found[slot] !== value.code)) return undefined;
    found[slot] = value.code;
    at = value.end;
  }
  return at === text.length ? found : undefined;
}

/** What stands before the next fixed piece, where it may. */
function upTo({ pattern }: Place, next: Frame[number] | undefined, text: string, at: number) {
  const stop = typeof next === "string" ? text.indexOf(next, at) : -1;
  const code = text.slice(at, stop);
  return stop < 0 || !pattern.test(code) ? undefined : { code, end: stop };
}
