// The schedules as a table, the schema of a key that takes a rate or one of them, and the rate of either. Derived from the list; nothing
// to add here.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Schedule, ScheduleSpec } from "../define.ts";
import { named, parseNamed } from "../named.ts";
import * as list from "./list.ts";

// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in the rules, which only see what the schema has checked.
type AnySchedule = Schedule<any>;
/** Every schedule by its Keras name. */
export const schedules: ReadonlyMap<string, AnySchedule> = named<AnySchedule>(Object.values(list));

/** 0.001, or {name: "cosine_decay", initialLearningRate: 0.1, decaySteps: 1000}. */
export type Rate = number | ScheduleSpec;
/** The schema of `learningRate`; what a schedule's own keys are is for `rateAt` to say. */
export const rateSchema = (initial: number): z.ZodDefault<z.ZodType<Rate>> =>
  z.union([z.number().min(0), z.looseObject({ name: z.string() })]).default(initial);

const parsed = (spec: ScheduleSpec): { readonly item: AnySchedule; readonly config: object } =>
  parseNamed(schedules, spec, { kind: "schedule", path: "training.optimizer.learningRate" });

/** Numbers as the Graph has them, so that both come to the same whole ones. */
const rounded = (config: object): object =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === "number" ? Math.fround(value) : value]));

/** The learning rate behind so many batches: of a schedule, or the one that is always the same. Throws CompileError training/spec. */
export function rateAt(spec: Rate, iteration: number): number {
  if (typeof spec === "number") return spec;
  const { item, config } = parsed(spec);
  return item.at(iteration, rounded(config));
}

/** A schedule's rate as Graph. */
export function scheduled(g: G, spec: ScheduleSpec, iteration: Node): Node {
  const { item, config } = parsed(spec);
  return item.rate(g, iteration, config);
}
