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
  const calls = callsOf(goal, made);
  const byKernel = new Map<string, Region[]>();
  const writers = new Map<string, Region>();
  const enter = (region: Region, kernel: ThingId | undefined): void => {
    const thing = things.add("region", region.id, regionSays(region), goal);
    things.link(thing, kernel);
    const own = [region.origin, ...region.others].map(layerOf);
    for (const layer of own) {
      things.link(thing, layer);
      things.link(kernel, layer);
    }
    for (const node of nodesOfRegion(region)) {
      things.link(thing, nodes.get(node));
      things.link(kernel, nodes.get(node));
    }
    for (const { buffer } of outsOf(region)) {
      writers.set(buffer, region);
      for (const other of [thing, kernel, ...own]) things.link(buffers.get(buffer), other);
    }
    for (const inner of bodyOf(region)) enter(inner, kernel);
  };
  for (const [i, region] of plan.regions.entries()) {
    const name = calls.length === plan.regions.length ? calls[i] : undefined;
    if (name !== undefined) byKernel.set(name, [...(byKernel.get(name) ?? []), region]);
    enter(region, name === undefined ? undefined : things.add("kernel", name, kernelSays(name, plan, region), goal));
  }
  const find = ({ kind, name }: Of): ThingId | undefined => {
    if (kind === "call") {
      const region = plan.regions[Number(name)];
      return region === undefined ? undefined : things.find("region", region.id, goal);
    }
    return kind === "let" ? undefined : things.find(kind, name, goal);
  };
  return {
    plan,
    find,
    regionsOf: (kernel) => byKernel.get(kernel) ?? [],
    writerOf: (buffer) => writers.get(buffer),
  };
}

/** The kernel of each region, in order: what the entry calls before it becomes a straight line. */
function callsOf(goal: Goal, made: readonly Made[]): readonly string[] {
  const nests = made.findLast((one) => one.stage === "nests");
  return callsIn(nests?.nests.entries ?? [], goal);
}

/** The kernels that an entry calls. */
export const callsIn = (entries: readonly Entry[], goal: Goal): readonly string[] =>
  entries.find(({ name }) => name === goal)?.calls.map(({ kernel }) => kernel) ?? [];

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
