// How the text of a form ends: in the edition that was asked for, judged, and with its digest. In: text that begins with a module's header. Out: what
// is shipped.
import type { Options } from "../../../options.ts";
import { judge } from "../../judge.ts";
import { lowered } from "../../syntax/lower.ts";
import type { Kind } from "../../tree.ts";
import { sealed } from "../seal.ts";

/** `takes`: names that this text may take from outside; `before`: a line for whoever starts it. Throws an internal error where `judge` does. */
export function finished(
  text: string,
  { kind, takes, before = "" }: { readonly kind: Kind; readonly takes: readonly string[]; readonly before?: string },
  { syntax }: Pick<Options, "syntax">,
): string {
  const code = lowered(text, kind, syntax);
  judge(code, kind, takes, syntax);
  return sealed(before + code);
}
