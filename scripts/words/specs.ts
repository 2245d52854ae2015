// The types of what a spec may be, `"adam"` or `{ name: "adam", beta1: 0.8 }`, from the lists. In: the tables of losses, metrics,
// optimizers, … and their words. Out: the text of each file of `compiler/training/specs/`. Guarantee: names and aliases are those of the
// tables, sorted; items with the same keys share a member of the union.
import type * as z from "zod";
import { constraints } from "../../compiler/training/constraints/index.ts";
import { initializers } from "../../compiler/training/initializers/index.ts";
import { losses } from "../../compiler/training/losses/index.ts";
import { metrics, metricWords, shortWords } from "../../compiler/training/metrics/index.ts";
import { withCommon } from "../../compiler/training/optimizers/common.ts";
import { optimizers } from "../../compiler/training/optimizers/index.ts";
import { regularizers } from "../../compiler/training/regularizers/index.ts";
import { schedules } from "../../compiler/training/schedules/index.ts";
import { docOf, isOptional, keysOf, typeOf } from "./schema.ts";
import { words } from "./training.ts";

interface Item {
  readonly name: string;
  readonly config: z.ZodType;
}
/** A list: what its items are called together, and its table by name and alias. */
export interface Kind {
  readonly name: string;
  readonly table: ReadonlyMap<string, Item>;
  /** Names that stand for one item or another, and take no keys. */
  readonly also?: readonly string[];
  /** Whether a bare name is a spec. */
  readonly isWord: boolean;
  /** A key beside those of the schema. */
  readonly more?: string;
}

/** Every list whose items a spec names, by the file of its types. */
export const kinds: Readonly<Record<string, Kind>> = {
  losses: { name: "loss", table: losses, isWord: true },
  metrics: {
    name: "metric",
    table: metrics,
    also: [...Object.keys(metricWords), ...Object.keys(shortWords)],
    isWord: true,
    more: "/** What it is called in logs. Default: its name. */ readonly as?: string;",
  },
  optimizers: {
    name: "optimizer",
    table: new Map([...optimizers].map(([name, { config }]) => [name, { name, config: withCommon(config) }])),
    isWord: true,
  },
  schedules: { name: "schedule", table: schedules, isWord: false },
  initializers: { name: "initializer", table: initializers, isWord: true },
  regularizers: { name: "regularizer", table: regularizers, isWord: true },
  constraints: { name: "constraint", table: constraints, isWord: true },
};

/** The doc and type of each key of an item. */
export function linesOf({ name: kind }: Kind, { name, config }: Item): readonly string[] {
  return Object.entries(keysOf(config) ?? {}).map(([key, schema]) => {
    const sentence = words[kind][`${name}.${key}`] ?? words[kind][key];
    const doc = docOf(sentence, schema, `${kind} ${name}.${key}`);
    // The schema leaves a schedule's own keys to the schedule.
    const type = kind === "optimizer" && key === "learningRate" ? "number | ScheduleInput" : typeOf(schema);
    return `${doc} readonly ${key}${isOptional(schema) ? "?" : ""}: ${type};`;
  });
}

const union = (names: readonly string[]): string => [...new Set(names)].map((name) => JSON.stringify(name)).join(" | ");

/** The text of a kind's file. */
export function specsOf(kind: Kind): string {
  const { name, also = [], isWord, more } = kind;
  // Of a list as a namespace, loaders differ in the order.
  const table = new Map([...kind.table].sort(([a], [b]) => (a < b ? -1 : 1)));
  const groups = new Map<string, string[]>();
  for (const [alias, item] of table) {
    const keys = [...linesOf(kind, item), ...(more === undefined ? [] : [more])].map((line) => `\n      ${line}`).join("");
    groups.set(keys, [...(groups.get(keys) ?? []), alias]);
  }
  const members = [...groups].map(([keys, names]) => {
    const all = names.includes("categorical_accuracy") ? [...names, ...also] : names;
    return `  | {\n      readonly name: ${union(all)};${keys}\n    }`;
  });
  const title = name[0].toUpperCase() + name.slice(1);
  const article = /^[io]/.test(name) ? "an" : "a";
  return [
    `// ${title} specs as callers write them. Written by \`npm run update-face\` from the list and scripts/words; no defaults by hand.`,
    ...(name === "optimizer" ? ['import type { ScheduleInput } from "./schedules.ts";'] : []),
    "",
    ...(isWord
      ? [
          `/** Every name of ${article} ${name}, as Keras writes it and in camelCase. */`,
          `export type ${title}Name = ${union([...table.keys(), ...also])};`,
          "",
        ]
      : []),
    `/** ${isWord ? "A name, or an" : "An"} object with the name of ${article} ${name} and its keys. */`,
    `export type ${title}Input =`,
    ...(isWord ? [`  | ${title}Name`] : []),
    `${members.join("\n")};`,
    "",
  ].join("\n");
}
