// The panes, as a table. In: a report and a goal. Out: for each pane what it can show. Guarantee: another stage or target is another choice
// within a pane, by the stages a row names; no component knows one.
import type { Drawing, GoalReport, Pane, Report } from "../report.ts";

/** Something that a pane shows. */
export interface Shown {
  /** Within its pane: `drawing`, `schedule/js`. */
  readonly key: string;
  readonly title: string;
  readonly text?: Pane;
  readonly drawing?: Drawing;
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly stages: readonly Pane["stage"][];
  readonly drawing?: (report: Report, goal: GoalReport) => Drawing;
  /** What is shown first, where it is not the first text. */
  readonly first?: Pane["stage"] | "drawing";
  /** Memory by time is drawn below the text. */
  readonly arena?: true;
  readonly says: string;
}

/** From what is written to what runs. */
export const paneRows: readonly Row[] = [
  {
    id: "list",
    title: "List",
    stages: ["list"],
    drawing: ({ drawing }) => drawing,
    says: "The model as a list of layers.",
  },
  {
    id: "graph",
    title: "Graph",
    stages: ["graph"],
    drawing: (_report, { drawing }) => drawing,
    first: "drawing",
    says: "What is computed, op by op.",
  },
  { id: "plan", title: "Plan", stages: ["plan"], arena: true, says: "What runs together, and where every value lies." },
  {
    id: "loops",
    title: "Loops",
    stages: ["nests", "schedule", "program"],
    first: "schedule",
    says: "The loops of each kernel, and the strategy that runs them.",
  },
  { id: "javascript", title: "JavaScript", stages: ["javascript"], says: "The module." },
  { id: "webassembly", title: "WebAssembly", stages: ["webassembly"], says: "The kernels of the module in lanes of four." },
];

/** What a pane can show of a goal; none where the report has nothing for it. */
export function choicesOf(row: Row, report: Report, goal: GoalReport): readonly Shown[] {
  const texts = row.stages.flatMap((stage) => goal.panes.filter((pane) => pane.stage === stage));
  const drawing = row.drawing?.(report, goal);
  return [
    ...texts.map((text) => ({
      key: text.target === undefined ? text.stage : `${text.stage}/${text.target}`,
      title: text.target === undefined ? text.title : `${text.title}, ${text.target}`,
      text,
    })),
    ...(drawing === undefined || drawing.boxes.length === 0 ? [] : [{ key: "drawing", title: "Drawing", drawing }]),
  ];
}

/** The choice a pane opens with. */
export const firstOf = ({ first }: Row, choices: readonly Shown[]): Shown =>
  choices.find(({ key, text }) => first !== undefined && (text?.stage ?? key) === first) ?? choices[0];
