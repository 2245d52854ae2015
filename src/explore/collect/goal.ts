// One entry of a module. In: what the passes made of it. Out: its panes, passes and numbers. Guarantee: panes stand in the order in which stages
// follow, each shows the last that was made of its stage (and target).
import type { Goal } from "../../../compiler/compile.ts";
import { linesOfMade } from "../../../compiler/pipeline/forms.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import { shapesIn } from "../captions.ts";
import type { Drawing, GoalReport, Pane } from "../report.ts";
import { type CodeLines, codePanes, withWriters } from "./code.ts";
import { draw, mostBoxes } from "./drawing.ts";
import { goalRows } from "./goals.ts";
import { type Links, linksOf, nodesOfRegion } from "./links.ts";
import { arenaOf, kernelRows } from "./numbers.ts";
import { paneOf } from "./panes.ts";
import { passRows } from "./passes.ts";
import type { Things } from "./things.ts";

/** An entry, and how lines of its code find its things. */
export interface GoalPart {
  readonly report: GoalReport;
  readonly links: Links;
}

/** What is shown of an entry; undefined of one that has no plan. */
export function goalOf(
  goal: Goal,
  made: readonly Made[],
  { list, code, things }: { readonly list: Pane; readonly code: CodeLines; readonly things: Things },
): GoalPart | undefined {
  const links = linksOf(goal, made, things);
  if (links === undefined) return undefined;
  const report = {
    goal,
    panes: [list, ...stagePanes(made, links), ...codePanes(code, links, goalRows[goal].code === "module")],
    passes: passRows(goal, made, things),
    drawing: drawingOf(goal, links, things),
    arena: arenaOf(goal, links, things),
    kernels: kernelRows(goal, made, links, things),
  };
  return { report, links };
}

const titles = { graph: "Graph", plan: "Plan", nests: "Nests", schedule: "Schedule", program: "Program" } as const;
const captioned: ReadonlySet<string> = new Set(["nests", "schedule"]);

/** The last of each stage; of schedules one for each target. */
function stagePanes(made: readonly Made[], links: Links): readonly Pane[] {
  const last = new Map<string, Made>();
  for (const one of made) {
    const target = one.stage === "schedule" ? one.target.name : "";
    const key = `${one.stage} ${target}`;
    // The Program of the js target, not of a later one.
    if (one.stage === "program" && one.pass === "vectorize") continue;
    last.delete(key);
    last.set(key, one);
  }
  const order = Object.keys(titles);
  return [...last.values()]
    .sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage))
    .map((one) => {
      const target = one.stage === "schedule" ? { target: one.target.name } : {};
      const shapes = captioned.has(one.stage) ? shapesIn(links.plan) : undefined;
      const lines = one.stage === "program" ? withWriters(linesOfMade(one), links) : linesOfMade(one);
      return paneOf({ stage: one.stage, title: titles[one.stage], ...target }, lines, links.find, shapes);
    });
}

/** The nodes of the Graph; where those are too many, the regions. */
function drawingOf(goal: Goal, { plan, writerOf }: Links, things: Things): Drawing {
  const { graph, regions } = plan;
  if (graph.nodes.length <= mostBoxes) {
    const thingOf = (number: number) => things.find("node", `%${number}`, goal) ?? 0;
    const numbers = new Map(graph.nodes.map((node, number) => [node, number]));
    return draw({
      boxes: graph.nodes.map(({ op, attrs, type }, number) => {
        const name = typeof attrs.name === "string" ? `\n${attrs.name}` : "";
        return { thing: thingOf(number), label: `${op} [${type.shape.join(", ")}]${name}` };
      }),
      arrows: graph.nodes.flatMap(({ inputs }, number) =>
        inputs.map((input) => ({ from: thingOf(numbers.get(input) ?? 0), to: thingOf(number) })),
      ),
    });
  }
  const boxes = regions.map(({ id, name }) => ({ thing: things.find("region", id, goal) ?? 0, label: `${id}\n${name}` }));
  const arrows = regions.flatMap((region, to) =>
    nodesOfRegion(region).flatMap((node) =>
      node.inputs.flatMap((input) => {
        const place = plan.operands.get(input);
        const writer = place?.kind === "view" ? writerOf(place.buffer) : undefined;
        const from = writer === undefined ? -1 : regions.indexOf(writer);
        return from < 0 || from === to ? [] : [{ from: boxes[from].thing, to: boxes[to].thing }];
      }),
    ),
  );
  return draw({ boxes, arrows });
}
