// From a layer down to its kernels, as things that light up with each other. In: what the passes made of an entry. Out: its things, and how a line of
// any stage finds them. Guarantee: whatever one of nodes, regions, buffers and kernels is made of lights up with it, and both with their layer.
import type { Of } from "../../../compiler/base/lines.ts";
import type { Goal } from "../../../compiler/compile.ts";
import { type Node, showShape } from "../../../compiler/graph/graph.ts";
import { type Origin, showOrigin } from "../../../compiler/graph/origin.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import { nodesIn } from "../../../compiler/pipeline/trails.ts";
import { bodyOf, outsOf, type Plan, type PlanBuffer, type Region } from "../../../compiler/plan/plan.ts";
import { label, readsOf, showOrigins } from "../../../compiler/plan/print.ts";
import type { Entry } from "../../../compiler/program/program.ts";
import type { ThingId } from "../report.ts";
import { whyStored } from "../words.ts";
import { goalRows } from "./goals.ts";
import { inputPath } from "./layers.ts";
import type { Finder } from "./panes.ts";
import type { Things } from "./things.ts";

/** An entry as things. */
export interface Links {
  readonly plan: Plan;
  /** Of any stage from the Graph that is planned on. */
  readonly find: Finder;
  /** Kernel → the regions whose calls run it. */
  readonly regionsOf: (kernel: string) => readonly Region[];
  /** Buffer → the region that writes it last. */
  readonly writerOf: (buffer: string) => Region | undefined;
  /** The program is one straight line. */
  readonly isStraight: boolean;
}

/** Adds the things of an entry, each with what lights up with it. */
export function linksOf(goal: Goal, made: readonly Made[], things: Things): Links | undefined {
  const plan = made.findLast((one) => one.stage === "plan")?.plan;
  if (plan === undefined) return undefined;
  const layerOf = (origin: Origin | undefined): ThingId | undefined =>
    origin === undefined || origin.path === "" ? undefined : things.add("layer", origin.path, wholeOf(origin));
  const buffers = new Map(
    plan.buffers.map((buffer) => [buffer.name, things.add("buffer", buffer.name, bufferSays(buffer), goal)]),
  );
  const nodes = new Map<Node, ThingId>();
  for (const { id, node, origin } of nodesIn(plan.graph)) {
    const thing = things.add("node", id, nodeSays(node, origin), goal);
    // Two scans may have one body: then its nodes are those of the first.
    if (!nodes.has(node)) nodes.set(node, thing);
    things.link(thing, layerOf(origin));
    const place = plan.operands.get(node);
    if (place?.kind === "view") things.link(thing, buffers.get(place.buffer));
    if (node.op === "input") things.link(thing, things.find("layer", inputPath(String(node.attrs.name))));
    if (node.op === "param" && place?.kind === "view") things.link(buffers.get(place.buffer), layerOf(origin));
  }
  const calls = callsOf(goal, made, plan);
  const byKernel = new Map<string, Region[]>();
  const writers = new Map<string, Region>();
  const enter = (region: Region, kernels: readonly ThingId[]): void => {
    const thing = things.add("region", region.id, regionSays(region), goal);
    const runs = [thing, ...kernels];
    for (const kernel of kernels) things.link(thing, kernel);
    const layers = [region.origin, ...region.others].map(layerOf);
    for (const run of runs) {
      for (const layer of layers) things.link(run, layer);
      for (const node of nodesOfRegion(region)) things.link(run, nodes.get(node));
    }
    for (const { buffer } of outsOf(region)) {
      writers.set(buffer, region);
      for (const other of [...runs, ...layers]) things.link(buffers.get(buffer), other);
    }
    for (const inner of bodyOf(region)) enter(inner, kernels);
  };
  for (const [i, region] of plan.regions.entries()) {
    // Targets may share other kernels.
    const names = [...new Set(calls.map((list) => list[i]))];
    for (const name of names) byKernel.set(name, [...(byKernel.get(name) ?? []), region]);
    enter(region, names.map((name) => things.add("kernel", name, kernelSays(name, plan, region), goal))); // biome-ignore format: one line
  }
  const straight = made.findLast((one) => one.stage === "program" && one.straight !== undefined);
  const steps = straight?.stage === "program" ? straight.straight : undefined;
  const regionAt = (at: number | undefined): ThingId | undefined => {
    const region = at === undefined ? undefined : plan.regions[at];
    return region === undefined ? undefined : things.find("region", region.id, goal);
  };
  const byName = new Map(plan.regions.map((region, at) => [region.name, at]));
  const { tile } = goalRows[goal];
  const givenTo = paramsOf(made);
  const find = ({ kind, name }: Of): ThingId | undefined => {
    if (kind === "call") {
      const [entry, at] = name.split(" ");
      return entry === goal && (steps === undefined || at !== "0") ? regionAt(Number(at)) : undefined;
    }
    if (kind === "let") return regionAt(steps?.get(name));
    // A tile of rows has the regions of a row, in kernels of its own.
    if (kind === "kernel" && tile !== undefined && name.startsWith(tile)) return regionAt(byName.get(name.slice(tile.length)));
    // What travels as it was given, and is worked on before anything of this entry runs, is no buffer of it: then its layer is meant.
    return things.find(kind, name, goal) ?? (kind === "buffer" ? things.find("layer", givenTo.get(name) ?? "") : undefined);
  };
  return {
    plan,
    find,
    regionsOf: (kernel) => byKernel.get(kernel) ?? [],
    writerOf: (buffer) => writers.get(buffer),
    isStraight: steps !== undefined,
  };
}

