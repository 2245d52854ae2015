// The comment on top of a module: which model, which options, how much work and memory, and which claims about bits hold.
// The second line has the model's hash and that of the text (seal.ts), and is read again by who verifies a file (src/verify.ts).
// The first line also says that layerc wrote the file; whoever writes files knows by it which may be replaced (src/outputs.ts).
import type { Rounding } from "../../artifact.ts";
import { isRounded, type Options, optionsSchema } from "../../options.ts";
import type { Program } from "../../program/program.ts";
import { type Code, comment, lines } from "../code.ts";
import { formatsOf } from "../usage.ts";
import { unsealed } from "./seal.ts";

/** What the header states. */
export interface Facts {
  readonly model: { readonly name: string; readonly hash: string };
  readonly options: Options;
  readonly version: string;
  readonly counts: { readonly ops: number; readonly multiplyAdds: number };
  readonly program: Program;
  readonly rounding?: Rounding;
}

/** `weights rounded to int8: answers off by up to 0.0021 from those of float32 at 16 rows`. */
function roundedText(type: string, rounding: Rounding | undefined): string {
  if (rounding === undefined) return `weights rounded to ${type}; what that does to answers was not measured`;
  const worst = Math.max(...rounding.outputs.map((output) => output.worst));
  return `weights rounded to ${type}: answers off by up to ${Number(worst.toPrecision(2))} from those of float32 weights at ${rounding.rows} rows`;
}

/** `bytes`: of weights beside literals, of the array that holds all buffers, and of each form of WebAssembly kernels. */
export function header(
  { model, options, version, counts, program, rounding }: Facts,
  bytes: { weights: number; memory: number; wasm: readonly number[] },
): Code {
  const defaults: Readonly<Record<string, unknown>> = optionsSchema.parse({});
  // Only what differs from the defaults is worth a line.
  const knobs = Object.entries(options).filter(([key, value]) => value !== defaults[key]);
  const doubles = program.kernels.some((kernel) => formatsOf(kernel).has("f64"));
  const work = [
    `${counts.ops} ops`,
    `${counts.multiplyAdds} multiply-adds a row`,
    bytes.weights === 0 ? "weights as literals" : `${bytes.weights} bytes of weights`,
    ...(bytes.memory === 0 ? [] : [`${bytes.memory} bytes of memory`]),
    ...(bytes.wasm.length === 0 ? [] : [`${bytes.wasm.join(" or ")} bytes of WebAssembly`]),
  ];
  const bits = [
    options.exact ? "no approximate rule" : "approximate rules allowed",
    "no contraction",
    doubles ? "float64 between float32 stores" : "float32 at every step",
  ];
  return lines(
    comment(`Model ${JSON.stringify(model.name)}, compiled by layerc ${version}`),
    comment(
      `hash ${model.hash}.${unsealed}, options: ${knobs.length === 0 ? "defaults" : knobs.map(([key, value]) => `${key} ${value}`).join(", ")}`,
    ),
    comment(work.join(", ")),
    !isRounded(options) ? undefined : comment(roundedText(options.weightsType, rounding)),
    comment(`bits: ${bits.join(", ")}`),
    bytes.wasm.length === 0
      ? undefined
      : comment(
          `bits in WebAssembly: float32 at every step, ${bytes.wasm.length > 1 ? "multiply-adds contracted where the engine can" : "no contraction"}`,
        ),
  );
}
