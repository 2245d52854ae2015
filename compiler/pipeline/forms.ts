// How what a pass made is checked and printed: a line per stage. In: what was made. Out: nothing or a CompileError, and its text.
import { type Line, textOf } from "../base/lines.ts";
import { graphLines } from "../graph/print.ts";
import { verifyGraph } from "../graph/verify.ts";
import { ops } from "../ops/index.ts";
import { planLines } from "../plan/print.ts";
import { verifyPlan } from "../plan/verify.ts";
import { nestsLines } from "../program/nest/print.ts";
import { verifyNests } from "../program/nest/verify.ts";
import { programLines } from "../program/text/print.ts";
import { verifyProgram } from "../program/verify.ts";
import { schedulesLines } from "../schedule/print.ts";
import { verifySchedules } from "../schedule/verify.ts";
import type { Made, Stage } from "./passes.ts";

interface Form<M> {
  verify(made: M): void;
  lines(made: M): readonly Line[];
}
/** How each stage is checked and printed. */
const forms: { readonly [S in Stage]: Form<Made & { readonly stage: S }> } = {
  graph: { verify: ({ graph }) => verifyGraph(graph, ops), lines: ({ graph }) => graphLines(graph) },
  plan: { verify: (made) => verifyPlan(made.plan), lines: (made) => planLines(made.plan) },
  nests: { verify: ({ nests }) => verifyNests(nests), lines: ({ nests }) => nestsLines(nests) },
  schedule: {
    verify: ({ scheduled, target }) => verifySchedules(scheduled, target),
    lines: ({ scheduled, target }) => schedulesLines(scheduled, target),
  },
  program: { verify: ({ program }) => verifyProgram(program), lines: ({ program }) => programLines(program) },
};
const formOf = (made: Made): Form<Made> => forms[made.stage] as Form<Made>;

/** Throws CompileError `ir/verify` where a pass broke a rule of its stage. */
export const verifyMade = (made: Made): void => formOf(made).verify(made);
/** The text of what a pass made, line by line with what each is of. */
export const linesOfMade = (made: Made): readonly Line[] => formOf(made).lines(made);
/** The same as one text. */
export const printMade = (made: Made): string => textOf(linesOfMade(made));
