// What trainStep and evaluate share: the check of a batch, and its way into an entry's buffers.

import type { Port } from "../../../artifact.ts";
import { invariant } from "../../../diagnostics/error.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { type Code, js, lines, literal, type Name, name, none } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";
import { times } from "../routes.ts";
import { checkRange, entryOf, maybeEntry, rowShape, type Site } from "./door.ts";

/** The target of a training module. */
export function targetOf({ target }: ModuleParts): Port {
  invariant(target !== undefined, "training needs a target");
  return target;
}

/** Once in a module with training: what depends on weights alone, and `dataOf`, which checks and copies a batch. */
export function trainingText(site: Site): Code {
  const { parts, scene } = site;
  const { rowsOf } = scene.helpers;
  const target = targetOf(parts);
  const [inputSize, targetSize] = [sizeOf(parts.input.shape), sizeOf(target.shape)];
  const prepare = maybeEntry(site, "prepare");
  return lines(
    prepare === undefined
      ? undefined
      : js`// What depends on weights alone is computed again after they changed.
let stale = true;
function prepare() {
  if (!stale) return;
  ${scene.calls(prepare)}
  stale = false;
}`,
    js`function dataOf(x, y, sampleWeight) {
  if (!(x instanceof Float32Array) || !x.length || x.length % ${inputSize}) x = ${rowsOf()}("x", x, ${rowShape(parts.input.shape)});
  if (!(y instanceof Float32Array) || !y.length) y = ${rowsOf()}("y", y, ${rowShape(target.shape)});
  const rows = x.length / ${inputSize};
  if (y.length !== ${times(name("rows"), targetSize)}) throw new RangeError("y: wanted " + ${times(name("rows"), targetSize)} + " numbers, ${literal(targetSize)} per row of x, got " + y.length);
  if (sampleWeight !== undefined) {
    if (!(sampleWeight instanceof Float32Array) || !sampleWeight.length) sampleWeight = ${rowsOf()}("sampleWeight", sampleWeight, [1]);
    if (sampleWeight.length !== rows) throw new RangeError("sampleWeight: wanted " + rows + " numbers, one per row of x, got " + sampleWeight.length);
  }
  ${lines(checkRange(site, parts.input, name("x"), inputSize), checkRange(site, target, name("y"), targetSize))}
  return { rows: rows, x: x, y: y, sampleWeight: sampleWeight };
}`,
  );
}

/** Copies n rows from `row` on into the input buffers of an entry; without sample weights each row counts 1. */
export function feed(site: Site, entryName: "trainStep" | "evaluate", row: Name | 0): Code {
  const { parts, scene } = site;
  const { copy } = scene.helpers;
  const entry = entryOf(site, entryName);
  const put = (port: string, size: number): Code => {
    const id = entry.inputs.find(([known]) => known === port)?.[1];
    return id === undefined
      ? none
      : js`${copy()}(data.${name(port)}, ${times(row, size)}, ${scene.bufferId(id)}, 0, ${times(name("n"), size)});`;
  };
  const weight = entry.inputs.find(([known]) => known === "sampleWeight")?.[1];
  return lines(
    put("x", sizeOf(parts.input.shape)),
    put("y", sizeOf(targetOf(parts).shape)),
    weight === undefined
      ? undefined
      : js`if (data.sampleWeight === undefined) ${scene.bufferId(weight)}.fill(1, 0, n);
else ${put("sampleWeight", 1)}`,
  );
}

/** The buffer that an entry leaves its loss in. */
export function lossOf(site: Site, entryName: "trainStep" | "evaluate"): Name {
  const buffer = entryOf(site, entryName).outputs.find(([port]) => port === "loss")?.[1];
  invariant(buffer !== undefined, `${entryName} has no loss`);
  return site.scene.bufferId(buffer);
}
