// Native PyTorch on one thread, in a Python process that this one asks and that takes its own times (bench/python): eager, and
// traced and frozen. In: nets of any layers. Out: runners. Guarantee: the same weights, in PyTorch's own order; channels first or
// last and with or without oneDNN, whichever is faster for the net.
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { Net } from "../nets.ts";
import { factsOf, modelOf, type Weights } from "../workloads.ts";
import type { Engine, Place } from "./define.ts";

const script = fileURLToPath(new URL("../python/engine.py", import.meta.url));
const oneThread = { OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" };

const versions = new Map<string, string | Error>();

/** The version of PyTorch in a Python, or why there is none. */
function versionIn(python: string): string | Error {
  const known = versions.get(python);
  if (known !== undefined) return known;
  let found: string | Error;
  try {
    const text = "import torch; print(torch.__version__)";
    found = execFileSync(python, ["-c", text], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    found = new Error(`${python}: ${stderr?.trim().split("\n").at(-1) || message.split("\n")[0]}`);
  }
  versions.set(python, found);
  return found;
}

/** The layers with all their keys, and where each takes its inputs from: a layer's number, or −1. */
function layersOf(net: Net): object[] {
  const { steps } = resolve(modelOf(net));
  return steps.map(({ entry, inputs }) => ({
    layer: entry.layer.keras,
    config: entry.config,
    inputs,
    from: entry.sources.map((source) => ("call" in source ? source.call : -1)),
  }));
}

type Answer = { readonly ready: string } | { readonly file: string } | { readonly nanoseconds: number };

/** A process, which answers line by line. */
class Python {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  #complaint = "";

  constructor(python: string, folder: string) {
    const env = { ...process.env, ...oneThread };
    this.#process = spawn(python, [script, folder], { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stderr.on("data", (text: Buffer) => {
      this.#complaint = (this.#complaint + text.toString()).slice(-4000);
    });
    // Whoever ends first: this end of the pipe closes, and the other reads no further line.
    this.#process.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async hear(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done !== true) return JSON.parse(value) as Answer;
    throw new Error(`PyTorch: ${this.#complaint.trim().split("\n").at(-1) || "the process ended"}`);
  }

  ask(line: string): Promise<Answer> {
    this.#process.stdin.write(`${line}\n`);
    return this.hear();
  }

  async numbers(line: string): Promise<Float32Array> {
    const answer = await this.ask(line);
    if (!("file" in answer)) throw new Error(`PyTorch answered ${line} with ${JSON.stringify(answer)}`);
    return Float32Array.from(new Float32Array(new Uint8Array(readFileSync(answer.file)).buffer));
  }

  async time(calls: number): Promise<number> {
    const answer = await this.ask(`run ${calls}`);
    if (!("nanoseconds" in answer)) throw new Error(`PyTorch answered run with ${JSON.stringify(answer)}`);
    return answer.nanoseconds;
  }
}

const bytesOf = (arrays: Weights): Buffer =>
  Buffer.concat(arrays.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength)));

interface Given extends Place {
  readonly net: Net;
  readonly batch: number;
  readonly weights: Weights;
  readonly inputs: Weights;
}

/** A process that has built the net. */
async function started(
  { net, batch, weights, inputs, folder, python }: Given,
  task: object,
  targets: Weights = [],
): Promise<Python> {
  if (python === undefined) throw new Error("--with-python asks for it");
  const own = mkdtempSync(join(folder, "torch-"));
  const { inputShape, weights: infos } = factsOf(net);
  const facts = {
    shape: inputShape,
    weights: infos.map(({ shape }) => shape),
    trainable: infos.map(({ trainable }) => trainable),
  };
  writeFileSync(
    join(own, "task.json"),
    JSON.stringify({ ...task, ...facts, batch, tokens: net.tokens !== undefined, layers: layersOf(net) }),
  );
  writeFileSync(join(own, "weights.f32"), bytesOf(weights));
  writeFileSync(join(own, "inputs.f32"), bytesOf(inputs));
  writeFileSync(join(own, "targets.f32"), bytesOf(targets));
  const asked = new Python(python, own);
  await asked.hear();
  return asked;
}

/** Its own clock is read: the pipe between the processes is no part of a call. */
const runner = (python: Python) => ({
  run: async (calls: number): Promise<void> => void (await python.time(calls)),
  time: (calls: number): Promise<number> => python.time(calls),
});

function engine(name: string, says: string, isTraced: boolean): Engine {
  return {
    name,
    says,
    packages: [],
    rules: { correctedEpsilon: true },
    absent(python) {
      if (python === undefined) return "--with-python asks for it";
      const found = versionIn(python);
      return found instanceof Error ? found.message : undefined;
    },
    version: (python) => (python === undefined ? undefined : String(versionIn(python))),
    async predictor(prediction) {
      const python = await started(prediction, { kind: "predict", traced: isTraced });
      return { ...runner(python), output: () => python.numbers("output") };
    },
    ...(isTraced
      ? {}
      : ({
          async trainer({ training, weights, x, y, folder, python: found }) {
            const { net, batch, optimizer, learningRate: rate, loss } = training;
            const task = { kind: "train", traced: false, optimizer, rate, loss };
            const python = await started({ net, batch, weights, inputs: [x], folder, python: found }, task, [y]);
            const trained = factsOf(net).weights.filter(({ trainable }) => trainable);
            return {
              ...runner(python),
              async weights() {
                const all = await python.numbers("weights");
                let at = 0;
                return trained.map(({ shape }) => {
                  const from = at;
                  at += sizeOf(shape);
                  return all.slice(from, at);
                });
              },
            };
          },
        } satisfies Partial<Engine>)),
  };
}

export const pytorch = engine("pytorch", "native, eager, one thread, tensors made beforehand", false);
export const pytorchTraced = engine("pytorch traced", "native, torch.jit.trace, frozen for inference, one thread", true);