/** By its name the layer that a weight is of, as the model has it: the path. */
function paramsOf(made: readonly Made[]): ReadonlyMap<string, string> {
  const first = made.find((one) => one.stage === "graph");
  const all = first?.stage === "graph" ? [...nodesIn(first.graph)] : [];
  return new Map(
    all.flatMap(({ node, origin }) =>
      node.op === "param" && origin !== undefined ? [[String(node.attrs.name), origin.path]] : [],
    ),
  );
}

/** Of each stage and target the kernel of each region, in order; a straight line has one for all. */
function callsOf(goal: Goal, made: readonly Made[], { regions }: Plan): readonly (readonly string[])[] {
  // Nests before the last have kernels that are shared since.
  const last = made.findLast((one) => one.stage === "nests");
  return made.flatMap((one) => {
    if (one.stage === "nests" && one !== last) return [];
    const entry = entriesOf(one).find(({ name }) => name === goal);
    return entry?.calls.length === regions.length && !(one.stage === "program" && one.straight !== undefined)
      ? [entry.calls.map(({ kernel }) => kernel)]
      : [];
  });
}

function entriesOf(made: Made): readonly Entry[] {
  if (made.stage === "nests") return made.nests.entries;
  if (made.stage === "schedule") return made.scheduled.entries;
  return made.stage === "program" ? made.program.entries : [];
}

/** Nodes that run in a region itself. */
export function nodesOfRegion(region: Region): readonly Node[] {
  if (region.kind === "compute") return region.nodes;
  return region.kind === "rows" ? [] : [region.node];
}

const wholeOf = ({ path, layer, name }: Origin): string => showOrigin({ path, layer, name });
const nodeSays = ({ op, type }: Node, origin: Origin | undefined): string =>
  `${op} ${showShape(type.shape)}${origin === undefined ? "" : ` of ${showOrigin(origin)}`}`;

function regionSays(region: Region): string {
  const why = whyStored(region);
  return [label(region), showOrigins(region), why === "" ? "" : `stored because ${why}`].filter((part) => part !== "").join("; ");
}

function bufferSays({ role, shape, length, from, to }: PlanBuffer): string {
  const sizes = shape.map((extent) => (typeof extent === "number" ? extent : "n"));
  const alive = role === "arena" && to >= 0 ? `, alive from ${from} to ${to}` : "";
  return `${role} ${showShape(sizes)}, ${4 * length} bytes${alive}`;
}

function kernelSays(name: string, plan: Plan, region: Region): string {
  const count = readsOf(plan, region).filter(({ kind }) => kind === "view").length;
  return `kernel ${name}: ${label(region)}, reads ${count} buffer${count === 1 ? "" : "s"}`;
}
