// Weights that are too many for the text of a module. In: a model. Out: nothing, or a CompileError before anything is computed.
import { CompileError } from "../diagnostics/error.ts";
import type { Resolved } from "../front/steps.ts";
import { sizeOf } from "../graph/graph.ts";

/**
 * Most numbers of weights that are written into a module: 64 MiB, 90 MB of text. An engine reads all of it before it runs a line, and
 * strings end at 2^29 characters, of which those of the text on its way need several times its length.
 */
const mostInline = 2 ** 24;

/** Throws CompileError weights/inline. */
export function checkInline({ weights }: Resolved): void {
  const numbers = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (numbers <= mostInline) return;
  throw new CompileError({
    code: "weights/inline",
    path: "weights",
    message: `${numbers} numbers of weights are too many for the text of a module, which takes at most ${mostInline} (64 MiB)`,
    hint: '--weights external, or { weights: "external" }: the weights become a file that create(bytes) takes',
  });
}
