// How many words a line of text has, where a file leaves it open: Keras fills each batch up to its longest line, and a row here has a known
// size. In: a model, and a number of words, or one for each layer by name. Out: the model with them as `outputSequenceLength`.
// Guarantee: a length that contradicts what the model says is an error, and so is one that no layer asks for.
import { snakeCase } from "../../compiler/base/words.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { isPlain } from "../../compiler/diagnostics/plain.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { Given } from "./define.ts";

/** The model with the lengths that `textLength` gives. Throws CompileError format/size where they do not fit. */
export function withTextLength(model: Model, { textLength: given }: Given): Model {
  if (given === undefined) return model;
  const open: string[] = [];
  const of = (name: string, config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    const { outputSequenceLength: told = null } = config;
    // A spec is sized as it is opened, and once more where its file is known.
    if (told === null || told === given) open.push(name);
    const length = typeof given === "number" ? given : Object.hasOwn(given, name) ? given[name] : undefined;
    if (length === undefined || told === length || (told !== null && typeof given === "number")) return config;
    if (told !== null)
      throw wrong(
        `layers.${name}`,
        `${JSON.stringify(name)} states its outputSequenceLength itself: ${String(told)}, found ${length}`,
      );
    return { ...config, outputSequenceLength: length };
  };
  const names: string[] = [];
  const lineOf = (line: LayerSpec): LayerSpec => {
    // What is no line at all, the compiler names.
    if (!isPlain(line)) return line;
    const config: Readonly<Record<string, unknown>> = isPlain(line.config) ? line.config : {};
    if (Array.isArray(config.layers)) return { ...line, config: { ...config, layers: config.layers.map(lineOf) } };
    if (line.layer !== "textVectorization" || (config.outputMode ?? "int") !== "int") return line;
    const name = line.name ?? snakeCase(line.layer);
    names.push(name);
    return { ...line, config: of(name, config) };
  };
  const layers = model.layers.map(lineOf);
  if (typeof given !== "number") {
    const strange = Object.keys(given).find((name) => !names.includes(name));
    if (strange !== undefined)
      throw wrong(
        "layers",
        `there is no textVectorization ${JSON.stringify(strange)} that gives numbers of words`,
        suggestionFor(strange, names),
      );
  } else if (open.length !== 1) {
    const found = open.length === 0 ? "no textVectorization of open length" : `${open.length} of them: ${open.join(", ")}`;
    throw wrong(
      "layers",
      `the model has ${found}`,
      open.length === 0 ? undefined : `say whose it is: --text-length ${open[0]}=${given}`,
    );
  }
  return { ...model, layers };
}

function wrong(
  path: string,
  message: string,
  hint = "--text-length is for lines of text whose length the model leaves open",
): CompileError {
  return new CompileError({ code: "format/size", path, message, hint });
}
