// A filter: a script for Node that answers rows on standard input, for whatever pipes rows through a program (ClickHouse's executable functions,
// Spark's pipe and TRANSFORM, Hadoop streaming, parallel). It needs nothing beside itself.
import type { Port } from "../../../artifact.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { type Code, commas, js, lines, record } from "../../code.ts";
import { byName, sorted } from "./exports.ts";
import { finished } from "./finish.ts";
import type { Form, FormSite, Written } from "./form.ts";
import { loop, loopTakes } from "./loop.ts";
import { rowFormats } from "./rows/list.ts";

/** Numbers of a batch: enough for the tiles of any model, and a few megabytes. */
const numbersAtOnce = 2 ** 18;
const rowsAtOnce = 2 ** 14;

/** The script with its loop; `rows` where another format than the option's is its default. */
export function filterText({ head, module, names, parts, takes }: FormSite, rows = parts.options.rows): Written {
  const widest = [...parts.inputs, ...parts.outputs].reduce((most, { shape }) => Math.max(most, sizeOf(shape)), 1);
  const { features } = parts.about ?? {};
  const text = loop({
    title: parts.model.name,
    inputs: portsText(parts.inputs, features),
    outputs: portsText(parts.outputs),
    rows: rows ?? rowFormats[0].name,
    most: Math.max(1, Math.min(rowsAtOnce, Math.floor(numbersAtOnce / widest))),
    selfTest: parts.selfTest !== undefined,
  });
  const code = `${
    lines(
      head,
      js`"use strict";
const model = (() => {
  ${module}
  return ${byName(sorted(names))};
})();`,
      text,
    ).text
  }\n`;
  const how = { kind: "script", takes: [...takes, ...loopTakes], before: "#!/usr/bin/env node\n" } as const;
  return finished(code, how, parts);
}

/** Names of features only where there is one for each number of a row. */
const portsText = (ports: readonly Port[], features: Readonly<Record<string, readonly string[]>> = {}): Code =>
  js`[${commas(
    ports.map(({ name, shape, type }) => {
      const named = Object.hasOwn(features, name) && features[name].length === sizeOf(shape) ? features[name] : undefined;
      return record([
        ["name", js`${name}`],
        ["size", js`${sizeOf(shape)}`],
        ["isText", js`${type === "string"}`],
        ["features", named === undefined ? js`null` : js`[${commas(named.map((feature) => js`${feature}`))}]`],
      ]);
    }),
  )}]`;

export const filter: Form = {
  extension: () => ".cjs",
  isText: true,
  isImported: false,
  // Node reads today's language.
  fixed: () => ({ syntax: "es2020", train: false, weights: "inline", wasm: "embed" }),
  own: ["rows"],
  needs: {},
  language: "JavaScript",
  kind: "script",
  takes: loopTakes,
  write: (site) => filterText(site),
};
