// What a format of model files is: what reads a row of `kinds.ts`. In: bytes nobody vouches for, and the file's name. Out: whether they are of this
// format, and the Model they hold. Every format is data: nothing of a file is ever run.
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import type { LayerDefinitions } from "./custom/define.ts";

/** What a model is opened with beside its own bytes. */
export interface Given {
  /** A file beside it, by its path from the model's folder with `/`; undefined where there is none. Ask by `besideOf`. */
  readonly beside?: (path: string) => Uint8Array | undefined;
  /** The file's own name, by which those beside it may be called. */
  readonly fileName?: string;
  /** Shapes of samples where the file leaves sizes open: of the only input, or by name. */
  readonly inputShape?: readonly number[] | Readonly<Record<string, readonly number[]>>;
  /** Words of a line, where a textVectorization of the file leaves them open: of the only one, or by name. */
  readonly textLength?: number | Readonly<Record<string, number>>;
  /** Numbers of inputs that have to be known before the model runs, such as a shape that is an input: by name. They are no inputs then. */
  readonly inputValues?: Readonly<Record<string, readonly number[]>>;
  /** What layers of the file's author mean, by class: `{ MyLayer: (config) => dense({ units: config.units }) }`; operators by domain and name, `"com.acme:MyOp"`. Code of yours, which is run. */
  readonly layers?: LayerDefinitions;
  /** Is told of what could not be read, where the reader can go on with the rest: what is opened then is no model. */
  readonly refuse?: (error: CompileError) => void;
}

/** What a file says of itself. */
export interface Facts {
  /** Versions, who wrote it, …: in words. */
  readonly says: readonly (readonly [what: string, value: string])[];
  /** How many there are of each class of layers, or of each operator. */
  readonly parts?: { readonly kind: "layers" | "operators"; readonly counts: Readonly<Record<string, number>> };
  readonly weights?: { readonly count: number; readonly bytes: number; readonly dtypes: Readonly<Record<string, number>> };
  /** Operators that layerc does not have, one error each: they count where the file cannot be opened, for it may not need them all. */
  readonly missing?: readonly CompileError[];
}

/** What is in a file, and what stands against its compilation: nothing, where there is a model. */
export interface Found {
  readonly format: string;
  readonly facts: Omit<Facts, "missing">;
  readonly problems: readonly Diagnostic[];
  readonly model?: Model;
}

/** What reads a format (a row of kinds.ts). */
export interface Format {
  /** Throws CompileError `format/…`, or `ir/…` where the text of an IR is wrong. */
  readonly open: (bytes: Uint8Array, given: Given) => Model;
  readonly save?: (model: Model) => Uint8Array;
  /** What `layerc inspect` shows of a file, whether it can be opened or not. Absent: the file is text that says it itself. */
  readonly facts?: (bytes: Uint8Array, given: Given) => Facts;
}

/** Counts of texts, in the order in which they come. */
export function countsOf(names: Iterable<string>): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The arrays of a file, counted; each by its format and its bytes. */
export function weightFacts(
  arrays: readonly { readonly dtype: string; readonly bytes: number }[],
): NonNullable<Facts["weights"]> {
  return {
    count: arrays.length,
    bytes: arrays.reduce((sum, { bytes }) => sum + bytes, 0),
    dtypes: countsOf(arrays.map(({ dtype }) => dtype)),
  };
}

/**
 * A part of a file, or where that cannot be read `instead`, while whoever asked for all problems is told. Without anybody who asked, the
 * error goes on.
 */
export function steppedOver<T>(refuse: Given["refuse"], work: () => T, instead: () => T): T {
  if (refuse === undefined) return work();
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
    refuse(error);
    return instead();
  }
}

/** Strict UTF-8, without a byte order mark: a wrong byte is an error and no replacement character. */
export function decode(bytes: Uint8Array, code: "format/json" | "ir/parse" = "format/json"): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CompileError({ code, path: "", message: "the text is not UTF-8" });
  }
}

const whiteSpace: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** Where text begins: behind white space, and at the start of a file behind a byte order mark. */
export function textStart(bytes: Uint8Array, from = 0): number {
  let at = from === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : from;
  while (at < bytes.length && whiteSpace.includes(bytes[at])) at++;
  return at;
}

/**
 * The bytes of a file that a model names, such as a shard of its weights. Throws CompileError `format/beside` where the path leads out of
 * the model's folder, or where there is no such file.
 */
export function besideOf({ beside }: Given, name: string, path: string): Uint8Array {
  const refuse = (message: string, hint: string) => new CompileError({ code: "format/beside", path, message, hint });
  const steps = name.split("/").filter((step) => step !== ".");
  const isOutside = steps.length === 0 || steps.some((step) => step === "" || step === "..") || /[\\:\0]/.test(name);
  if (isOutside)
    throw refuse(`${JSON.stringify(name)} is no path within the model's folder`, "move the file into it, and name it from there");
  const bytes = beside?.(steps.join("/"));
  if (bytes !== undefined) return bytes;
  const hint =
    beside === undefined ? "open(bytes, name, { beside: (path) => … }) says where the others are" : "put it beside the model";
  throw refuse(`the model names the file ${JSON.stringify(name)}, which is not there`, hint);
}
