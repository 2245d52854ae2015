// One comparison in a process of its own: the baseline and its rivals on one workload, alternating. In: a Task in argv[2]. Out:
// one Outcome as a message. Guarantee: nothing is timed before its results were compared with the reference in doubles.
import type { Engine, Predictor, Trainer } from "./engines/define.ts";
import { engineNamed } from "./engines/list.ts";
import { alternate, type Pace, type Runner } from "./measure.ts";
import { predictReference, relativeError, tolerance, trainReference, updateError } from "./reference.ts";
import { rooflines } from "./roofline.ts";
import { inputCount, inputsOf, type Net, netOf, type Training, targetsOf, type Work, weightsOf } from "./workloads.ts";

export interface Task {
  readonly work: Work;
  readonly baseline: string;
  /** An engine's name, or "rooflines". */
  readonly rival: string;
  readonly pace: Pace;
  readonly folder: string;
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
export type Outcome = { readonly rounds: Rounds } | { readonly wrong: string } | { readonly failed: string };

/** The engine's results are not those of the reference. */
class WrongResult extends Error {}

function judge(engine: Engine, what: string, error: number, allowed: number): void {
  if (!(error <= allowed))
    throw new WrongResult(`${engine.name}: ${what} differ from the reference by ${error}, allowed ${allowed}`);
}

async function predictors(engines: readonly Engine[], net: Net, batch: number, folder: string): Promise<Predictor[]> {
  const weights = weightsOf(net);
  const inputs = inputsOf(net, batch, inputCount(net, batch));
  const wanted = predictReference(net, weights, inputs[0]);
  const made: Predictor[] = [];
  for (const engine of engines) {
    if (engine.predictor === undefined) throw new Error("does not predict");
    const predictor = await engine.predictor({ net, batch, weights, inputs, folder });
    judge(engine, "results", relativeError(await predictor.output(), wanted), tolerance.predict);
    made.push(predictor);
  }
  return made;
}

const steps = 3;

async function trainers(engines: readonly Engine[], training: Training, folder: string): Promise<Trainer[]> {
  const { net, batch } = training;
  const weights = weightsOf(net);
  const [x] = inputsOf(net, batch, 1);
  const y = targetsOf(training);
  const made: Trainer[] = [];
  for (const engine of engines) {
    const { trainer, instead, rules } = engine;
    if (trainer === undefined) throw new Error("does not train");
    const taught = await trainer({ training, weights, x, y, folder });
    await taught.run(steps);
    const asked = { ...training, net: instead?.(net) ?? net };
    const wanted = trainReference(asked, weights, x, y, steps, rules);
    judge(engine, `weights after ${steps} steps`, updateError(await taught.weights(), wanted, weights), tolerance.train);
    made.push(taught);
  }
  return made;
}

async function compare({ work, baseline, rival, pace, folder }: Task): Promise<Rounds> {
  const roofs = rival === "rooflines" ? rooflines() : [];
  const engines = [engineNamed(baseline), ...(rival === "rooflines" ? [] : [engineNamed(rival)])];
  const same = engines.reduce((net, { instead }) => instead?.(net) ?? net, netOf(work));
  const made: readonly Runner[] =
    work.kind === "predict"
      ? await predictors(engines, same, work.batch, folder)
      : await trainers(engines, work.training, folder);
  return {
    names: [...engines, ...roofs].map(({ name }) => name),
    flops: [...engines.map(() => undefined), ...roofs.map(({ flopsPerCall }) => flopsPerCall)],
    says: [...engines, ...roofs].map(({ says }) => says),
    nanoseconds: await alternate([...made, ...roofs], pace),
  };
}

async function main(task: Task): Promise<Outcome> {
  try {
    return { rounds: await compare(task) };
  } catch (error) {
    if (error instanceof WrongResult) return { wrong: error.message };
    return { failed: error instanceof Error ? error.message.split("\n")[0] : String(error) };
  }
}

if (process.send !== undefined) {
  const outcome = await main(JSON.parse(process.argv[2]) as Task);
  process.send(outcome, () => process.exit(0));
}
