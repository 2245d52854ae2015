// How a layer takes a sequence that comes in chunks of steps, axis 1 its time: the column `stream`. In: its config and the shapes of its
// inputs, where axis 0 of a sample is the steps of a chunk. Out: what its result is. Whoever says nothing is refused.
//
//   steps     the result has the chunk's steps, or a whole number for each, or one for several: no step depends on a later one
//   last      the result is what stands after the last step of the chunk, and no sequence any more
//   refused   why not
//
// What a step takes of those before it is a state of the layer (`Context.begin`, `Context.past`), which a stream keeps from call to call.
import { sampleAxes } from "./axes.ts";

/** What a layer gives for a chunk, or why it gives nothing. */
export type Streaming = "steps" | "last" | { readonly refused: string; readonly hint?: string };
type Shapes = readonly (readonly number[])[];

/** The column: what the documentation says, and the answer for a config on inputs. */
export interface InTime<C> {
  /** "yes", or where. */
  readonly says: string;
  readonly of: (config: C, inputs: Shapes) => Streaming;
}
type Along = { readonly axis: number | readonly number[] | null };

/** Every number by itself. */
export const eachNumber: InTime<object> = { says: "yes", of: () => "steps" };

/** Steps with one another. */
export const alongTime: Streaming = { refused: "it works along time" };

/** Numbers of a step with one another: it works along the last axis. */
export const eachStep: InTime<object> = { says: "yes", of: (_config, [input]) => (input.length > 1 ? "steps" : alongTime) };

/** The same along `axis`, counted with the batch as 0; null is every number by itself. */
export const alongAxis: InTime<Along> = {
  says: "where `axis` is not time",
  of: ({ axis }, [input]) => (axis !== null && sampleAxes(axis, input)?.includes(0) ? alongTime : "steps"),
};

/** The same but for that axis: sizes of a weight that stand for steps. */
export const sharedInTime: InTime<{ readonly sharedAxes: readonly number[] | null }> = {
  says: "with `sharedAxes: [1]`",
  of: ({ sharedAxes }) =>
    sharedAxes?.includes(1)
      ? "steps"
      : { refused: "it has a weight for every step", hint: "sharedAxes: [1] shares it among them" },
};

/** Inputs number by number: each has the step. */
export const together: InTime<object> = {
  says: "yes",
  of: (_config, inputs) =>
    inputs.every((shape) => shape.length === inputs[0].length && shape[0] === inputs[0][0])
      ? "steps"
      : { refused: "one of its inputs is repeated in time" },
};

/** Undefined where time is the first axis of a sample; else why it cannot stream. */
export const timeFirst = ({ dataFormat }: { readonly dataFormat: string | null }): Streaming | undefined =>
  dataFormat === "channels_first"
    ? { refused: "the first axis of its input is channels", hint: 'take dataFormat: "channels_last"' }
    : undefined;

/** Points added or cut off: none in time. */
export const noneInTime = ([[before, behind]]: readonly (readonly [number, number])[]): Streaming =>
  before === 0 && behind === 0
    ? "steps"
    : { refused: "it makes the sequence longer or shorter", hint: "leave the ends in time as they are" };

/** Windows over time: steps from the first tap to the last, and from window to window. */
export interface WindowInTime {
  readonly span: number;
  readonly stride: number;
  /** They look back and never ahead. */
  readonly isCausal: boolean;
}

/** Windows that end where they stand, or that do not reach into the next one's steps. */
export function windowsInTime({ span, stride, isCausal }: WindowInTime, [[steps]]: Shapes): Streaming {
  if (!isCausal && span > stride)
    return { refused: "its windows reach into later steps", hint: 'padding: "causal" looks back alone' };
  if (steps % stride === 0) return "steps";
  return {
    refused: `its stride of ${stride} does not divide a chunk of ${steps}`,
    hint: "take a chunk that every stride divides",
  };
}
