// How the text of a form ends: in the edition that was asked for, judged, and with its digest. In: text that begins with a module's header, perhaps
// with marks in it. Out: what is shipped, and what its lines are of.
import type { Line } from "../../../base/lines.ts";
import { judge } from "../../judge.ts";
import { lowered } from "../../syntax/lower.ts";
import type { Kind } from "../../tree.ts";
import type { ModuleParts } from "../parts.ts";
import { sealed } from "../seal.ts";
import type { Written } from "./form.ts";

/** The line for whoever starts a text. */
export const starter = /^#![^\n]*\n/;

/** `takes`: names that this text may take from outside; `before`: a line for whoever starts it. Throws an internal error where `judge` does. */
export function finished(
  text: string,
  { kind, takes, before = "" }: { readonly kind: Kind; readonly takes: readonly string[]; readonly before?: string },
  { options: { syntax }, marks }: Pick<ModuleParts, "options" | "marks">,
): Written {
  const told = marks?.lines(text);
  const code = lowered(told === undefined ? text : told.map((line) => line.text).join("\n"), kind, syntax);
  judge(code, kind, takes, syntax);
  const whole = sealed(before + code);
  return told === undefined ? { code: whole } : { code: whole, lines: aligned(told, whole.split("\n")).slice(0, -1) };
}

/**
 * What the lines of a finished text are of. An edition changes lines where they stand; what it adds (shims), and a line for whoever starts the
 * text, stand together in one place: the one that leaves most lines as they were.
 */
function aligned(told: readonly Line[], texts: readonly string[]): readonly Line[] {
  const more = texts.length - told.length;
  const stays = (at: number, by: number): number => Number(told[at].text === texts[at + by]);
  let kept = told.reduce((sum, _, at) => sum + stays(at, more), 0);
  let [best, place] = [kept, 0];
  for (const at of told.keys()) {
    kept += stays(at, 0) - stays(at, more);
    if (kept > best) [best, place] = [kept, at + 1];
  }
  return texts.map((text, at): Line => {
    if (at >= place && at < place + more) return { text, of: [] };
    const own = told[at < place ? at : at - more];
    // Columns are those of the line as it was.
    return own.text === text ? own : { text, of: own.of };
  });
}
