// What a model file is opened with, the same for every command that takes one. In: what commander read. Out: what `loadModel` asks for, and
// what is said of the model's numbers from files. A value of the wrong form is a usage error, before any file is read.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Given } from "../formats/index.ts";
import type { Asked } from "../source/load.ts";

/** Shapes of samples: of the only input, or by name. */
type InputShape = NonNullable<Given["inputShape"]>;

/** Words of a line: of the only layer, or by name. */
type TextLength = NonNullable<Given["textLength"]>;

/** What commander gives. */
export interface ModelFlags {
  readonly inputShape?: InputShape;
  readonly textLength?: TextLength;
  readonly inputValue?: Readonly<Record<string, readonly number[]>>;
  readonly layer?: Readonly<Record<string, string>>;
  /** Files by port; under "" of the only one. */
  readonly scaler?: Readonly<Record<string, string>>;
  readonly classes?: Readonly<Record<string, string>>;
}

/** The flags of whatever opens a model. */
export const modelFlags = (): readonly Option[] => [
  new Option(
    "--input-shape <shape>",
    "shape of one input row where the model does not say, e.g. 28,28,1; of several inputs each by its name, image=28,28,1",
  ).argParser(shapes),
  new Option(
    "--text-length <words>",
    "words of a line where a textVectorization of the file leaves them open, e.g. 20; of several by name, title=20",
  ).argParser(lengths),
  new Option(
    "--input-value <numbers>",
    "numbers of an input of an .onnx file that must be known before the model runs, by its name: sizes=1,2,3",
  ).argParser(values),
  new Option(
    "--layer <class=file>",
    "what a layer or operator of the file's author means: a function in TypeScript or JavaScript, which is run: MyLayer=./my-layer.ts, com.acme:MyOp=./my-op.ts",
  ).argParser(layer),
  new Option(
    "--scaler <file>",
    "a fitted scaler of scikit-learn as JSON, in front of the model; of several inputs by name, x=scaler.json",
  ).argParser(portFile("A scaler")),
  new Option(
    "--classes <file>",
    "names of classes as JSON, such as a LabelEncoder's; of several outputs by name, y=labels.json",
  ).argParser(portFile("Classes")),
];

/** Adds them to a command. */
export function addModelFlags(command: Command): Command {
  for (const flag of modelFlags()) command.addOption(flag);
  return command;
}

/** What the flags ask of a file of data. */
export const askedOf = ({ inputShape, textLength, inputValue, layer }: ModelFlags): Asked => ({
  ...(inputShape === undefined ? {} : { inputShape }),
  ...(textLength === undefined ? {} : { textLength }),
  ...(inputValue === undefined ? {} : { inputValues: inputValue }),
  ...(layer === undefined ? {} : { layers: layer }),
});

/** A file, or one for a port: `x=scaler.json`. */
const portFile =
  (what: string) =>
  (text: string, before?: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const [, name = "", file = text] = /^([^=./\\]+)=(.+)$/s.exec(text) ?? [];
    if (before !== undefined && (name === "" || Object.hasOwn(before, "") || Object.hasOwn(before, name)))
      throw new InvalidArgumentError(`${what} given several times: each needs another name, e.g. x=${file}.`);
    return { ...before, [name]: file };
  };

/** `name=rest` of a flag that is given once for each name. */
function named<T>(
  text: string,
  before: Readonly<Record<string, T>> | undefined,
  what: string,
  example: string,
  read: (rest: string) => T,
) {
  const [, name, rest] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || rest === "") throw new InvalidArgumentError(`${what} needs a name, e.g. ${example}.`);
  if (before !== undefined && Object.hasOwn(before, name)) throw new InvalidArgumentError(`${what} of ${name} is given twice.`);
  return { ...before, [name]: read(rest) };
}

const layer = (text: string, before?: Readonly<Record<string, string>>) =>
  named(text, before, "A definition", "MyLayer=./my-layer.ts", (file) => file);

const values = (text: string, before?: Readonly<Record<string, readonly number[]>>) =>
  named(text, before, "A value", "sizes=1,2,3", (rest) => {
    const numbers = listOf(rest);
    if (!numbers.every(Number.isFinite)) throw new InvalidArgumentError("A value is a list of numbers, e.g. sizes=1,2,3.");
    return numbers;
  });

function lengths(text: string, before?: TextLength): TextLength {
  const count = (given: string): number => {
    const words = Number(given);
    if (!Number.isInteger(words) || words < 1) throw new InvalidArgumentError("A length is a whole number of words, e.g. 20.");
    return words;
  };
  if (!text.includes("=") && before === undefined) return count(text);
  if (typeof before === "number")
    throw new InvalidArgumentError("Of several lengths each needs its layer's name, e.g. title=20.");
  return named(text, before, "A length", "title=20", count);
}

function shapes(text: string, before?: InputShape): InputShape {
  const name = /^([^=]*)=/.exec(text)?.[1];
  if (name === undefined) {
    if (before !== undefined)
      throw new InvalidArgumentError("Of several shapes each needs its input's name, e.g. image=28,28,1.");
    return shape(text);
  }
  if (isList(before)) throw new InvalidArgumentError("Of several shapes each needs its input's name, e.g. image=28,28,1.");
  if (before !== undefined && Object.hasOwn(before, name)) throw new InvalidArgumentError(`The shape of ${name} is given twice.`);
  return { ...before, [name]: shape(text.slice(name.length + 1)) };
}
const isList = (given: InputShape | undefined): given is readonly number[] => Array.isArray(given);

function shape(text: string): readonly number[] {
  const sizes = listOf(text);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new InvalidArgumentError("A shape is a list of sizes, e.g. 28,28,1.");
  return sizes;
}

/** Numbers between commas, in brackets or not; NaN for what is none. */
const listOf = (text: string): readonly number[] =>
  text
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((item) => (item.trim() === "" ? Number.NaN : Number(item)));
