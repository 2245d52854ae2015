// One comparison in a process of its own: the baseline and its rivals on one workload, alternating. In: a Task in argv[2]. Out:
// one Outcome as a message. Guarantee: nothing is timed before its results were compared with the reference in doubles.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompileError } from "../compiler/diagnostics/error.ts";
import type { Engine, Place, Predictor, Trainer } from "./engines/define.ts";
import { engineNamed } from "./engines/list.ts";
import { alternate, type Pace, type Runner } from "./measure.ts";
import { isDense, type Net } from "./nets.ts";
import { predictReference, relativeError, tolerance, trainReference, updateError } from "./reference.ts";
import { rooflines } from "./roofline.ts";
import { factsOf, inputsOf, netOf, type Training, targetsOf, weightsOf, workNamed } from "./workloads.ts";

export interface Task extends Place {
  /** Its name. */
  readonly work: string;
  readonly baseline: string;
  /** An engine's name, or "rooflines". */
  readonly rival: string;
  readonly pace: Pace;
}

export interface Rounds {
  /** The baseline first. */
  readonly names: readonly string[];
  /** Operations of one call, where it is not the work's. */
  readonly flops: readonly (number | undefined)[];
  readonly says: readonly string[];
  readonly nanoseconds: readonly (readonly number[])[];
}
/** `wrong`: the run fails. `failed`: the engine threw, and is reported as absent. */
export type Outcome =
  | { readonly rounds: Rounds }
  | { readonly wrong: string }
  | { readonly failed: string; readonly cell?: string };

/** The engine's results are not those of the reference. */
class WrongResult extends Error {}

function judge(engine: Engine, what: string, error: number, allowed: number): void {
  if (!(error <= allowed))
    throw new WrongResult(`${engine.name}: ${what} differ from the reference by ${error}, allowed ${allowed}`);
}

/** A reference that takes seconds is computed once a run: the other processes find it beside the modules. */
function once(net: Net, folder: string, name: string, compute: () => Float64Array): Float64Array {
  if (isDense(net)) return compute();
  const file = join(folder, `reference_${net.name}_${name}`.replaceAll(/[^\w.-]/g, "-").concat(".f64"));
  if (!existsSync(file)) {
    writeFileSync(`${file}.part`, compute());
    renameSync(`${file}.part`, file);
  }
  return new Float64Array(Uint8Array.from(readFileSync(file)).buffer);
}

async function predictors(engines: readonly Engine[], net: Net, batch: number, place: Place): Promise<Predictor[]> {
  const weights = weightsOf(net);
  const inputs = inputsOf(net, batch);
  const wanted = once(net, place.folder, `x${batch}`, () => predictReference(net, weights, inputs[0]));
  const made: Predictor[] = [];
  for (const engine of engines) {
    if (engine.predictor === undefined) throw new Error("does not predict");
    const predictor = await engine.predictor({ net, batch, weights, inputs, ...place });
    judge(engine, "results", relativeError(await predictor.output(), wanted), tolerance.predict);
    made.push(predictor);
  }
  return made;
}

const steps = 3;

const flat = (arrays: readonly Float64Array[]): Float64Array => Float64Array.from(arrays.flatMap((values) => [...values]));
function parted(values: Float64Array, sizes: readonly number[]): Float64Array[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return values.subarray(at - size, at);
  });
}

async function trainers(engines: readonly Engine[], training: Training, place: Place): Promise<Trainer[]> {
  const { net, batch } = training;
  const weights = weightsOf(net);
  const [x] = inputsOf(net, batch);
  const isTrained = (_: unknown, i: number): boolean => factsOf(net).weights[i].trainable;
  const y = targetsOf(training);
  const made: Trainer[] = [];
  for (const engine of engines) {
    const { trainer, instead, rules } = engine;
    if (trainer === undefined) throw new Error("does not train");
    const taught = await trainer({ training, weights, x, y, ...place });
    await taught.run(steps);
    const asked = { ...training, net: instead?.(net) ?? net };
    const sizes = weights.map(({ length }) => length);
    const compute = (): Float64Array => flat(trainReference(asked, weights, x, y, steps, rules));
    const key = `step of ${training.optimizer}${rules?.correctedEpsilon ? ", corrected" : ""}`;
    const wanted = parted(once(net, place.folder, key, compute), sizes).filter(isTrained);
    const error = updateError(await taught.weights(), wanted, weights.filter(isTrained));
    judge(engine, `weights after ${steps} steps`, error, tolerance.train);
    made.push(taught);
  }
  return made;
}

async function compare({ work: name, baseline, rival, pace, folder, python }: Task): Promise<Rounds> {
  const work = workNamed(name);
  const place: Place = { folder, ...(python === undefined ? {} : { python }) };
  const roofs = rival === "rooflines" ? rooflines() : [];
  const engines = [engineNamed(baseline), ...(rival === "rooflines" ? [] : [engineNamed(rival)])];
  const same = engines.reduce((net, { instead }) => instead?.(net) ?? net, netOf(work));
  const made: readonly Runner[] =
    work.kind === "predict" ? await predictors(engines, same, work.batch, place) : await trainers(engines, work.training, place);
  return {
    names: [...engines, ...roofs].map(({ name }) => name),
    flops: [...engines.map(() => undefined), ...roofs.map(({ flopsPerCall }) => flopsPerCall)],
    says: [...engines, ...roofs].map(({ says }) => says),
    nanoseconds: await alternate([...made, ...roofs], pace),
  };
}

/** Why there is no number, in a few words: a kernel that is missing, a writer that refuses. */
function cellOf(error: unknown): { readonly cell?: string } {
  if (!(error instanceof Error)) return {};
  const kernel = /Kernel '(\w+)' not registered|(?:Could not find an implementation for|Kernel not found:?) (\w+)/.exec(
    error.message,
  );
  if (kernel !== null) return { cell: `no kernel ${kernel[1] ?? kernel[2]}` };
  return error instanceof CompileError
    ? { cell: `not written: ${/ (?:has|reads|takes) (no .*?)(?: \(|$)/.exec(error.message)?.[1] ?? error.code}` }
    : {};
}

async function main(task: Task): Promise<Outcome> {
  try {
    return { rounds: await compare(task) };
  } catch (error) {
    if (error instanceof WrongResult) return { wrong: error.message };
    return { failed: error instanceof Error ? error.message.split("\n")[0] : String(error), ...cellOf(error) };
  }
}

if (process.send !== undefined) {
  const outcome = await main(JSON.parse(process.argv[2]) as Task);
  process.send(outcome, () => process.exit(0));
}
