// Names of files with values in them, as Python's str.format fills them: {epoch}, {epoch:02d}, {val_loss:.4f}. In: a pattern and the values.
// Out: a name. Guarantee: a value that is not there, and a form that is not known, are refused.
import type { Measure } from "../../runtime/index.ts";

/** Fills a pattern; `what` names it in messages. Throws TypeError. */
export function fileName(what: string, pattern: string, values: Readonly<Record<string, Measure>>): string {
  return pattern.replace(/\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}/g, (all: string, key?: string, form = "") => {
    if (key === undefined) return all[0];
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (typeof value !== "number") {
      const known = Object.keys(values).map((one) => `{${one}}`);
      throw new TypeError(`${what}: wanted ${known.join(", ")} in ${JSON.stringify(pattern)}, got ${all}`);
    }
    const [, zero, width, digits, kind] = /^(0)?(\d+)?(?:\.(\d+))?([dfeg%])?$/.exec(form) ?? [];
    if (form !== "" && kind === undefined && width === undefined && digits === undefined)
      throw new TypeError(`${what}: wanted a form such as :02d or :.4f in ${JSON.stringify(pattern)}, got ${all}`);
    return textOf(value, kind, digits === undefined ? undefined : Number(digits)).padStart(Number(width ?? 0), zero ?? " ");
  });
}

function textOf(value: number, kind: string | undefined, digits: number | undefined): string {
  if (kind === "f") return value.toFixed(digits ?? 6);
  if (kind === "%") return `${(100 * value).toFixed(digits ?? 6)}%`;
  if (kind === "e") return value.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, "e$10$2");
  return digits === undefined || kind === "d" ? String(value) : String(Number(value.toPrecision(Math.max(1, digits))));
}
