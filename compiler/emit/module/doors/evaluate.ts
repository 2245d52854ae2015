// `evaluate(x, y, options)`: the mean losses over any number of rows, each batch weighed with its rows.
import { braces, commas, js, lines, literal, name, none } from "../../code.ts";
import { type Door, entryOf, prepared } from "./door.ts";
import { batchOf, feed, logsOf, meansIn, shownOf, talliesLength, tally, targetsOf } from "./training.ts";
import { inputsType, logsType, targetsType, weightsType } from "./types.ts";

/** The losses without a step. */
export const evaluate: Door = {
  name: "evaluate",
  when: ({ options }) => options.train,
  text: (site) => {
    const { parts, scene } = site;
    const { optionsOf, noNaN } = scene.helpers;
    const { batch } = parts.options;
    const length = talliesLength(parts);
    const tallies = length === 0 ? none : js`, tallies = new Float64Array(${length})`;
    const { inputs, targets, weights, feeds } = batchOf(site);
    const [first] = inputs;
    // What encoders make holds no NaN.
    const numbers = parts.feeds.flatMap(({ encoder, ports: [port] }, i) =>
      encoder === undefined ? [{ ...feeds.fed[i], what: inputs[port].what }] : [],
    );
    return braces(
      js`function evaluate(x, y, options)`,
      lines(
        js`const data = dataOf(x, y, ${optionsOf()}(options, ["sampleWeight"]).sampleWeight), rows = data.rows;
if (rows < 1) throw new RangeError(${`${first.what}: wanted at least 1 row of ${literal(first.size).text} numbers, got 0 rows`});`,
        ...numbers.map(({ what, id, size }) => js`${noNaN()}(${what}, data.${id}, ${size});`),
        ...targets.map(({ what, id, size }) => js`${noNaN()}(${what}, data.${id}, ${size});`),
        ...weights.map(({ what, id, size }) => js`if (data.${id}) ${noNaN()}(${what}, data.${id}, ${size});`),
        prepared(site),
        js`const sums = [${commas(meansIn(parts).map(() => 0))}], counts = [${commas(meansIn(parts).map(() => 0))}]${tallies};`,
        braces(
          js`for (let row = 0; row < rows; row += ${batch})`,
          lines(
            js`const n = rows - row < ${batch} ? rows - row : ${batch};`,
            feed(site, "evaluate", name("row")),
            scene.calls(entryOf(site, "evaluate")),
            tally(site, "evaluate", name("sums"), name("counts"), name("tallies")),
          ),
        ),
        js`return ${shownOf(site, name("sums"), name("counts"), name("tallies"))};`,
      ),
    );
  },
  says: (parts) => js`/** The mean losses, and metrics, over any number of rows, none of which holds NaN. */
evaluate(x: ${inputsType(parts)}, y: ${targetsType(targetsOf(parts), parts)}, options?: { sampleWeight?: ${weightsType(targetsOf(parts), parts)} }): ${logsType(logsOf(parts))};`,
};
