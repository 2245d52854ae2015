// Cells as rows: a layer with the columns of a cell, which stands in `rnn` alone. In: its name, config, weights, states and step. Out: the row,
// which is its own factory: `rnn({ cell: gruCell({ units: 4 }) })`.
import type * as z from "zod";
import type { Cell } from "../cell.ts";
import { type Factory, type Layer, layer } from "../define.ts";
import { internalLower } from "../shared.ts";
import { eachNumber } from "../stream.ts";

type Definition<C extends object> = Pick<Layer<C>, "name" | "keras" | "says" | "weights"> & { readonly cell: Cell<C> };

/** Where a cell may stand. */
export const inRnn = { layer: "rnn", key: "cell" } as const;

/** A cell; `weights` takes the shape of a whole sequence, as those of the layer do. */
export function cellLayer<S extends z.ZodType<object>>(
  definition: Definition<z.output<S>> & { readonly config: S },
): Layer<z.output<S>> & Factory<z.input<S>> {
  return layer({ ...definition, only: inRnn, stream: eachNumber, lower: internalLower(definition.name) });
}
