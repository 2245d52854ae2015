// The hunks of a unified diff. In: lines, kept, gone and new. Out: text. Guarantee: without colour nothing but the text itself comes out.
import { type DiffLine, nearChanges } from "../explore/diff.ts";
import type { Paint } from "./render.ts";

/** The changed stretches with what stands around them; the empty string where nothing changed. */
export function unified(lines: readonly DiffLine[], paint: Paint): string {
  const isNear = nearChanges(lines);
  const out: string[] = [];
  let [old, now] = [1, 1];
  for (const [i, { sign, text }] of lines.entries()) {
    if (isNear[i] && !isNear[i - 1]) {
      const end = isNear.indexOf(false, i);
      const hunk = lines.slice(i, end < 0 ? lines.length : end);
      const count = (without: string): number => hunk.filter((line) => line.sign !== without).length;
      out.push(paint("cyan", `@@ -${old},${count("+")} +${now},${count("-")} @@`));
    }
    if (isNear[i]) out.push(sign === " " ? ` ${text}` : paint(sign === "-" ? "red" : "green", `${sign}${text}`));
    if (sign !== "+") old++;
    if (sign !== "-") now++;
  }
  return out.join("\n");
}
