// How good a trained model is, in detail. In: a module and rows that it has not seen. Out: text for people, and the same as data.
import type { Model } from "../../../compiler/model.ts";
import type { Trainable } from "../../../runtime/index.ts";
import type { Rows } from "./data.ts";

/** Text, and the same as data. */
export interface Report {
  readonly text: string;
  readonly data: unknown;
}

/** Over the test rows, else those that validate, else those trained with. */
export function reportOf(_model: Model, _module: Trainable, _rows: Rows): Report | undefined {
  return undefined;
}
