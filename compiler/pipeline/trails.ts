// From a layer down to its kernels: which nodes, regions, nests and kernels are of it. In: a model, options, an entry. Out: a trail
// for each layer, in order, then for the loss and the optimizer. Nothing is recorded for it: the ids are those that the texts of the
// stages show. Guarantee: every region is of one trail, and with loops every call of a kernel, which equal regions share; a gradient is of the layer it is the gradient of.
import { internal } from "../diagnostics/error.ts";
import { type Graph, isGraph, type Node } from "../graph/graph.ts";
import type { Origin } from "../graph/origin.ts";
import type { Model } from "../model.ts";
import type { Options } from "../options.ts";
import { bodyOf, type Region } from "../plan/plan.ts";
import { leavesOf } from "../program/nest/nest.ts";
import { lowerModel } from "./lower-model.ts";
import type { Goal, Made } from "./passes.ts";

/** A nest by its kernel and its place there, and what runs it on a target. */
export interface NestStep {
  readonly kernel: string;
  readonly index: number;
  readonly target: string;
  readonly strategy: string;
}

/** What became of a layer. */
export interface Trail {
  /** The whole layer. */
  readonly origin: Origin;
  /** Its nodes in the Graph that is planned: `%3`; `%7/%2` is a node of the body of the scan %7. */
  readonly nodes: readonly string[];
  /** Regions that store a value of it: `r2`. */
  readonly regions: readonly string[];
  /** Regions of other layers in which nodes of it run. */
  readonly joined: readonly string[];
  readonly nests: readonly NestStep[];
  /** Kernels of the js target. A straight line is one kernel of all layers. */
  readonly kernels: readonly string[];
}

/** The trails of one entry of a model. Throws CompileError. */
export function trailsOf(model: Model, options: Options, goal: Goal): readonly Trail[] {
  const made: Made[] = [];
  const { resolved } = lowerModel(model, options, (of, one) => {
    if (of === goal) made.push(one);
  });
  const planned = made.findLast((one) => one.stage === "plan") ?? internal(`${goal} has no plan`);
  const { graph, regions } = planned.plan;
  const nodes = [...nodesIn(graph)];
  const all = [...regionsIn(regions)];
  const kernels = kernelsOf(made, goal, regions);
  const nests = nestsOf(made, goal, regions);
  const found = [...nodes, ...all].flatMap(({ origin }) => (origin === undefined || origin.path === "" ? [] : [origin]));
  const origins = [...resolved.entries.map(({ origin }) => origin), ...found].map(({ path, layer, name }) => ({
    path,
    layer,
    name,
  }));
  return [...new Map(origins.map((origin) => [origin.path, origin])).values()].map((origin): Trail => {
    const isOf = (other: Origin | undefined): boolean => other?.path === origin.path;
    const own = regions.filter((region) => isOf(region.origin));
    return {
      origin,
      nodes: nodes.flatMap(({ id, origin: of }) => (isOf(of) ? [id] : [])),
      regions: all.flatMap(({ id, origin: of }) => (isOf(of) ? [id] : [])),
      joined: all.flatMap(({ id, origin: of, others }) => (!isOf(of) && others.some(isOf) ? [id] : [])),
      nests: own.flatMap((region) => nests.get(region) ?? []),
      kernels: [...new Set(own.flatMap((region) => kernels.get(region) ?? []))],
    };
  });
}

/** A node by the number that texts have for it. */
export interface Numbered {
  readonly id: string;
  readonly node: Node;
  readonly origin: Origin | undefined;
}
/** Every node, those of bodies behind their scan: `%7`, `%7/%2`. */
export function* nodesIn({ nodes, origins }: Graph, before = ""): Generator<Numbered> {
  for (const [k, node] of nodes.entries()) {
    const id = `${before}%${k}`;
    yield { id, node, origin: origins.get(node) };
    if (isGraph(node.attrs.body)) yield* nodesIn(node.attrs.body, `${id}/`);
  }
}

/** Every region, a body behind what it is of. */
export function* regionsIn(regions: readonly Region[]): Generator<Region> {
  for (const region of regions) {
    yield region;
    yield* regionsIn(bodyOf(region));
  }
}

/** An entry calls a kernel for each of its regions, in order, or one for all of them. */
function callsOf<T>(calls: readonly T[], regions: readonly Region[]): ReadonlyMap<Region, readonly T[]> {
  return new Map(regions.map((region, i) => [region, calls.length === regions.length ? [calls[i]] : calls]));
}

function kernelsOf(made: readonly Made[], goal: Goal, regions: readonly Region[]): ReadonlyMap<Region, readonly string[]> {
  const last = made.findLast((one) => one.stage === "program" && one.pass !== "vectorize");
  const entry = last?.stage === "program" ? last.program.entries.find(({ name }) => name === goal) : undefined;
  return callsOf(entry?.calls.map(({ kernel }) => kernel) ?? [], regions);
}

/** Nests of a region on every target. */
function nestsOf(made: readonly Made[], goal: Goal, regions: readonly Region[]): ReadonlyMap<Region, readonly NestStep[]> {
  const all = new Map<Region, NestStep[]>(regions.map((region) => [region, []]));
  for (const one of made) {
    if (one.stage !== "schedule") continue;
    const { entries, kernels } = one.scheduled;
    const called = entries.find(({ name }) => name === goal)?.calls.map(({ kernel }) => kernel);
    const calls = callsOf(called ?? [], regions);
    for (const [region, names] of calls) {
      const parts = kernels.find(({ name }) => name === names[0])?.parts ?? [];
      for (const [index, { strategy }] of [...leavesOf(parts)].entries())
        all.get(region)?.push({ kernel: names[0], index, target: one.target.name, strategy });
    }
  }
  return all;
}
