// The constants that a module shows beside its functions, as rows of a table. They are no part of an instance: `create` has none.
import type { Port, Range } from "../../../artifact.ts";
import { Code, commas, js, literal, none, quote, record } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";
import { shapeText } from "./door.ts";

/** One constant: its value as text, and its type. */
export interface Constant {
  readonly name: string;
  readonly when: (parts: ModuleParts) => boolean;
  readonly value: (parts: ModuleParts) => Code;
  readonly type: (parts: ModuleParts) => Code;
  /** What its declaration says above it. */
  readonly says?: string;
}

const ported = ({ name }: Port, value: string): Code => record([[name, new Code(value)]]);
const shapeType = ({ shape }: Port): Code => js`readonly ${shapeText(shape)}`;

/** By port, where the argument has several; else what stands for the argument itself. */
const byArgument = <T>(
  ports: readonly Port[],
  single: boolean,
  of: (port: Port) => T | undefined,
  show: (value: T) => Code,
): Code | undefined => {
  const found = ports.flatMap((port): [string, Code][] => {
    const value = of(port);
    return value === undefined ? [] : [[port.name, show(value)]];
  });
  if (found.length === 0) return undefined;
  return single ? found[0][1] : record(found);
};

/** Whole numbers that ports hold, by the names of the functions' arguments. */
const rangesOf = (
  { inputs, outputs, targets = [], options }: ModuleParts,
  show: (range: Range) => Code,
): readonly (readonly [string, Code])[] => {
  const x = byArgument(inputs, inputs.length === 1, ({ range }) => range, show);
  const y = options.train ? byArgument(targets, outputs.length === 1, ({ range }) => range, show) : undefined;
  return [...(x === undefined ? [] : [["x", x] as const]), ...(y === undefined ? [] : [["y", y] as const])];
};

/** Shapes by port. */
const shapes = (ports: readonly Port[]): Code =>
  record(ports.map(({ name, shape }) => [name, js`[${commas(shape.map(literal))}]`]));
const shapeTypes = (ports: readonly Port[]): Code => record(ports.map((port) => [port.name, shapeType(port)]));
const texts = ({ inputs }: ModuleParts): readonly Port[] => inputs.filter(({ type }) => type === "string");
const words = (by: Readonly<Record<string, readonly string[]>> | undefined): readonly (readonly [string, readonly string[]])[] =>
  Object.entries(by ?? {});
const wordsCode = (by: Readonly<Record<string, readonly string[]>> | undefined): Code =>
  record(words(by).map(([port, list]) => [port, js`[${commas(list.map((word) => js`${word}`))}]`]));
const wordsType = (by: Readonly<Record<string, readonly string[]>> | undefined): Code =>
  record(words(by).map(([port, list]) => [port, js`readonly [${commas(list.map((word) => js`${word}`))}]`]));

/** In the order of the text. */
export const constants: readonly Constant[] = [
  {
    name: "inputShape",
    when: ({ inputs }) => inputs.length === 1,
    value: ({ inputs: [{ shape }] }) => js`[${commas(shape.map(literal))}]`,
    type: ({ inputs: [input] }) => shapeType(input),
  },
  {
    name: "outputShape",
    when: ({ outputs }) => outputs.length === 1,
    value: ({ outputs: [{ shape }] }) => js`[${commas(shape.map(literal))}]`,
    type: ({ outputs: [output] }) => shapeType(output),
  },
  {
    name: "inputs",
    when: () => true,
    value: ({ inputs }) => (inputs.length === 1 ? ported(inputs[0], "inputShape") : shapes(inputs)),
    type: ({ inputs }) => shapeTypes(inputs),
  },
  {
    name: "outputs",
    when: () => true,
    value: ({ outputs }) => (outputs.length === 1 ? ported(outputs[0], "outputShape") : shapes(outputs)),
    type: ({ outputs }) => shapeTypes(outputs),
  },
  {
    name: "targets",
    when: ({ options }) => options.train,
    value: ({ targets = [], outputs }) => shapes(outputs.length === 1 ? targets.map((one) => ({ ...one, name: "y" })) : targets),
    type: ({ targets = [], outputs }) =>
      shapeTypes(outputs.length === 1 ? targets.map((one) => ({ ...one, name: "y" })) : targets),
    says: "What outputs are held against: the shape of a row.",
  },
  {
    name: "types",
    when: (parts) => texts(parts).length > 0,
    value: (parts) => record(texts(parts).map(({ name }) => [name, js`${"string"}`])),
    type: (parts) => record(texts(parts).map(({ name }) => [name, js`${"string"}`])),
    says: "Inputs that hold texts.",
  },
  {
    name: "features",
    when: ({ about }) => about?.features !== undefined,
    value: ({ about }) => wordsCode(about?.features),
    type: ({ about }) => wordsType(about?.features),
    says: "What the numbers of a row are, by input.",
  },
  {
    name: "classes",
    when: ({ about }) => about?.classes !== undefined,
    value: ({ about }) => wordsCode(about?.classes),
    type: ({ about }) => wordsType(about?.classes),
    says: "What the numbers of a row are, by output.",
  },
  {
    name: "ranges",
    when: (parts) => rangesOf(parts, () => none).length > 0,
    value: (parts) =>
      record(
        rangesOf(parts, ({ below, ignore }) =>
          record([["below", literal(below)], ...(ignore === undefined ? [] : [["ignore", literal(ignore)] as const])]),
        ),
      ),
    type: (parts) =>
      record(
        rangesOf(parts, ({ ignore }) =>
          ignore === undefined ? js`{ readonly below: number }` : js`{ readonly below: number; readonly ignore: number }`,
        ),
      ),
    says: "Arguments whose numbers are whole, from 0 to below − 1 (or `ignore`): ids of rows, labels of classes.",
  },
  {
    name: "batch",
    when: ({ options }) => options.train,
    value: ({ options }) => literal(options.batch),
    type: ({ options }) => literal(options.batch),
    says: "Most rows of one trainStep.",
  },
  {
    name: "chunk",
    when: ({ stream }) => stream !== undefined,
    value: ({ stream }) => literal(stream?.chunk ?? 1),
    type: ({ stream }) => literal(stream?.chunk ?? 1),
    says: "Steps of a sequence that one call of step takes.",
  },
  {
    name: "stepInputs",
    when: ({ stream }) => stream !== undefined,
    value: ({ stream }) => shapes(stream?.inputs ?? []),
    type: ({ stream }) => shapeTypes(stream?.inputs ?? []),
    says: "What step takes, by input.",
  },
  {
    name: "stepOutputs",
    when: ({ stream }) => stream !== undefined,
    value: ({ stream }) => shapes(stream?.outputs ?? []),
    type: ({ stream }) => shapeTypes(stream?.outputs ?? []),
    says: "What step gives, by output.",
  },
  {
    name: "weightNames",
    when: ({ options }) => options.train,
    value: ({ weights }) => new Code(`[${weights.map(({ name }) => quote(name)).join(", ")}]`),
    type: () => js`readonly string[]`,
    says: "In the order of getWeights.",
  },
];
