// What trainStep and evaluate share: the check of a batch, and its way into an entry's buffers.
import { invariant } from "../../../diagnostics/error.ts";
import { isMean, type Log, type MeanLog, type SumLog, type Target } from "../../../front/steps.ts";
import { sizeOf } from "../../../graph/graph.ts";
import type { Entry } from "../../../program/program.ts";
import { type Code, commas, js, lines, member, type Name, name, none, record } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";
import { times } from "../routes.ts";
import type { Scene } from "../scene.ts";
import { checkRange, entryOf, maybeEntry, rowShape, type Site } from "./door.ts";
import { agree, type Inputs, inputsOf, readSlots, type Slot, slotsOf, takeApart } from "./ports.ts";

/** What the outputs of a training module are held against. */
export function targetsOf({ targets }: ModuleParts): readonly Target[] {
  invariant(targets !== undefined, "training needs a target");
  return targets;
}

/** What is shown of training: `loss` first. */
export const logsOf = ({ logs = [{ key: "loss", total: "loss" }] }: ModuleParts): readonly Log[] => logs;

/** The variables of a batch. */
export interface Batch {
  readonly inputs: readonly Slot[];
  readonly targets: readonly Slot[];
  readonly weights: readonly Slot[];
  readonly feeds: Inputs;
}
const batches = new WeakMap<Scene, Batch>();
/** The same names wherever the batch of a module is spoken of. */
export function batchOf(site: Site): Batch {
  const { parts, scene } = site;
  const known = batches.get(scene);
  if (known !== undefined) return known;
  const targets = targetsOf(parts);
  // Where the outputs have names, their targets are given by them, however few have a loss.
  const single = parts.outputs.length === 1;
  const feeds = inputsOf(site);
  const weights = targets.map(({ name: port, weights: shape }) => ({ name: port, shape }));
  const batch: Batch = {
    inputs: feeds.slots,
    targets: slotsOf(scene, "y", targets, single),
    weights: slotsOf(scene, "sampleWeight", weights, single),
    feeds,
  };
  batches.set(scene, batch);
  return batch;
}

/** Once in a module with training: `dataOf`, which checks and copies a batch. */
export function trainingText(site: Site): Code {
  const { parts, scene } = site;
  const { rowsOf } = scene.helpers;
  const { inputs, targets, weights, feeds } = batchOf(site);
  const [first] = inputs;
  const single = parts.outputs.length === 1;
  const read = ({ id, what, port }: Slot): Code => readRows(id, js`${rowsOf()}(${what}, ${id}, ${rowShape(port.shape)})`);
  const kept = [...feeds.fed.map(({ id }) => id), ...targets.map(({ id }) => id), ...weights.map(({ id }) => id)];
  return lines(
    js`function dataOf(x, y, sampleWeight) {
  ${lines(
    takeApart(scene, "x", "inputs", inputs),
    takeApart(scene, "y", "targets", targets, single),
    single ? none : optionalPorts(scene, "sampleWeight", weights),
    readSlots(site, inputs),
    ...targets.flatMap((slot) => [read(slot), agree(slot, first)]),
    ...weights.map(
      (slot) => js`if (${slot.id} !== undefined) {
  ${weigh(site, slot, first)}
}`,
    ),
    ...targets.map(({ port, what, id, size }) => checkRange(site, port, what, id, size)),
    feeds.before,
  )}
  return ${record([["rows", js`rows`], ...kept.map((id): readonly [string, Code] => [id.text, js`${id}`])])};
}`,
  );
}

/** Reads what is not read yet. */
const readRows = (id: Name, rows: Code): Code => js`if (!(${id} instanceof Float32Array) || !${id}.length) ${id} = ${rows};`;

/** Weights as one for each value of the loss: they are given so, or one a row, which then counts for all values of the row. */
function weigh({ scene: { helpers } }: Site, { id, what, size, port }: Slot, first: Slot): Code {
  const one = js`${helpers.rowsOf()}(${what}, ${id}, [1])`;
  const wanted = `${what}: wanted `;
  const rest = ` numbers, one per row of ${first.what}`;
  if (size === 1)
    return lines(
      readRows(id, one),
      js`if (${id}.length !== rows) throw new RangeError(${wanted} + rows + ${`${rest}, got `} + ${id}.length);`,
    );
  // A list of lists is a list of rows: of one weight, or of all.
  const each = js`${helpers.rowsOf()}(${what}, ${id}, ${id} && ${id}[0] && ${id}[0].length > 1 ? ${rowShape(port.shape)} : [1])`;
  return lines(
    readRows(id, each),
    js`if (${id}.length === rows) ${id} = ${helpers.repeat()}(${id}, ${size});
if (${id}.length !== rows * ${size}) throw new RangeError(${wanted} + rows + ${`${rest}, or `} + rows * ${size} + ${`, one per value of the loss, got `} + ${id}.length);`,
  );
}

/** Weights of rows by output, of which any may be missing. */
function optionalPorts(scene: Scene, argument: string, slots: readonly Slot[]): Code {
  const given = name(argument);
  const read = slots.map(({ id, port }) => js`${id} = ${given} === undefined ? undefined : ${given}${member(port.name)}`);
  return js`if (${given} !== undefined) ${scene.helpers.portsOf()}(${argument}, ${given}, targets);
let ${commas(read)};`;
}

