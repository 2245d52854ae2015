// A training as events, one JSON object a line, for whoever reads it by machine. In: the run. Out: `train_begin`, `epoch_end` with its logs,
// `train_end` or `train_error`. Epochs count from 0; what is no finite number is a text.
import { callable, known, type Rules } from "../rules.ts";
import type { Logs } from "../trainable.ts";
import { type Callback, type Plain, plainOf } from "./define.ts";

/** Where the events go. */
export interface JsonEvents {
  readonly write: (line: string) => unknown;
}
const rules: Rules<JsonEvents> = { write: callable };

/** Writes the events of a training, one JSON object a line. Throws TypeError where `write` is missing. */
export function jsonEvents(given: JsonEvents): Callback {
  const { write } = known("jsonEvents", "jsonEvents.", given, rules);
  if (write === undefined) throw new TypeError("jsonEvents: write is missing: it takes a line");
  const event = (name: string, more: { readonly [key: string]: Plain }): unknown =>
    write(`${JSON.stringify({ event: name, ...more })}\n`);
  let epochs = 0;
  return {
    onTrainBegin({ params }) {
      epochs = 0;
      return event("train_begin", { epochs: params.epochs, steps: params.steps ?? null });
    },
    onEpochEnd(epoch, logs) {
      epochs++;
      return event("epoch_end", { epoch, logs: plainLogs(logs) });
    },
    onTrainEnd: (logs) => event("train_end", { epochs, logs: plainLogs(logs) }),
    onTrainError: (error) => event("train_error", { message: error instanceof Error ? error.message : String(error) }),
  };
}

const plainLogs = (logs: Logs): Plain =>
  Object.fromEntries(
    Object.entries(logs).map(([key, value]) => [key, typeof value === "number" ? plainOf(value) : value.map(plainOf)]),
  );
