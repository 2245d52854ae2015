// The only knobs of a compilation. Printed in the artifact's header; nothing else changes the output.
import * as z from "zod";
import { takenGlobals } from "./base/words.ts";

/** The knobs with their defaults; parsing refuses any other key. */
export const optionsSchema = z.strictObject({
  /** Add trainStep, evaluate, getWeights, setWeights. Default false. */
  train: z.boolean().default(false),
  /** Most rows of one training step, and of one call in a .wasm file. Default 32. */
  batch: z.int().min(1).max(65536).default(32),
  /** Add step, reset, getState, setState: a sequence in chunks; undefined: where a layer is `stateful`. */
  stream: z.boolean().optional(),
  /** Steps of one chunk; undefined: 1. */
  chunk: z.int().min(1).max(65536).optional(),
  /** f32 at every step, no approx rule, no contraction: equal bits on every target and engine. Default false. */
  exact: z.boolean().default(false),
  /** js: plain JavaScript; simd: WebAssembly kernels in lanes, with the JavaScript as fallback; auto: simd where it pays (compiler/pipeline/cost.ts). Default "auto". */
  target: z.enum(["js", "simd", "auto"]).default("auto"),
  /** With simd, embed: the bytes stand in the module; import: they are a file that `create(wasmModule)` takes, compiled. Default "embed". */
  wasm: z.enum(["embed", "import"]).default("embed"),
  /** How the module is handed out. esm: import; iife: a script and a global; cjs: require; filter: a script for Node that answers rows on standard input; sql: the text of a function for a warehouse; wasm: one .wasm file without JavaScript. Default "esm". */
  format: z.enum(["esm", "iife", "cjs", "filter", "sql", "wasm"]).default("esm"),
  /** What a filter reads and writes where it is not told; undefined: float32. */
  rows: z.enum(["float32", "rowbinary", "tsv", "ndjson"]).optional(),
  /** Whose SQL. */
  dialect: z.enum(["bigquery", "snowflake", "clickhouse", "postgres", "duckdb"]).optional(),
  /** Global name of the iife, or the name of the function in SQL. Default "model". */
  globalName: z
    .string()
    .regex(/^[A-Za-z_$][\w$]*$/, "a name is letters, digits, _ and $")
    .refine((name) => !takenGlobals.has(name), "the name is a word of the language, or belongs to the engine or the page")
    .default("model"),
  /** Edition of the language that the text is written in, with the same bits; es5, for njs, Duktape and Rhino, is an iife where no format is given. Default "es2020". */
  syntax: z.enum(["es2020", "es2015", "es5"]).default("es2020"),
  /** inline: literals (tiny) or base64; external: `create(bytes)`. Default "inline". */
  weights: z.enum(["inline", "external"]).default("inline"),
  /** What weights are rounded to before the model is compiled, and how they are shipped: float16, or int8 with a scale for each channel. Not with `train`. Default "float32". */
  weightsType: z.enum(["float32", "float16", "int8"]).default("float32"),
  /** Carry golden vectors and `selfTest`. Default true. */
  selfTest: z.boolean().default(true),
  /** Convolutions of 3 x 3 by tiles: a half to a fourth of the products, and up to twice the rounding (rewrite/rules/winograd.ts). Not with `exact`. Default true. */
  winograd: z.boolean().default(true),
  /** Most multiply-adds of a model that becomes straight-line code; undefined: what pays (compiler/pipeline/cost.ts). */
  unroll: z.int().min(0).optional(),
});

/** Every knob with its value. */
export type Options = z.infer<typeof optionsSchema>;
/** What weights may be rounded to. */
export type WeightsType = Options["weightsType"];
/** Whether weights are rounded to fewer bits than float32 has. */
export const isRounded = ({ weightsType }: Pick<Options, "weightsType">): boolean => weightsType !== "float32";
/** What a caller gives: every knob has a default. */
export type OptionsInput = z.input<typeof optionsSchema>;

/** Whether a module of this target may have kernels in lanes. */
export const hasLanes = (target: Options["target"] = "auto"): boolean => target !== "js";
