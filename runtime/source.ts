// Where the batches of an epoch come from. In: a table of rows and an order, or the user's batches one after another. Out: batches as a module
// takes them, perhaps as promises. Guarantee: rows are copied into one buffer that is reused, never all of them; what is no batch
// is refused with its number.
import { type Batch, batches, checkWidths, readTable, type Table, wholeOf, withClassWeights } from "./data.ts";
import type { FitOptions } from "./fit-options.ts";
import { isBatches } from "./options.ts";
import type { Ports } from "./ports.ts";
import { show } from "./rows.ts";
import { shuffle } from "./shuffle.ts";
import type { Batches, BatchesLike, Data } from "./trainable.ts";

/** Batches of one epoch; undefined at its end. */
export interface Feed {
  next(): Batch | undefined | PromiseLike<Batch | undefined>;
  /** At the end of the run, or of the epoch where it has no more. */
  close(): unknown;
}

/** Batches of all epochs. */
export interface Source {
  /** Batches of an epoch, where they can be counted. */
  readonly steps?: number;
  /** `epoch` from 0; `order`: how many epochs the module was fitted before. */
  open(epoch: number, order: number): Feed | PromiseLike<Feed>;
  close(): unknown;
}

/** Rows in an order that depends on the seed and on how many epochs there were. */
export function rowSource(
  table: Table,
  batchSize: number,
  ports: Ports,
  { shuffle: isShuffled = true, seed = 0 }: FitOptions,
): Source {
  const order = inOrder(table.rows);
  const gather = batches(table, batchSize, ports);
  return {
    steps: Math.ceil(table.rows / batchSize),
    open(_, before) {
      if (isShuffled) shuffle(order, seed, before);
      let from = 0;
      return {
        next() {
          if (from >= table.rows) return undefined;
          const to = Math.min(from + batchSize, table.rows);
          const batch = gather(order, from, to);
          from = to;
          return batch;
        },
        close: () => undefined,
      };
    },
    close: () => undefined,
  };
}

/** 0, 1, 2, …: `Int32Array.from` would cost more than an epoch of a small net. */
function inOrder(rows: number): Int32Array {
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  return order;
}

type Cursor = Iterator<Data, unknown> | AsyncIterator<Data, unknown>;

/** The user's batches as they come. With `stepsPerEpoch` an epoch ends in the middle of them, and the next goes on there. */
export function batchSource(given: BatchesLike, ports: Ports, most: number, options: FitOptions): Source {
  const { stepsPerEpoch } = options;
  let cursor: Cursor | undefined;
  let first: Table | undefined;
  const read = (data: unknown, number: number): Batch => {
    const what = `data[${number}]`;
    const table = withClassWeights(readTable(what, data, ports), options, ports);
    if (first !== undefined) checkWidths(what, table, first);
    // Of the first one its widths are kept, not its rows.
    else first = { ...table, y: table.y.map(({ size }) => ({ values: [], size })) };
    if (table.rows > most)
      throw new RangeError(
        `${what}: wanted at most ${most} rows, the most of a step, got ${table.rows}; give batchSize: ${table.rows}`,
      );
    return wholeOf(table, ports);
  };
  const close = (): unknown => {
    const open = cursor;
    cursor = undefined;
    return open?.return?.();
  };
  const feed = (epoch: number): Feed => {
    let count = 0;
    const take = ({ done, value }: IteratorResult<Data, unknown>): Batch | undefined => {
      if (done !== true) return read(value, count++);
      cursor = undefined;
      if (count === 0) throw new RangeError(`data: no batch came in epoch ${epoch}: ${usedUp}`);
      if (stepsPerEpoch !== undefined)
        throw new RangeError(`data: wanted ${stepsPerEpoch} batches in epoch ${epoch}, got ${count}: ${usedUp}`);
      return undefined;
    };
    return {
      next() {
        if (count === stepsPerEpoch || cursor === undefined) return undefined;
        const result = cursor.next();
        return isThenable(result) ? result.then(take) : take(result);
      },
      close: () => (stepsPerEpoch === undefined ? close() : undefined),
    };
  };
  const start = (batches: Batches, epoch: number): Feed => {
    cursor = cursorOf(batches);
    return feed(epoch);
  };
  return {
    ...(stepsPerEpoch === undefined ? (Array.isArray(given) ? { steps: given.length } : {}) : { steps: stepsPerEpoch }),
    open(epoch) {
      if (cursor !== undefined) return feed(epoch);
      const batches = typeof given === "function" ? given(epoch) : given;
      return isThenable(batches) ? batches.then((found) => start(found, epoch)) : start(batches, epoch);
    },
    close,
  };
}
const usedUp = "what gives batches once is used up by then; give a function that makes them for each epoch";

function cursorOf(given: unknown): Cursor {
  if (!isBatches(given) || typeof given === "function")
    throw new TypeError(`data: wanted batches one after another, such as [{ x, y }, …], got ${show(given)}`);
  const batches = given as Partial<Iterable<Data> & AsyncIterable<Data>>;
  const cursor = batches[Symbol.asyncIterator]?.() ?? batches[Symbol.iterator]?.();
  return cursor as Cursor;
}

/** All batches, for data that are kept: a table each, as a list of what has come. */
export function* tablesOf(
  what: string,
  given: Batches,
  ports: Ports,
): Generator<PromiseLike<unknown>, readonly Table[], unknown> {
  const cursor = cursorOf(given);
  const tables: Table[] = [];
  for (;;) {
    const next = cursor.next();
    const { done, value } = (isThenable(next) ? yield next : next) as IteratorResult<Data, unknown>;
    if (done === true) break;
    tables.push(readTable(`${what}[${tables.length}]`, value, ports));
  }
  if (tables.length === 0) throw new RangeError(`${what}: wanted at least one batch, got none`);
  return tables;
}

/** Whether a value is a promise, of whatever kind. */
export const isThenable = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
