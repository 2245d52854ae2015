// How what a pass made is checked and printed: a line per stage. In: what was made. Out: nothing or a CompileError, and its text.
import { printGraph } from "../graph/print.ts";
import { verifyGraph } from "../graph/verify.ts";
import { ops } from "../ops/index.ts";
import { printPlan } from "../plan/print.ts";
import { verifyPlan } from "../plan/verify.ts";
import { printNests } from "../program/nest/print.ts";
import { verifyNests } from "../program/nest/verify.ts";
import { printProgram } from "../program/text/print.ts";
import { verifyProgram } from "../program/verify.ts";
import { printSchedules } from "../schedule/print.ts";
import { verifySchedules } from "../schedule/verify.ts";
import type { Made, Stage } from "./passes.ts";

interface Form<M> {
  verify(made: M): void;
  print(made: M): string;
}
/** How each stage is checked and printed. */
const forms: { readonly [S in Stage]: Form<Made & { readonly stage: S }> } = {
  graph: { verify: ({ graph }) => verifyGraph(graph, ops), print: ({ graph }) => printGraph(graph) },
  plan: { verify: (made) => verifyPlan(made.plan), print: (made) => printPlan(made.plan) },
  nests: { verify: ({ nests }) => verifyNests(nests), print: ({ nests }) => printNests(nests) },
  schedule: {
    verify: ({ scheduled, target }) => verifySchedules(scheduled, target),
    print: ({ scheduled, target }) => printSchedules(scheduled, target),
  },
  program: { verify: ({ program }) => verifyProgram(program), print: ({ program }) => printProgram(program) },
};
const formOf = (made: Made): Form<Made> => forms[made.stage] as Form<Made>;

/** Throws CompileError `ir/verify` where a pass broke a rule of its stage. */
export const verifyMade = (made: Made): void => formOf(made).verify(made);
/** The text of what a pass made. */
export const printMade = (made: Made): string => formOf(made).print(made);
