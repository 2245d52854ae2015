// Which contents can travel in fewer bits. In: what buffers hold, and how it lies. Out: its form, where it is exactly that: whole steps of a scale for each
// channel, or halves. Guarantee: the form is found in the numbers and held against every one of them, so it does not matter what rewriting,
// packing and padding made of a weight; what has no such form stays float32.
import { halfOf, ofHalf } from "../base/halves.ts";
import { isSteps, scalesFor, stepsOf } from "../base/steps.ts";
import { bytesOf, type Narrow, type Pattern } from "../emit/module/narrow.ts";
import { graph, type Node, sizeOf } from "../graph/graph.ts";
import type { WeightsType } from "../options.ts";
import { blockSize } from "../program/nest/block.ts";
import type { Program } from "../program/program.ts";
import { foldAtStart } from "./folded.ts";
import type { Prepared } from "./prepared.ts";

/** What of a module's contents travels in fewer bits. */
export interface Narrowing {
  /** Work on weights that the module does when it starts, since what it is made of is smaller; its results are contents no longer. */
  readonly restored: Prepared;
  /** Contents that this work needs besides. */
  readonly parts: readonly string[];
  /** The forms of those of the contents that have one. */
  readonly forms: (contents: Contents) => ReadonlyMap<string, Narrow>;
}
type Contents = ReadonlyMap<string, Float32Array>;

/**
 * Decides it for the weights of a model and what the compiler prepared of them; `contents` lose what the module computes itself, and get what
 * that needs.
 */
export function narrowed(
  prepared: Prepared,
  contents: Map<string, Float32Array>,
  {
    weights,
    type,
    run,
  }: {
    readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
    readonly type: WeightsType;
    readonly run: (prepared: Prepared, contents: Contents) => Contents;
  },
): Narrowing {
  const restored: Prepared = { prepare: undefined, layouts: prepared.layouts };
  if (type === "float32") return { restored, parts: [], forms: () => new Map() };
  const shapes = new Map<string, readonly number[]>(weights.map(({ name, shape }) => [name, shape]));
  const made = new Map(prepared.prepare?.results);
  for (const [name, node] of made) shapes.set(name, node.type.shape as number[]);
  const known = new Map<string, Narrow | undefined>();
  const formOf = (name: string, content: Float32Array | undefined): Narrow | undefined => {
    const shape = shapes.get(name);
    if (shape === undefined || content === undefined) return undefined;
    if (!known.has(name)) {
      const from = made.get(name);
      const scales = from === undefined ? [] : paramsOf(from).flatMap((weight) => scalesOf(formOf(weight, contents.get(weight))));
      const blocked = prepared.layouts.get(name)?.blocked !== undefined;
      known.set(name, narrowForm({ content, shape, blocked, known: scales }, type));
    }
    return known.get(name);
  };
  const sizeOfContent = (name: string): number => {
    const content = contents.get(name) ?? new Float32Array();
    return bytesIn(content, formOf(name, content));
  };
  // What was but moved has a form of its own.
  const rest = prepared.prepare?.results.filter(([name]) => formOf(name, contents.get(name)) === undefined);
  const folded = rest === undefined || rest.length === 0 ? undefined : graph("prepare", rest, [], prepared.prepare?.origins);
  const found = foldAtStart({ layouts: prepared.layouts, prepare: folded }, contents, sizeOfContent, run);
  for (const [name] of found.restored.prepare?.results ?? []) contents.delete(name);
  for (const [name, values] of found.added) contents.set(name, values);
  return {
    restored: found.restored,
    parts: [...found.added.keys()],
    forms: (all) => {
      const listed = [...all].flatMap(([name, content]) => {
        const form = formOf(name, content);
        return form === undefined ? [] : [[name, form, bytesIn(content, undefined) - bytesIn(content, form)] as const];
      });
      const gain = listed.reduce((sum, [, , bytes]) => sum + bytes, 0);
      return new Map(gain < widenBytes ? [] : listed.map(([name, form]) => [name, form]));
    },
  };
}

const scalesOf = (form: Narrow | undefined): readonly number[] => (form?.type === "int8" ? [...new Set(form.scales)] : []);

/** The weights that a value is made of. */
function paramsOf(node: Node): readonly string[] {
  const found = new Set([node]);
  for (const one of found) for (const input of one.inputs) found.add(input);
  return [...found].flatMap(({ op, attrs }) => (op === "param" ? [String(attrs.name)] : []));
}

