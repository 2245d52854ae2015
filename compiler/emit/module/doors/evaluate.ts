// `evaluate(x, y, options)`: the mean loss over any number of rows, each batch weighed with its rows.
import { sizeOf } from "../../../graph/graph.ts";
import { braces, js, lines, literal, name } from "../../code.ts";
import { type Door, entryOf, prepared } from "./door.ts";
import { feed, lossOf, targetOf } from "./training.ts";

/** The loss without a step. */
export const evaluate: Door = {
  name: "evaluate",
  when: ({ options }) => options.train,
  text: (site) => {
    const { parts, scene } = site;
    const { optionsOf, noNaN } = scene.helpers;
    const { batch } = parts.options;
    const [inputSize, targetSize] = [sizeOf(parts.input.shape), sizeOf(targetOf(parts).shape)];
    return braces(
      js`function evaluate(x, y, options)`,
      lines(
        js`const data = dataOf(x, y, ${optionsOf()}(options, ["sampleWeight"]).sampleWeight), rows = data.rows;
if (rows < 1) throw new RangeError("x: wanted at least 1 row of ${literal(inputSize)} numbers, got 0 rows");
${noNaN()}("x", data.x, ${inputSize});
${noNaN()}("y", data.y, ${targetSize});
if (data.sampleWeight) ${noNaN()}("sampleWeight", data.sampleWeight, 1);`,
        prepared(site),
        js`let sum = 0;`,
        braces(
          js`for (let row = 0; row < rows; row += ${batch})`,
          lines(
            js`const n = rows - row < ${batch} ? rows - row : ${batch};`,
            feed(site, "evaluate", name("row")),
            scene.calls(entryOf(site, "evaluate")),
            js`sum += n * ${lossOf(site, "evaluate")}[0];`,
          ),
        ),
        js`return sum / rows;`,
      ),
    );
  },
  says: () => js`/** The mean loss over any number of rows, none of which holds NaN. */
evaluate(x: Rows, y: Rows, options?: { sampleWeight?: Rows }): number;`,
};