/** Copies n rows from `row` on into the input buffers of an entry; without sample weights each value counts 1, or its share. */
export function feed(site: Site, entryName: "trainStep" | "evaluate", row: Name | 0): Code {
  const { parts, scene } = site;
  const { copy } = scene.helpers;
  const entry = entryOf(site, entryName);
  const { targets, weights, feeds } = batchOf(site);
  const bufferOf = (port: string): string | undefined => entry.inputs.find(([known]) => known === port)?.[1];
  const put = (port: string, id: Name, size: number): Code => {
    const buffer = bufferOf(port);
    return buffer === undefined
      ? none
      : js`${copy()}(data.${id}, ${times(row, size)}, ${scene.bufferId(buffer)}, 0, ${times(name("n"), size)});`;
  };
  return lines(
    ...feeds.fed.map((fed) => put(fed.name, fed.id, fed.size)),
    ...targetsOf(parts).map(({ y }, i) => put(y, targets[i].id, targets[i].size)),
    ...targetsOf(parts).map(({ sampleWeight, unweighted }, i) => {
      const buffer = bufferOf(sampleWeight);
      if (buffer === undefined) return undefined;
      const { id, size } = weights[i];
      return js`if (data.${id} === undefined) ${scene.bufferId(buffer)}.fill(${unweighted === "share" ? js`1 / n` : 1}, 0, ${times(name("n"), size)});
else ${put(sampleWeight, id, size)}`;
    }),
  );
}

/** The logs that are means, in their order. */
export const meansIn = (parts: ModuleParts): readonly MeanLog[] => logsOf(parts).filter(isMean);

/** A sum of any shape, and where its numbers stand in `tallies`. */
interface Tally {
  readonly log: SumLog;
  readonly name: string;
  readonly at: number;
  readonly length: number;
}
/** The sums of all logs that are no means, one behind the other. */
function talliesIn(parts: ModuleParts): readonly Tally[] {
  let end = 0;
  return logsOf(parts).flatMap((log) => {
    if (isMean(log)) return [];
    return log.sums.map(({ name: sum, shape }): Tally => {
      const length = sizeOf(shape);
      end += length;
      return { log, name: sum, at: end - length, length };
    });
  });
}
/** How many numbers `tallies` holds; none where there is none such. */
export const talliesLength = (parts: ModuleParts): number => talliesIn(parts).reduce((sum, { length }) => sum + length, 0);

/** Adds what an entry has left of a batch of n rows to sums and counts, in the order of `meansIn`, and to `tallies`. */
export function tally(site: Site, entryName: "trainStep" | "evaluate", sums: Name, counts: Name, tallies: Name): Code {
  const buffer = (result: string): Name => resultOf(site, entryName, result);
  const means = meansIn(site.parts).map(({ total, count }, i) =>
    count === undefined
      ? js`${sums}[${i}] += n * ${buffer(total)}[0];
${counts}[${i}] += n;`
      : js`${sums}[${i}] += ${buffer(total)}[0];
${counts}[${i}] += ${buffer(count)}[0];`,
  );
  const others = talliesIn(site.parts).map(({ name: sum, at, length }) =>
    length === 1
      ? js`${tallies}[${at}] += ${buffer(sum)}[0];`
      : js`${site.scene.helpers.addUp()}(${tallies}, ${at}, ${buffer(sum)}, ${length});`,
  );
  return lines(...means, ...others);
}

/** The buffer that an entry leaves a result in. */
export function resultOf(site: Site, entryName: "trainStep" | "evaluate", result: string): Name {
  const found = entryOf(site, entryName).outputs.find(([port]) => port === result)?.[1];
  invariant(found !== undefined, `${entryName} has no ${result}`);
  return site.scene.bufferId(found);
}

/** What is shown, by Keras' names: means, 0 of nothing, and what is made of other sums. */
export function shownOf(site: Site, sums: Name, counts: Name, tallies: Name): Code {
  const { parts } = site;
  if (talliesLength(parts) > 0) return js`shown(${sums}, ${counts}, ${tallies})`;
  return record(meansIn(parts).map((log, i) => [log.key, mean(i, sums, counts)]));
}
const mean = (i: number, sums: Name, counts: Name): Code => js`${counts}[${i}] && ${sums}[${i}] / ${counts}[${i}]`;

/** Once in a module where not all is a mean: `shown(sums, counts, tallies)`. */
export function shownText(site: Site): Code {
  const { parts, scene } = site;
  const all = talliesIn(parts);
  if (all.length === 0) return none;
  const [sums, counts, tallies] = ["sums", "counts", "tallies"].map(name);
  const entry = maybeEntry(site, "metrics");
  const port = (ports: Entry["inputs"] | undefined, wanted: string): Name => {
    const found = ports?.find(([known]) => known === wanted)?.[1];
    invariant(found !== undefined, `metrics has no ${wanted}`);
    return scene.bufferId(found);
  };
  const puts = all.flatMap(({ log, name: sum, at, length }) =>
    log.isMade ? [js`${port(entry?.inputs, sum)}.set(${tallies}.subarray(${at}, ${at + length}));`] : [],
  );
  const of = (values: Name, at: number, shape: readonly number[]): Code =>
    shape.length === 0 ? js`${values}[${at}]` : js`${scene.helpers.numbersIn()}(${values}, ${at}, ${sizeOf(shape)})`;
  const means = meansIn(parts);
  const shown = logsOf(parts).map((log): readonly [string, Code] => {
    if (isMean(log)) return [log.key, mean(means.indexOf(log), sums, counts)];
    if (log.isMade) return [log.key, of(port(entry?.outputs, log.key), 0, log.shape)];
    return [log.key, of(tallies, all.find((one) => one.log === log)?.at ?? 0, log.shape)];
  });
  return js`// What is shown of sums over batches.
function shown(sums, counts, tallies) {
  ${lines(...puts, entry === undefined ? none : scene.calls(entry))}
  return ${record(shown)};
}`;
}
