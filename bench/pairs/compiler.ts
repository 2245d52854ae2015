// A process that compiles with one checkout's own compiler. In: the checkout in argv[2], then requests as messages. Out: an answer
// to each: module files written, times of compile() calls, sizes. Guarantee: every weight is the same whichever checkout compiles.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { resolve } from "../../compiler/front/steps.ts";
import type { TrainingInput } from "../../compiler/model.ts";
import * as own from "../../src/index.ts";
import type { Api } from "../nets.ts";
import { weightOf } from "./data.ts";
import { type Clock, clocks } from "./pairing.ts";
import { optimizer, type Pairing, pairingNamed } from "./workloads.ts";

export type Request =
  | { readonly ask: "emit"; readonly work: string; readonly file: string }
  | { readonly ask: "time"; readonly work: string; readonly calls: number; readonly clock: Clock }
  | { readonly ask: "size"; readonly work: string };

export interface Emitted {
  /** Numbers of one row. */
  readonly input: number;
  readonly output: number;
}

export interface ModuleBytes {
  readonly code: number;
  /** The kernels, for engines with relaxed SIMD and for the others. */
  readonly wasm?: number;
  readonly wasmRelaxed?: number;
}

export type Answer<T> = { readonly value: T } | { readonly failed: string };

/** The model as a checkout says it; its weights are ours, so that no initialiser decides what is computed. */
function modelOf({ net, kind }: Pairing, api: Api, weights?: Readonly<Record<string, Float32Array>>) {
  if (kind === "train" && net.loss === undefined) throw new Error(`${net.name} has no loss`);
  return api.sequential(net.layers(api), {
    name: net.name,
    ...(weights === undefined || Object.keys(weights).length === 0 ? {} : { weights }),
    ...(kind === "train" && net.loss !== undefined ? { training: { loss: net.loss, optimizer } as TrainingInput } : {}),
  });
}

function weightsOf(work: Pairing): Record<string, Float32Array> {
  const { weights } = resolve(modelOf(work, own));
  return Object.fromEntries(weights.map(({ name, shape }) => [name, weightOf(name, shape)]));
}

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function answerWith(api: Api): (request: Request) => unknown {
  const models = new Map<string, ReturnType<typeof modelOf>>();
  const ready = (work: Pairing): ReturnType<typeof modelOf> => {
    const known = models.get(work.name) ?? modelOf(work, api, weightsOf(work));
    models.set(work.name, known);
    return known;
  };
  return (request) => {
    const work = pairingNamed(request.work);
    const model = ready(work);
    if (request.ask === "emit") {
      models.clear();
      // The golden vectors of selfTest take the interpreter seconds, and no call that is timed reads them.
      const { code, manifest } = api.compile(model, { selfTest: false, ...work.options });
      writeFileSync(request.file, code);
      const [input, output] = [manifest.inputs[0], manifest.outputs[0]].map(({ shape }) => size(shape));
      return { input, output } satisfies Emitted;
    }
    if (request.ask === "time") {
      const now = clocks[request.clock];
      const start = now();
      for (let i = 0; i < request.calls; i++) api.compile(model, work.options);
      return (now() - start) / request.calls;
    }
    const { code } = api.compile(model, work.options);
    const { wasm, wasmRelaxed } = api.compile(model, { ...work.options, wasm: "import" });
    const sizes: ModuleBytes = { code: Buffer.byteLength(code), wasm: wasm?.length, wasmRelaxed: wasmRelaxed?.length };
    return sizes;
  };
}

if (process.send !== undefined) {
  const send = (answer: Answer<unknown>): void => void process.send?.(answer);
  const api = (await import(pathToFileURL(join(process.argv[2], "src/index.ts")).href)) as Api;
  const answer = answerWith(api);
  process.on("message", (request: Request) => {
    try {
      send({ value: answer(request) });
    } catch (error) {
      send({ failed: error instanceof Error ? error.message.split("\n")[0] : String(error) });
    }
  });
  // Whoever asks is gone.
  process.on("disconnect", () => process.exit());
}
