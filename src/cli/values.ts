// Values of flags that several commands take. In: what stands on the command line. Out: lists, columns by port, numbers; what is none of these
// is a usage error, before any file is read.
import { InvalidArgumentError } from "commander";

/** Names of columns; of several ports by name. */
export type Columns = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** Names between commas; as JSON where a name has one. */
export function listOf(text: string): readonly string[] {
  if (!text.trimStart().startsWith("[")) return text.split(",").map((name) => name.trim()).filter((name) => name !== ""); // biome-ignore format: one line
  const list = json(text);
  if (Array.isArray(list) && list.every((name) => typeof name === "string")) return list;
  throw new InvalidArgumentError('Columns are names between commas, or as JSON: ["a,b", "c"].');
}

/** `a,b`, or for a port `left=a,b`; a name with `=` stands in JSON. */
export function columns(text: string, before?: Columns): Columns {
  const [, port, rest = ""] = text.trimStart().startsWith("[") ? [] : (/^([^=,]+)=(.*)$/s.exec(text) ?? []);
  const isByPort = before !== undefined && !Array.isArray(before);
  if (port === undefined) {
    if (isByPort) throw new InvalidArgumentError(`Which port are they of? Write port=${text}.`);
    return [...((before as readonly string[] | undefined) ?? []), ...listOf(text)];
  }
  if (before !== undefined && !isByPort) throw new InvalidArgumentError("Either all columns are given by port, or none.");
  return { ...(before as Readonly<Record<string, readonly string[]>> | undefined), [port.trim()]: listOf(rest) };
}

/** A whole number. */
export const integer = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("It is a whole number.");
  return value;
};
/** One from `least` on. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const value = integer(text);
    if (value < least) throw new InvalidArgumentError(`It is a whole number from ${least} on.`);
    return value;
  };

/** Whatever JSON says. */
export const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError(`It is no JSON: ${text}`);
  }
};
