// Attribute schemas and shape errors that several ops share. `n` is legal on axis 0 only, and the schemas already say so;
// numbers may be NaN or infinite where a schema says `anyNumber`.
import * as z from "zod";
import type { Code } from "../../diagnostics/codes.ts";
import { CompileError } from "../../diagnostics/error.ts";
import type { Shape, Size } from "../../graph/graph.ts";

const size: z.ZodType<Size> = z.union([z.literal("n"), z.int().min(0)]);

/** A shape; `n` on axis 0 only. */
export const shapeSchema: z.ZodType<Shape> = z
  .array(size)
  .refine((sizes) => sizes.indexOf("n", 1) < 0, "n stands only on axis 0")
  .readonly();
/** Axes, or other counts from 0. */
export const axesSchema: z.ZodType<readonly number[]> = z.array(z.int().min(0)).readonly();
/** Counts from 1. */
export const countsSchema: z.ZodType<readonly number[]> = z.array(z.int().min(1)).readonly();
/** Any number, NaN and ±∞ included (zod's own `number` refuses them). */
export const anyNumber: z.ZodType<number> = z.custom<number>((value) => typeof value === "number", "expected a number");

function refuse(code: Code, op: string, needed: string, found: string): never {
  throw new CompileError({ code, path: "", message: `${op} needs ${needed}, found ${found}` });
}
/** Refuses sizes that do not fit. */
export function mismatch(op: string, needed: string, found: string): never {
  return refuse("shape/mismatch", op, needed, found);
}
/** Refuses a number of axes, or axes that do not exist. */
export function wrongRank(op: string, needed: string, found: string): never {
  return refuse("shape/rank", op, needed, found);
}
