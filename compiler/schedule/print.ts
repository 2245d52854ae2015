// Scheduled nests as text: the nests, and under each the strategy that took it and the schedule it gave. Nothing parses it.
import { type Line, line } from "../base/lines.ts";
import type { NestKernel } from "../program/nest/nest.ts";
import { nestLines, treeLines } from "../program/nest/print.ts";
import type { Program } from "../program/program.ts";
import { programLinesWith } from "../program/text/print.ts";
import type { Target } from "../targets.ts";
import { type Scheduled, showSchedule } from "./schedule.ts";

/** The whole Program at the stage `schedule`, line by line. */
export const schedulesLines = (program: Program<NestKernel<Scheduled>>, target: Target): readonly Line[] =>
  programLinesWith(program, `schedule for ${target.name}`, (kernel) => treeLines(kernel, scheduledLines));

const scheduledLines = (scheduled: Scheduled): readonly Line[] => [
  ...nestLines(scheduled.nest),
  line(`  by ${showSchedule(scheduled)}`),
];
