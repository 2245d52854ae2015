// Which strategy runs a nest, and the schedule it gives. In: trees of nests and a target. Out: the same trees, dims merged, every
// nest with its schedule and the name of the strategy that made it.
import { internal } from "../diagnostics/error.ts";
import { mapTree, type Nest, type NestKernel } from "../program/nest/nest.ts";
import type { Program } from "../program/program.ts";
import type { Target } from "../targets.ts";
import { collapse } from "./collapse.ts";
import { type Around, factsOf } from "./facts.ts";
import { roomOf } from "./room.ts";
import type { Scheduled } from "./schedule.ts";
import type { Strategy } from "./strategies/define.ts";
import { strategies } from "./strategies/list.ts";

/** Schedules every nest of a Program. */
export function scheduleNests(program: Program<NestKernel>, target: Target): Program<NestKernel<Scheduled>> {
  const { scalars } = program;
  const rooms = roomOf(program);
  return {
    ...program,
    kernels: program.kernels.map((kernel) => {
      const site = { scalars, room: rooms(kernel) };
      return { ...kernel, parts: kernel.parts.map((part) => mapTree(part, (nest) => choose(nest, target, site))) };
    }),
  };
}

interface Site extends Around {
  /** For tests. */
  readonly list?: readonly Strategy[];
}

/** The first strategy of the list that takes the nest. */
export function choose(nest: Nest, target: Target, { list = strategies, ...around }: Site = {}): Scheduled {
  const merged = collapse(nest);
  const facts = factsOf(merged, around);
  for (const { name, when } of list) {
    const schedule = when(facts, target);
    if (schedule !== undefined) return { nest: merged, strategy: name, schedule };
  }
  return internal(`no strategy takes the nest ${nest.name}`);
}
