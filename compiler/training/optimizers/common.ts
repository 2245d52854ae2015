// The keys that every optimizer has, whatever its update: what is done with a gradient before it, and with a weight before and after.
// `compiler/front/update` holds a function for each.
import * as z from "zod";
import { isKeyword } from "./keywords.ts";

const keywords = z.array(z.string().refine(isKeyword, { error: "words to be found in a weight's name" })).default([]);
const limit = z.number().min(0).nullable().default(null);
/** A counter in float32 is exact up to twice that. */
const longest = 2 ** 23;

const shape = {
  weightDecay: z.number().nullable().default(null),
  /** Words in the names of weights that do not decay: `exclude_from_weight_decay` of Keras. */
  excludeFromWeightDecay: keywords,
  clipnorm: limit,
  globalClipnorm: limit,
  clipvalue: limit,
  useEma: z.boolean().default(false),
  emaMomentum: z.number().min(0).max(1).default(0.99),
  emaOverwriteFrequency: z.int().min(1).nullable().default(null),
  lossScaleFactor: z.number().positive().nullable().default(null),
  gradientAccumulationSteps: z.int().min(2).nullable().default(null),
};
const schema = z.strictObject(shape);
/** Their values. */
export type Common = z.output<typeof schema>;

/** How many batches it takes until all that is done every so often is done again; 1 where nothing is. */
export const periodOf = ({ gradientAccumulationSteps, useEma, emaOverwriteFrequency }: Common): number =>
  (gradientAccumulationSteps ?? 1) * ((useEma ? emaOverwriteFrequency : null) ?? 1);

/** An optimizer's own keys and those of all; what it says of one of these itself counts. */
export function withCommon(own: z.ZodObject): z.ZodObject {
  return z
    .strictObject({ ...shape, ...own.shape })
    .refine((config) => [config.clipnorm, config.globalClipnorm, config.clipvalue].filter((one) => one !== null).length < 2, {
      path: ["clipnorm"],
      error: "to be the only one of clipnorm, globalClipnorm and clipvalue",
    })
    .refine((config) => periodOf(config as Common) <= longest, {
      path: ["emaOverwriteFrequency"],
      error: `a frequency of at most ${longest} batches`,
    });
}
