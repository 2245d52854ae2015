// `layerc trace`: every rule that fired, in order: what stood there before, what stands there after, and for which layer.
import type { Command } from "commander";
import type { Goal } from "../../../compiler/compile.ts";
import { showCall } from "../../../compiler/graph/builder.ts";
import type { Node } from "../../../compiler/graph/graph.ts";
import { showShape } from "../../../compiler/graph/graph.ts";
import { showOrigin } from "../../../compiler/graph/origin.ts";
import { addLoweringFlags, goalFlag, type LoweringFlags } from "../flags.ts";
import { renderTable } from "../render.ts";
import { readSnapshots } from "../subject.ts";
import { print, printJson } from "../terminal.ts";

interface Flags extends LoweringFlags {
  readonly goal: Goal;
  readonly json?: boolean;
}

/** Adds `layerc trace`, which lists the rules that fired. */
export function addTrace(program: Command): void {
  const command = program
    .command("trace")
    .summary("list each rewrite rule that fired")
    .description(
      "Lists each rewrite rule that fired on a model, in order: pass, rule, before → after, and the layer it came from.",
    )
    .argument("<model>", "model file, or - for JSON or the text of a Graph on standard input")
    .addOption(goalFlag())
    .option("--json", "as JSON");
  addLoweringFlags(command)
    .addHelpText("after", "\nExamples:\n  layerc trace iris.model.ts\n  layerc trace cars.model.ts --goal trainStep --train")
    .action(async (file: string, flags: Flags) => {
      const all = await readSnapshots(file, flags);
      const fired = all.flatMap(({ pass, events }) =>
        events.map(({ id, rule, before, after, origin }) => ({
          ...{ id, pass, rule, before: show(before), after: show(after) },
          origin: origin === undefined ? "" : showOrigin(origin),
        })),
      );
      if (flags.json) printJson(fired);
      else if (fired.length === 0) print("no rule fired");
      else print(renderTable(fired.map(({ pass, rule, before, after, origin }) => [pass, rule, `${before} → ${after}`, origin])));
    });
}

/** A node with its operands' shapes and its own: `add([n, 3], [n, 3]): [n, 3]`. */
const show = (node: Node): string => `${showCall(node.op, node.inputs)}: ${showShape(node.type.shape)}`;
