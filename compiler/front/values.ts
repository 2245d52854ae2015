// Values on their way from call to call: numbers of the Graph with Keras' mask, or the text of an input. A line that only states a shape
// (`declares`) lets text through; every other layer computes with numbers.
import { CompileError } from "../diagnostics/error.ts";
import type { Words } from "../encode/define.ts";
import type { Node } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import type { LayerResult } from "../layers/define.ts";
import { ops } from "../ops/index.ts";
import type { Line } from "./lines.ts";

/** Numbers on their way, with Keras' mask. */
export interface Numbers {
  readonly y: Node;
  readonly mask?: Node | undefined;
  /** Axis 1 is the steps of a chunk, of which more come. */
  readonly inTime?: boolean;
  /** They stand for text. */
  readonly words?: Words | undefined;
}
/** A value on its way: numbers, or the text of an input. */
export type Value = Numbers | { readonly text: number };

/** Whether a value is the text of an input. */
export const isText = (value: Value): value is { readonly text: number } => "text" in value;

/** Whether a value is what a port holds. */
export const isSameValue = (port: Value, value: Value): boolean =>
  isText(port) || isText(value) ? isText(port) && isText(value) && port.text === value.text : port.y === value.y;

/** What a layer computes with. Throws layer/config where it is text. */
export function numbersOf({ layer, path }: Line, value: Value): Numbers {
  if (!isText(value) && (value.words === undefined || layer.declares !== undefined)) return value;
  const message = `${layer.name} takes numbers, and gets text`;
  const hint = "make numbers of it first: stringLookup({ vocabulary: […] }), textVectorization or hashing";
  throw new CompileError({ code: "layer/config", path, message, hint });
}

/** What a layer gave, and whether its results are sequences that go on with the next chunk. */
export interface Made extends LayerResult {
  readonly inTime: boolean;
  readonly moreInTime: boolean;
}

/** The results of a call on `first` and more; `isSame`: the layer only states what that is. */
export function resultsOf(
  { y, mask, words, inTime, more = [], moreMasks, moreInTime }: Made,
  first: Numbers,
  isSame: boolean,
): readonly Numbers[] {
  const own: Numbers = {
    y,
    inTime,
    mask: mask === undefined ? first.mask : (mask ?? undefined),
    words: words ?? (isSame ? first.words : undefined),
  };
  return [own, ...more.map((value, i) => ({ y: value, inTime: moreInTime, mask: moreMasks?.[i] }))];
}

/** A value's shape without the batch axis. */
export const sampleShape = (x: Node): readonly number[] => x.type.shape.slice(1) as number[];

/** A view is read where the value lies that it is of: the patches of a convolution are many times what it reads. */
export function isStored({ op }: Node): boolean {
  const found = ops[op];
  return found.kind === "composite" || found.lower.kind !== "view";
}

/** Throws shape/too-large where a layer makes a value beyond the limits. */
export function checkValues(layer: string, values: readonly Node[], path: string): void {
  for (const { type } of values)
    checkSize(`a value of ${layer}`, (type.shape[0] === "n" ? type.shape.slice(1) : type.shape) as number[], path);
}

/** Training mode: the model's seed and the step counter drive the noise. */
export interface Training {
  readonly seed: number;
  readonly step: Node;
}

/** What the layers are lowered for: inference of whole samples where nothing is said. */
export interface Mode {
  readonly training?: Training;
  /** Inputs are chunks of so many steps, and layers go on where the last one ended. */
  readonly chunk?: number;
}
