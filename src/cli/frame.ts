// The lines around a place, for a terminal. In: a place in a file of the user's. Out: up to three lines with their numbers, and a mark below
// the character that is meant; none where the file is no text, or too large. Guarantee: nothing in the file moves the cursor or changes
// colours, and no line is wider than a terminal.
import { readFileSync, statSync } from "node:fs";
import type { Place } from "../../compiler/diagnostics/error.ts";
import type { Paint } from "./render.ts";

/** Beyond that a file is not read for the sake of a message. */
const largest = 2 ** 26;
/** Characters of a line that are shown, and how many of them may stand before the one that is meant. */
const widest = 96;
const before = 60;

/**
 * ```
 *     6 |   flatten({}),
 *   > 7 |   dense({ units: -1 }),
 *       |           ^
 * ```
 */
export function frameOf({ file, line, column }: Place, paint: Paint): readonly string[] {
  const lines = line === undefined ? [] : linesOf(file);
  if (line === undefined || line > lines.length) return [];
  const numbers = [line - 1, line, line + 1].filter((number) => number >= 1 && number <= lines.length);
  // What ends with a line end has no line behind it.
  const shown = numbers.filter((number) => number <= line || lines[number - 1] !== "" || number < lines.length);
  const width = String(shown.at(-1)).length;
  // All lines are cut alike, so that they stay below each other.
  const from = column === undefined || column <= before + widest / 4 ? 0 : column - 1 - before;
  return shown.flatMap((number) => {
    const isMeant = number === line;
    const gutter = `${isMeant ? paint(["bold", "red"], ">") : " "} ${paint("dim", `${String(number).padStart(width)} |`)}`;
    const text = `  ${gutter} ${cut(lines[number - 1], from)}`.trimEnd();
    if (!isMeant || column === undefined) return [text];
    const start = lines[number - 1].slice(from, Math.max(from, column - 1));
    const space = " ".repeat((from > 0 ? 1 : 0) + [...plain(start)].reduce((sum, character) => sum + columnsOf(character), 0));
    return [text, `    ${" ".repeat(width)} ${paint("dim", "|")} ${space}${paint(["bold", "red"], "^")}`];
  });
}

function linesOf(file: string): readonly string[] {
  try {
    const found = statSync(file);
    // A pipe would be read a second time.
    if (!found.isFile() || found.size > largest) return [];
    const bytes = readFileSync(file);
    return bytes.subarray(0, 1000).includes(0) ? [] : new TextDecoder("utf-8", { fatal: true }).decode(bytes).split(/\r\n?|\n/);
  } catch {
    // It is gone, may not be read, or is no text.
    return [];
  }
}

const cut = (line: string, from: number): string => {
  const text = plain(line.slice(from, from + widest));
  return `${from > 0 && line.length > 0 ? "…" : ""}${text}${line.length > from + widest ? "…" : ""}`;
};

/** One visible character for each that there is: a terminal would obey control characters, and turn text around for some. */
const plain = (text: string): string => text.replaceAll("\t", " ").replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\u{fffd}");

/** Columns of a terminal: marks stand above the letter before, and characters of East Asia and pictures are two wide. */
const columnsOf = (character: string): number =>
  /\p{M}/u.test(character)
    ? 0
    : /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u.test(character)
      ? 2
      : 1;
