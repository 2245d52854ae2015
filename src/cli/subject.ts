// What a command works on: a model file, or standard input (JSON of a model, or IR text). In: the argument. Out: the thing,
// and where errors about it can point.
import { type Goal, graphSnapshots, type Snapshot, snapshots } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { ops } from "../../compiler/ops/index.ts";
import { reasonOf } from "../files.ts";
import type { Found } from "../formats/define.ts";
import type { Input } from "../outputs.ts";
import { inspectFile, type Loaded, loadModel, openBytes, withPlaces } from "../source/load.ts";
import { isSource } from "../source/run.ts";
import { Meter } from "../streams.ts";
import { type LoweringFlags, optionsOf } from "./flags.ts";
import { askedOf, type ModelFlags } from "./model-flags.ts";
import { withFiles } from "./scikit-files.ts";
import { about, terminal } from "./terminal.ts";

/** A model from a file or, for `-`, from JSON on standard input. */
export async function readModel(file: string, flags: ModelFlags = {}): Promise<Loaded> {
  if (flags.layer !== undefined && isSource(file)) {
    const message = "--layer is for layers of a file of data, and a model file in code says itself what its layers are";
    throw new CompileError({ code: "cli/option", path: "", message });
  }
  const loaded = file === "-" ? await fromStdin(await readStdin(), flags) : await loadModel(file, undefined, askedOf(flags));
  return withNumbers(loaded, flags);
}

/** What was loaded, with the scaler and class names that the flags give. */
function withNumbers<L extends Loaded>(loaded: L, flags: ModelFlags): L {
  if (flags.scaler === undefined && flags.classes === undefined) return loaded;
  const { model, files } = withFiles(loaded.model, flags);
  return { ...loaded, model, files: [...loaded.files, ...files] };
}

async function fromStdin(bytes: Uint8Array, flags: ModelFlags): Promise<Loaded> {
  const loaded = await openBytes(bytes, "standard input", askedOf(flags));
  if (loaded.model.weightsFile === undefined) return loaded;
  throw new CompileError({
    code: "cli/option",
    path: "weightsFile",
    message: "a model from standard input has no folder that its weights file could be relative to",
  });
}

/** A model, or for `-` whatever standard input holds: JSON starts with a brace, IR text does not. */
export async function readModelOrGraph(file: string, flags: ModelFlags = {}): Promise<Loaded | { readonly graph: Graph }> {
  if (file !== "-") return readModel(file, flags);
  const bytes = await readStdin();
  const text = new TextDecoder().decode(bytes);
  return /^(?:\s|#[^\n]*\n)*graph\b/.test(text)
    ? { graph: parseGraph(text, ops) }
    : withNumbers(await fromStdin(bytes, flags), flags);
}

/** What a file of data holds, with its model where nothing stands against that; undefined of everything else. */
export async function readFound(
  file: string,
  flags: ModelFlags,
): Promise<(Omit<Loaded, "model"> & { readonly found: Found }) | undefined> {
  const read = file === "-" ? undefined : await inspectFile(file, askedOf(flags));
  const model = read?.found.model;
  if (read === undefined || model === undefined) return read;
  const { model: made, ...rest } = withNumbers({ ...read, model }, flags);
  return { ...rest, found: { ...read.found, model: made } };
}

/** What a model was made from, for whoever must not write over it. */
export function inputsOf({ files: [model, ...made], imported = [] }: Loaded): readonly Input[] {
  return [
    ...(model === undefined ? [] : [{ what: "the model file", path: model }]),
    ...[...made, ...imported].map((path) => ({ what: "what the model is made from,", path })),
  ];
}

/** The IR of a model after every pass, or of a Graph whose text stands on standard input. */
export async function readSnapshots(file: string, flags: LoweringFlags & { readonly goal: Goal }): Promise<readonly Snapshot[]> {
  const subject = await readModelOrGraph(file, flags);
  return snapshotsOf(subject, flags);
}

/** The IR after every pass of what was read. */
export async function snapshotsOf(
  subject: Loaded | { readonly graph: Graph },
  flags: LoweringFlags & { readonly goal: Goal },
): Promise<readonly Snapshot[]> {
  if ("graph" in subject) return graphSnapshots(subject.graph, optionsOf(flags));
  return work(subject, () => snapshots(subject.model, optionsOf(flags), flags.goal));
}

/** Runs a stage of the compiler on a model; errors learn their place in the source and their layer. */
export async function work<T>({ model, source }: Loaded, stage: () => T | Promise<T>): Promise<T> {
  try {
    return await withPlaces(source, stage);
  } catch (error) {
    throw about(model, error);
  }
}

/** Standard input up to its end; a terminal has all the time its user takes. Throws CompileError `file/endless`. */
function readStdin(): Promise<Uint8Array> {
  const { stdin } = terminal();
  const meter = new Meter("standard input");
  const chunks: Uint8Array[] = [];
  return new Promise((settle, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (error?: unknown): void => {
      clearTimeout(timer);
      // An open input would keep the process alive.
      stdin.destroy();
      if (error === undefined) settle(Buffer.concat(chunks));
      else reject(error);
    };
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        end(error);
      }
    };
    const watch = (): void => {
      attempt(() => meter.check());
      if (!stdin.destroyed) timer = setTimeout(watch, meter.left + 1);
    };
    if (!stdin.isTTY) watch();
    stdin.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      attempt(() => meter.count(chunk.length));
    });
    stdin.on("end", () => end());
    stdin.on("error", (error) =>
      end(new CompileError({ code: "file/missing", path: "", message: `cannot read standard input: ${reasonOf(error)}` })),
    );
  });
}
