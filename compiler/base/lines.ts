// A text that knows what its lines are of. In: lines with the things they speak of, by the names that the stages have for them. Out: the text.
// Guarantee: the text is the lines and nothing else, so that what a line is of need never be read out of it again.

/** What a line is of: a node (`%3`, `%7/%2`), a region (`r2`), a buffer, a kernel, a call (`predict 2`, from 0), a name of a straight line. */
export interface Of {
  readonly kind: "node" | "region" | "buffer" | "kernel" | "call" | "let";
  readonly name: string;
  /** It is read there: whoever asks for it wants to see the line, whoever asks for the line does not mean it. */
  readonly also?: true;
}

/** One line; of several things the nearest first. */
export interface Line {
  readonly text: string;
  readonly of: readonly Of[];
  /** Of a line that holds numbers of several buffers: from which column on they are whose, in order. */
  readonly parts?: readonly Part[];
}

/** A stretch of a line, up to where the next begins. */
export interface Part {
  readonly from: number;
  readonly of: readonly Of[];
}

/** A line of nothing in particular, or of some things of one kind. */
export const line = (text: string, kind: Of["kind"] = "buffer", names: Iterable<string> = []): Line => ({
  text,
  of: [...new Set(names)].map((name) => ({ kind, name })),
});

/** Buffers that are read. */
export const reads = (names: Iterable<string>): readonly Of[] =>
  [...new Set(names)].map((name) => ({ kind: "buffer", name, also: true }));

/** The same line with a text of its own. */
export const indented = (by: string, { text, of }: Line): Line => ({ text: by + text, of });

/** The lines as one text, each ended. */
export const textOf = (lines: readonly Line[]): string => `${lines.map(({ text }) => text).join("\n")}\n`;