/** The Program without what JavaScript does alone: what weights are restored by has the bits of the compiler, which runs it so. */
export function inLanes(program: Program): Program {
  const entries = program.entries.filter(({ name }) => name !== "restore");
  if (entries.length === program.entries.length) return program;
  const called = new Set(entries.flatMap(({ calls }) => calls.map(({ kernel }) => kernel)));
  return { ...program, entries, kernels: program.kernels.filter(({ name }) => called.has(name)) };
}

/** A content, and its shape; `blocked`: its last axis lies in blocks, outermost (plan/layout.ts). */
export interface Lying {
  readonly content: Float32Array;
  readonly shape: readonly number[];
  readonly blocked: boolean;
  /** Scales that it may have where no number is as large as its scale allows: a part of a weight. */
  readonly known?: readonly number[];
}

/** Bytes that a run costs beside its numbers: its line in the table of the module. */
const lineBytes = 24;
/** Bytes of the function that widens: with less to gain, weights travel as ever. */
const widenBytes = 600;

/** How many bytes a content takes in a form. */
export const bytesIn = ({ length }: Float32Array, narrow: Narrow | undefined): number =>
  narrow === undefined ? 4 * length : lineBytes + bytesOf(length, narrow);

/** The form of a content, where it has one that is smaller. */
export function narrowForm(lying: Lying, type: WeightsType): Narrow | undefined {
  const { content } = lying;
  const form = finders[type](lying);
  return form !== undefined && bytesIn(content, form) < bytesIn(content, undefined) ? form : undefined;
}

const finders: Readonly<Record<WeightsType, (lying: Lying) => Narrow | undefined>> = {
  float32: () => undefined,
  float16: ({ content }) => (content.every((value) => Object.is(ofHalf(halfOf(value)), value)) ? { type: "float16" } : undefined),
  int8: (lying) => {
    const patterns = patternsOf(lying);
    const { content, known = [] } = lying;
    for (const more of known.length > 0 ? [[], known] : [[]])
      for (const pattern of patterns) {
        const scales = scalesIn(content, pattern, more);
        if (scales !== undefined) return stepsIn(content, pattern, scales);
      }
    return undefined;
  },
};

/** How scales may go over a content: along each stretch of axes, those with the fewest scales first. */
function patternsOf({ content: { length }, shape, blocked }: Lying): readonly Pattern[] {
  const others = blocked ? shape.slice(0, -1) : shape;
  const inner = blocked ? blockSize : 1;
  const along = others.flatMap((_, start) =>
    others.slice(start).map((__, i): Pattern => {
      const end = start + i + 1;
      return { stride: inner * sizeOf(others.slice(end)), count: sizeOf(others.slice(start, end)), block: length };
    }),
  );
  const blocks = blocked ? [{ stride: 1, count: blockSize, block: inner * sizeOf(others) }] : [];
  const found = new Map([...blocks, ...along].map((pattern) => [Object.values(pattern).join(), pattern]));
  const worth = [...found.values()].filter((pattern) => 4 * countOf(pattern, length) < 3 * length);
  return worth.sort((a, b) => countOf(a, length) - countOf(b, length));
}

const countOf = ({ count, block }: Pattern, length: number): number => count * (length / block);
const scaleAt = ({ stride, count, block }: Pattern, i: number): number =>
  count * Math.floor(i / block) + (Math.floor(i / stride) % count);

/** The scales by which every number is whole steps; `known`: beside those of which the largest is 127 steps. */
function scalesIn(content: Float32Array, pattern: Pattern, known: readonly number[]): Float32Array | undefined {
  const largest = new Float32Array(countOf(pattern, content.length));
  content.forEach((value, i) => {
    const k = scaleAt(pattern, i);
    // Not max(), which keeps NaN: that is never whole steps.
    if (Math.abs(value) > largest[k]) largest[k] = Math.abs(value);
  });
  const candidates = Array.from(largest, (size) => [...scalesFor(size), ...known.filter((scale) => isSteps(size, scale))]);
  for (let i = 0; i < content.length; i++) {
    const left = candidates[scaleAt(pattern, i)];
    while (left.length > 0 && !isSteps(content[i], left[0])) left.shift();
    if (left.length === 0) return undefined;
  }
  const scales = Float32Array.from(candidates, ([scale]) => scale);
  // A scale that was dropped later on has not seen the numbers before.
  return content.every((value, i) => isSteps(value, scales[scaleAt(pattern, i)])) ? scales : undefined;
}

const stepsIn = (content: Float32Array, pattern: Pattern, scales: Float32Array): Narrow => ({
  type: "int8",
  steps: Int8Array.from(content, (value, i) => stepsOf(value, scales[scaleAt(pattern, i)])),
  scales,
  pattern,
});
