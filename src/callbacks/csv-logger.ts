// csvLogger with a file. In: Keras' options. Out: a line of CSV an epoch, on the disk as soon as the epoch ends.
import { type CSVText, csv, csvRules } from "../../runtime/callbacks/csv-logger.ts";
import type { Callback } from "../../runtime/index.ts";
import { callable, known, text } from "../../runtime/rules.ts";
import { addText, readFile } from "./disk.ts";

/** Keras' options; one of `filename` and `write`. */
export interface FileCSVLogger extends CSVText {
  readonly filename?: string;
  /** In place of a file. */
  readonly write?: (text: string) => unknown;
}
const what = "the log";

/** Writes the logs of each epoch as CSV. Throws TypeError where an option does not fit. */
export function csvLogger(given: FileCSVLogger): Callback {
  const rules = { ...csvRules, filename: text, write: callable };
  const { filename, write, ...form } = known<FileCSVLogger>("csvLogger", "csvLogger.", given, rules);
  const { append = false } = form;
  if ((filename === undefined) === (write === undefined))
    throw new TypeError(`csvLogger: wanted filename or write, got ${write === undefined ? "neither" : "both"}`);
  if (write !== undefined) return csv({ ...form, begin: () => append, write });
  const file = filename ?? "";
  return csv({
    ...form,
    begin() {
      if (append) return (readFile(what, file)?.length ?? 0) > 0;
      addText(what, file, "", "begin");
      return false;
    },
    write: (line) => addText(what, file, line),
  });
}
