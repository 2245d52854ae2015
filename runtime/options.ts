// What fit takes, as tables: a line per key. In: an object nobody vouches for. Out: a copy of it with known keys, each of them
// read once. Guarantee: an unknown key, also Keras' spelling of a known one, and a value of the wrong kind are refused by name.
import { kindOf, show } from "./rows.ts";
import type { Data, EarlyStopping, FitOptions } from "./trainable.ts";

/** What a key takes, in words and as a test. */
interface Rule {
  readonly wanted: string;
  readonly fits: (value: unknown) => boolean;
}
type Rules<T> = { readonly [K in keyof Required<T>]: Rule };

const isNumber = (value: unknown): value is number => typeof value === "number";
const whole = (least: number): Rule => ({
  wanted: `a whole number from ${least}`,
  fits: (value) => isNumber(value) && Number.isSafeInteger(value) && value >= least,
});
const oneOf = (...values: readonly string[]): Rule => ({
  wanted: `${values.slice(0, -1).map(show).join(", ")} or ${show(values.at(-1))}`,
  fits: (value) => values.includes(value as string),
});
const flag: Rule = { wanted: "true or false", fits: (value) => typeof value === "boolean" };
const object: Rule = { wanted: "an object", fits: isPlain };
/** The rows look at it themselves. */
const rows: Rule = { wanted: "rows", fits: () => true };

const fitRules: Rules<FitOptions> = {
  epochs: whole(1),
  batchSize: whole(1),
  shuffle: flag,
  seed: { wanted: "a whole number", fits: Number.isSafeInteger },
  validationSplit: { wanted: "a number from 0 to below 1", fits: (value) => isNumber(value) && value >= 0 && value < 1 },
  validationData: { ...object, wanted: "{ x, y, sampleWeight? }" },
  // As it will be in float32.
  learningRate: {
    wanted: "a finite number from 0",
    fits: (value) => isNumber(value) && value >= 0 && Number.isFinite(Math.fround(value)),
  },
  earlyStopping: object,
  onEpochEnd: {
    wanted: "a function that is not async and no generator (fit is synchronous and awaits nothing)",
    fits: (value) => typeof value === "function" && kindOf(value) === "Function",
  },
};
const stoppingRules: Rules<EarlyStopping> = {
  // Which keys there are, the module says.
  monitor: { wanted: "a key of the logs", fits: (value) => typeof value === "string" },
  minDelta: { wanted: "a finite number", fits: Number.isFinite },
  patience: whole(0),
  mode: oneOf("auto", "min", "max"),
  restoreBestWeights: flag,
  startFromEpoch: whole(0),
};
const dataRules: Rules<Data> = { x: rows, y: rows, sampleWeight: rows };

// Arguments of Keras that are called otherwise here, or are not there.
const early = "there are earlyStopping and onEpochEnd";
const compiled = "it is compiled in: sequential(layers, { training: { loss, optimizer, metrics } })";
const byHand = "onEpochEnd gets the losses of every epoch";
const given = "it belongs to the data: fit(module, { x, y, sampleWeight })";
const instead: Readonly<Record<string, string>> = {
  ...{ callbacks: early, verbose: byHand, baseline: "onEpochEnd returns false to stop" },
  ...{
    classWeight: "give sampleWeight with the data",
    stepsPerEpoch: "an epoch is all rows",
    initialEpoch: "a module counts itself",
  },
  ...{
    validationBatchSize: "validation takes the module's batch",
    validationFreq: byHand,
    validationSteps: "validation takes all rows",
  },
  ...{ loss: compiled, optimizer: compiled, metrics: compiled, x: given, y: given, sampleWeight: given },
  ...{ lr: 'did you mean "learningRate"?', validation: 'did you mean "validationData"?' },
};

/** The options of fit. Throws TypeError or RangeError. */
export const fitOptions = (value: unknown): FitOptions => known("fit options", "", value, fitRules);

/** The options of early stopping. Throws TypeError or RangeError. */
export const stoppingOptions = (value: unknown): EarlyStopping => known("earlyStopping", "earlyStopping.", value, stoppingRules);

/** `{ x, y, sampleWeight? }`; its rows are not looked at. Throws TypeError. */
export const dataParts = (what: string, value: unknown): Partial<Data> => known(what, `${what}.`, value, dataRules);

function known<T extends object>(what: string, prefix: string, value: unknown, rules: Rules<T>): T {
  const keys = Object.keys(rules);
  if (!isPlain(value)) throw new TypeError(`${what}: wanted an object of ${keys.join(", ")}, got ${show(value)}`);
  const strange = Object.keys(value).find((key) => !Object.hasOwn(rules, key));
  if (strange !== undefined) throw new TypeError(`${what}: unknown key ${show(strange)}: ${hintFor(strange, keys)}`);
  const found = Object.entries<Rule>(rules).flatMap(([key, { wanted, fits }]) => {
    const item = value[key];
    if (item === undefined) return [];
    const message = `${prefix}${key}: wanted ${wanted}, got ${show(item)}`;
    if (!fits(item)) throw isNumber(item) ? new RangeError(message) : new TypeError(message);
    return [[key, item]];
  });
  return Object.fromEntries(found);
}

/** An object as one writes it down, or a module's exports: no list, map, promise or null, whose keys would say nothing. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && /^(Object|Module)$/.test(kindOf(value));
}

function hintFor(key: string, keys: readonly string[]): string {
  const camel = key.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (keys.includes(camel)) return `did you mean "${camel}"?`;
  if (Object.hasOwn(instead, camel)) return instead[camel];
  const near = keys.find((word) => edits(camel.toLowerCase().slice(0, 40), word.toLowerCase()) <= word.length / 3);
  return near === undefined ? `known: ${keys.join(", ")}` : `did you mean "${near}"?`;
}

/** The fewest letters to insert, delete or replace from a to b (Levenshtein), row by row. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) next.push(Math.min(row[j] + (a[i] === b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1));
    row = next;
  }
  return row[b.length];
}
