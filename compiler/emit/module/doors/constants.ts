// The constants that a module shows beside its functions, as rows of a table. They are no part of an instance: `create` has none.
import type { Port, Range } from "../../../artifact.ts";
import { Code, commas, js, literal, quote, record } from "../../code.ts";
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

/** Whole numbers that ports hold, by the names of the functions' arguments. */
const rangesOf = ({ input, target, options }: ModuleParts): readonly (readonly [string, Range])[] => {
  const ports = { x: input, ...(options.train && target !== undefined ? { y: target } : {}) };
  return Object.entries(ports).flatMap(([argument, { range }]) => (range === undefined ? [] : [[argument, range] as const]));
};

/** In the order of the text. */
export const constants: readonly Constant[] = [
  {
    name: "inputShape",
    when: () => true,
    value: ({ input }) => js`[${commas(input.shape.map(literal))}]`,
    type: ({ input }) => shapeType(input),
  },
  {
    name: "outputShape",
    when: () => true,
    value: ({ output }) => js`[${commas(output.shape.map(literal))}]`,
    type: ({ output }) => shapeType(output),
  },
  {
    name: "inputs",
    when: () => true,
    value: ({ input }) => ported(input, "inputShape"),
    type: ({ input }) => record([[input.name, shapeType(input)]]),
  },
  {
    name: "outputs",
    when: () => true,
    value: ({ output }) => ported(output, "outputShape"),
    type: ({ output }) => record([[output.name, shapeType(output)]]),
  },
  {
    name: "ranges",
    when: (parts) => rangesOf(parts).length > 0,
    value: (parts) =>
      record(
        rangesOf(parts).map(([argument, { below, ignore }]) => {
          const rest: readonly (readonly [string, Code])[] = ignore === undefined ? [] : [["ignore", literal(ignore)]];
          return [argument, record([["below", literal(below)], ...rest])];
        }),
      ),
    type: (parts) =>
      record(
        rangesOf(parts).map(([argument, { ignore }]) => [
          argument,
          ignore === undefined ? js`{ readonly below: number }` : js`{ readonly below: number; readonly ignore: number }`,
        ]),
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
    name: "weightNames",
    when: ({ options }) => options.train,
    value: ({ weights }) => new Code(`[${weights.map(({ name }) => quote(name)).join(", ")}]`),
    type: () => js`readonly string[]`,
    says: "In the order of getWeights.",
  },
];
