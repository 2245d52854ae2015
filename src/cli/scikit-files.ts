// The files of `--scaler` and `--classes`. In: a model, and the flags. Out: the model with what they say. Guarantee: they are JSON; a pickle, which is
// a program, is refused by name.
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { textOf } from "../data/input.ts";
import { readBytes, showFile, textAgain } from "../files.ts";
import { faultIn, jsonPlace, placeAt, stepsOf } from "../formats/json-text.ts";
import { parsePython } from "../formats/keras2/json.ts";
import { type ClassesLike, pythonLines, type ScalerLike, withClasses, withScaler } from "../scikit.ts";
import type { ModelFlags } from "./model-flags.ts";

/** The model with its scalers and class names, and the files that they came from. */
export function withFiles(
  model: Model,
  { scaler = {}, classes = {} }: ModelFlags,
): { readonly model: Model; readonly files: readonly string[] } {
  const given = [
    ...Object.entries(scaler).map(([port, file]) => ({ port, file, put: (to: Model, value: unknown, name?: string) => withScaler(to, value as ScalerLike, name) })),
    ...Object.entries(classes).map(([port, file]) => ({ port, file, put: (to: Model, value: unknown, name?: string) => withClasses(to, value as ClassesLike, name) })),
  ]; // biome-ignore format: a line each
  const made = given.reduce((now, { port, file, put }) => {
    const value = jsonIn(file);
    try {
      return put(now, value, port === "" ? undefined : port);
    } catch (error) {
      throw error instanceof CompileError && error.code.startsWith("format/")
        ? error.with({ under: showFile(file), at: placeOf(file, error.path) })
        : error;
    }
  }, model);
  return { model: made, files: given.map(({ file }) => file) };
}

/** The beginnings of what Python writes its objects as: pickles of protocol 2 on, and joblib's compressed ones. */
const pickles: readonly (readonly number[])[] = [[0x80], [0x78], [0x1f, 0x8b], [0x42, 0x5a, 0x68], [0xfd, 0x37], [0x5a, 0x46]];

function jsonIn(file: string): unknown {
  const bytes = readBytes(file);
  const isPickle = pickles.some((begin) => begin.every((byte, i) => bytes[i] === byte)) || /\.(pkl|pickle|joblib)$/i.test(file);
  if (isPickle)
    throw new CompileError({
      code: "format/unsupported",
      path: showFile(file),
      at: { file },
      message: "a pickle is a program of Python's, which layerc does not run",
      hint: `print what it holds as JSON:\n${pythonLines}`,
    });
  // Python writes NaN, which the reader of the numbers names.
  const text = textOf(bytes, file);
  try {
    return parsePython(text, showFile(file));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const fault = faultIn(text);
    throw error.with({ at: fault === undefined ? { file } : placeAt(text, file, fault.offset) });
  }
}

const placeOf = (file: string, path: string): Place => jsonPlace(textAgain(file), file, stepsOf(path));
