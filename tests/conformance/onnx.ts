// The operator cases of the ONNX project: a model of one node, its inputs and what it gives. Out: each case opened, compiled and compared, or
// why layerc refuses it. An input that has to be known before the model runs, such as a shape, is known to the model then.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import { open } from "../../src/formats/index.ts";
import { type FileNumbers, numbersOf } from "../../src/formats/onnx/numbers.ts";
import { decodeModel, decodeTensor } from "../../src/formats/onnx/schema.ts";
import { expectClose, type Tolerance } from "../close.ts";

/** What became of a case. */
export interface Outcome {
  readonly operator: string;
  readonly name: string;
  readonly state: "passed" | "refused" | "wrong";
  /** Why it is refused, or how it is wrong. */
  readonly reason: string;
  /** Names of inputs that had to be known. */
  readonly known: readonly string[];
}

/** The folders of all cases. */
export const casesIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => existsSync(join(folder, name, "model.onnx")));

const tensorAt = (file: string): FileNumbers => numbersOf(decodeTensor(readFileSync(file)), {}, file);
/** The tensors of a data set, `input_0.pb` and so on. */
const tensorsIn = (folder: string, kind: "input" | "output"): readonly FileNumbers[] => {
  const files = readdirSync(folder).filter((name) => name.startsWith(kind));
  return files.map((_, i) => tensorAt(join(folder, `${kind}_${i}.pb`)));
};

type Values = Readonly<Record<string, readonly number[]>>;

/** A model, with inputs made known where it cannot be otherwise. */
function opened(bytes: Uint8Array, given: Values, first: string): { readonly model: Model; readonly known: readonly string[] } {
  try {
    return { model: open(bytes, "model.onnx"), known: [] };
  } catch (error) {
    const isOpen = error instanceof CompileError && /not known before the model runs/.test(error.message);
    if (!isOpen) throw error;
    const known = Object.fromEntries(Object.entries(given).filter(([name]) => name !== first));
    return { model: open(bytes, "model.onnx", { inputValues: known }), known: Object.keys(known) };
  }
}

type Target = "js" | "simd";

/** What a compiled model gives, by port; of what is given, it takes its inputs. */
export function predictWith(model: Model, given: Values, target: Target): Readonly<Record<string, Float32Array>> {
  const module = load<PortPredictor>(compile(model, { target }));
  const ports = Object.keys(module.inputs);
  const rows = Object.fromEntries(ports.map((port) => [port, Float32Array.from(given[port])]));
  const made = module.predict(ports.length === 1 ? (rows[ports[0]] as never) : rows);
  const names = Object.keys(module.outputs);
  return names.length === 1 ? { [names[0]]: made as Float32Array } : (made as Record<string, Float32Array>);
}

/** Runs one case on each of the targets. */
export function runCase(folder: string, name: string, targets: readonly Target[], tolerance: Tolerance): Outcome {
  const bytes = readFileSync(join(folder, name, "model.onnx"));
  const { graph } = decodeModel(bytes);
  const operator = [...new Set(graph?.nodes.map((node) => node.operator))].join("+");
  const outcome = (state: Outcome["state"], reason: string, known: readonly string[] = []): Outcome => ({
    operator,
    name,
    state,
    reason,
    known,
  });
  let known: readonly string[] = [];
  try {
    const sets = readdirSync(join(folder, name)).filter((set) => set.startsWith("test_data_set"));
    for (const set of sets) {
      const inputs = tensorsIn(join(folder, name, set), "input");
      const outputs = tensorsIn(join(folder, name, set), "output");
      const given = Object.fromEntries(
        (graph?.inputs ?? []).flatMap((info, i) => (inputs[i] === undefined ? [] : [[info.name, Array.from(inputs[i].data)]])),
      );
      const { model, known: found } = opened(bytes, given, graph?.inputs[0]?.name ?? "");
      known = found;
      for (const target of targets) {
        const results = predictWith(model, given, target);
        for (const [i, wanted] of outputs.entries())
          expectClose(results[graph?.outputs[i].name ?? ""], wanted.data, tolerance, `${name}, output ${i}`);
      }
    }
    return outcome("passed", "", known);
  } catch (error) {
    if (error instanceof CompileError && error.code === "onnx/unsupported")
      return outcome("refused", error.diagnostic.message, known);
    return outcome("wrong", (error as Error).message, known);
  }
}

/** A line per operator: how many passed, were refused and are wrong, and why. */
export function table(outcomes: readonly Outcome[]): string {
  const operators = [...new Set(outcomes.map(({ operator }) => operator))].sort();
  const lines = operators.map((operator) => {
    const own = outcomes.filter((outcome) => outcome.operator === operator);
    const count = (state: Outcome["state"]): number => own.filter((outcome) => outcome.state === state).length;
    const reasons = [...new Set(own.filter(({ state }) => state !== "passed").map(({ state, reason }) => `${state}: ${reason}`))];
    return `${operator.padEnd(28)} ${String(count("passed")).padStart(3)} ${String(count("refused")).padStart(3)} ${String(count("wrong")).padStart(3)}  ${reasons.slice(0, 4).join(" | ")}`; // biome-ignore format: one line
  });
  const total = (state: Outcome["state"]): number => outcomes.filter((outcome) => outcome.state === state).length;
  const known = outcomes.filter(({ state, known }) => state === "passed" && known.length > 0).length;
  return [
    `operator                     passed, refused, wrong of ${outcomes.length}`,
    ...lines,
    `passed ${total("passed")} (${known} with inputs that had to be known), refused ${total("refused")}, wrong ${total("wrong")}`,
  ].join("\n");
}
