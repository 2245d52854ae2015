// Scheduled nests as text: the nests, and under each the strategy that took it and the schedule it gave. Nothing parses it.
import type { NestKernel } from "../program/nest/nest.ts";
import { nestLines, treeLines } from "../program/nest/print.ts";
import type { Program } from "../program/program.ts";
import { printProgramWith } from "../program/text/print.ts";
import type { Target } from "../targets.ts";
import { type Scheduled, showSchedule } from "./schedule.ts";

/** The whole Program at the stage `schedule`. */
export const printSchedules = (program: Program<NestKernel<Scheduled>>, target: Target): string =>
  printProgramWith(program, `schedule for ${target.name}`, (kernel) => treeLines(kernel, scheduledLines));

const scheduledLines = (scheduled: Scheduled): readonly string[] => [
  ...nestLines(scheduled.nest),
  `  by ${showSchedule(scheduled)}`,
];
