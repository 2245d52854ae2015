// Keras' CSVLogger, without a file: the caller takes the text. In: the logs of each epoch. Out: a header and a line an epoch, as Python's csv
// module spells them: keys sorted, float32 numbers with the digits of Python, NA for what is missing. https://keras.io/api/callbacks/csv_logger/
import { callable, flag, known, type Rule, type Rules } from "../rules.ts";
import type { Measure } from "../trainable.ts";
import type { Callback, Plain } from "./define.ts";

/** Keras' options of the text. */
export interface CSVText {
  /** One character. Default ",". */
  readonly separator?: string;
  /** There is a header already. Default false. */
  readonly append?: boolean;
}
/** With the way to write it. */
export interface CSVLogger extends CSVText {
  readonly write: (text: string) => unknown;
}

const separator: Rule = {
  wanted: "one character that is no quote and no end of a line",
  fits: (value) => typeof value === "string" && /^[^"\r\n]$/u.test(value),
};
/** Rules of the text. */
export const csvRules: Rules<CSVText> = { separator, append: flag };
const rules: Rules<CSVLogger> = { ...csvRules, write: callable };

/** Writes the logs of each epoch as CSV. Throws TypeError where an option does not fit. */
export function csvLogger(given: CSVLogger): Callback {
  const options = known("csvLogger", "csvLogger.", given, rules, { filename: "without files there is write(text)" });
  const { write } = options;
  if (write === undefined) throw new TypeError("csvLogger: write is missing: it takes the text");
  return csv({ ...options, begin: () => options.append ?? false, write });
}

/** Where the text goes: `begin` says whether there is a header already. */
export interface CSVSink extends CSVText {
  readonly begin: () => boolean;
  readonly write: (text: string) => unknown;
}

/** The callback behind it, whatever writes. */
export function csv({ separator: by = ",", begin, write }: CSVSink): Callback {
  let keys: readonly string[] | undefined;
  let hasHeader = false;
  const line = (fields: readonly string[]): string => `${fields.map((field) => quoted(field, by)).join(by)}\n`;
  return {
    name: "csvLogger",
    onTrainBegin() {
      keys = undefined;
      hasHeader = begin();
    },
    onEpochEnd(epoch, logs) {
      keys ??= columnsOf(Object.keys(logs));
      const header = hasHeader ? "" : line(["epoch", ...keys]);
      hasHeader = true;
      const fields = keys.map((key) => (Object.hasOwn(logs, key) ? fieldOf(logs[key]) : "NA"));
      return write(header + line([String(epoch), ...fields]));
    },
    // Who goes on from a state has the columns of the first epoch, and the header above.
    state: () => ({ keys: keys ?? null }),
    restore(state) {
      const kept = (state as { keys: readonly Plain[] | null }).keys;
      if (kept !== null) keys = kept.map(String);
    },
  };
}

/** Keras leaves room for validation where the first epoch has none. */
function columnsOf(found: readonly string[]): readonly string[] {
  const keys = found.toSorted();
  return keys.some((key) => key.startsWith("val_")) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

const fieldOf = (value: Measure): string =>
  typeof value === "number" ? pythonOf(Math.fround(value)) : `"[${value.map((item) => pythonOf(shortest(item))).join(", ")}]"`;

/** A double as Python prints it: 1.0, 1e-05, nan. */
function pythonOf(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, power] = value.toExponential().split("e");
    return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** The double with the fewest digits that is this float32. */
function shortest(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number.isFinite(single) ? Number(single.toPrecision(9)) : single;
}

const quoted = (field: string, by: string): string =>
  field.includes(by) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
