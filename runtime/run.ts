// What a fit is given, checked. In: data and options nobody vouches for, the ports of a module. Out: tables to train and to validate, or batches
// that come one after another. Guarantee: rows are read and judged here, before anything is compiled or trained.
import { checkWidths, divide, readTable, type Table, wholeOf, withClassWeights } from "./data.ts";
import type { FitAsyncOptions, FitOptions } from "./fit-options.ts";
import { fitOptions, isBatches } from "./options.ts";
import type { Ports } from "./ports.ts";
import { show } from "./rows.ts";
import type { BatchesLike, Data, Trainable } from "./trainable.ts";

interface Checked {
  readonly ports: Ports;
  readonly options: FitAsyncOptions;
  /** Where it is known by now. */
  readonly validation?: Table;
  /** Where texts are among the data: all of them, which only the module can tell from words that it does not know. */
  readonly texts: readonly (readonly [what: string, table: Table])[];
  /** Most rows of a step. */
  readonly batchSize: number;
  /** Most rows that are validated at once. */
  readonly testSize: number;
}
/** Data and options of a fit. */
export type Run = Checked & ({ readonly train: Table } | { readonly train?: undefined; readonly batches: BatchesLike });

/** Reads what a fit is given. Throws TypeError or RangeError. */
export function readRun(ports: Ports, data: Data | BatchesLike, given: FitOptions, isAsync = false): Run {
  const options = fitOptions(given, isAsync);
  const { validationSplit: split = 0, validationData, batchSize = 32 } = options;
  if (validationData !== undefined && split !== 0) throw new TypeError("fit: wanted validationSplit or validationData, got both");
  const hasTexts = ports.x.ports.some(({ isText }) => isText);
  const validation =
    validationData !== undefined && !isBatches(validationData) ? readTable("validationData", validationData, ports) : undefined;
  const validated: Checked["texts"] = hasTexts && validation ? [["validationData", validation]] : [];
  const { validationBatchSize = batchSize } = options;
  const testSizeOf = (table: Table | undefined): number => Math.min(validationBatchSize, table?.rows ?? validationBatchSize);
  const more = { ports, options, ...(validation && { validation }), testSize: testSizeOf(validation) };
  if (isBatches(data)) {
    checkForm(data, split, isAsync);
    return { ...more, batches: data as BatchesLike, texts: validated, batchSize };
  }
  if (options.stepsPerEpoch !== undefined)
    throw new TypeError("stepsPerEpoch: an epoch is all rows; it is for data that come in batches, [{ x, y }, …]");
  const all = readTable("data", data, ports);
  if (validation !== undefined) checkWidths("validationData", validation, all);
  const divided = divide(all, split);
  const train = withClassWeights(divided.train, options, ports);
  const texts: Checked["texts"] = hasTexts ? [["data", all], ...validated] : [];
  const testSize = testSizeOf(validation ?? divided.validation);
  return { ...more, ...divided, train, texts, batchSize: Math.min(batchSize, train.rows), testSize };
}

function checkForm(data: unknown, split: number, isAsync: boolean): void {
  if (split !== 0) throw new TypeError("validationSplit: batches have no last rows; give validationData");
  if (isAsync || typeof data !== "object" || data === null || !(Symbol.asyncIterator in data)) return;
  throw new TypeError(`data: fit is synchronous and awaits nothing, got ${show(data)}, which gives batches later: call fitAsync`);
}

/** Throws where a text is none that the module knows, with the user's own row. */
export function checkTexts({ predict }: Trainable, { texts, ports }: Run): void {
  for (const [what, table] of texts) {
    try {
      predict?.(wholeOf(table, ports).x);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`${what}.${error.message}`);
    }
  }
}

/** A module takes so many rows a step as it was compiled for, which may be fewer than Keras' 32. */
export function checkBatch({ batch }: Trainable, { options, batchSize, train }: Run): void {
  if (batch === undefined) return;
  const { validationBatchSize = 0 } = options;
  if (validationBatchSize > batch)
    throw new RangeError(
      `validationBatchSize: wanted at most ${batch}, the most rows of a step of this module, got ${validationBatchSize}`,
    );
  if (train === undefined || batchSize <= batch) return;
  const { batchSize: given } = options;
  const wanted = given ?? 32;
  throw new RangeError(
    `batchSize: wanted at most ${batch}, the most rows of a step of this module, got ${wanted}${given === undefined ? " (the default)" : ""}; give batchSize: ${batch}, or compile with batch: ${wanted}`,
  );
}
