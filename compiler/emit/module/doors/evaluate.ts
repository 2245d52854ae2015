// `evaluate(x, y, options)`: the mean losses over any number of rows, each batch weighed with its rows. What was summed up stays, so that a
// call may go on where the one before ended: rows that do not fit into memory, or a page that wants its turn in between.
import { braces, js, lines, literal, name, none } from "../../code.ts";
import { type Door, entryOf, prepared } from "./door.ts";
import { batchOf, feed, logsOf, meansIn, shownOf, talliesLength, tally, targetsOf } from "./training.ts";
import { inputsType, logsType, targetsType, weightsType } from "./types.ts";

/** The losses without a step. */
export const evaluate: Door = {
  name: "evaluate",
  when: ({ options }) => options.train,
  text: (site) => {
    const { parts, scene } = site;
    const { kind, optionsOf, noNaN } = scene.helpers;
    const { batch } = parts.options;
    const length = talliesLength(parts);
    const [sums, counts, tallies] = ["testSums", "testCounts", "testTallies"].map(name);
    const means = meansIn(parts).length;
    const { inputs, targets, weights, feeds } = batchOf(site);
    const [first] = inputs;
    // What encoders make holds no NaN.
    const numbers = parts.feeds.flatMap(({ encoder, ports: [port] }, i) =>
      encoder === undefined ? [{ ...feeds.fed[i], what: inputs[port].what }] : [],
    );
    const kept = js`const ${sums} = new Float64Array(${means}), ${counts} = new Float64Array(${means})${length === 0 ? none : js`, ${tallies} = new Float64Array(${length})`};`;
    const door = braces(
      js`function evaluate(x, y, options)`,
      lines(
        js`const given = ${optionsOf()}(options, ["sampleWeight", "batchSize", "accumulate"]);
const most = given.batchSize === undefined ? ${batch} : given.batchSize;
if (typeof most !== "number") throw new TypeError("batchSize: wanted a number, got " + ${kind()}(most));
if (!(most >= 1 && most <= ${batch} && most % 1 === 0)) throw new RangeError(${`batchSize: wanted a whole number from 1 to ${literal(batch).text}, got `} + most);
if (given.accumulate !== undefined && typeof given.accumulate !== "boolean") throw new TypeError("accumulate: wanted true or false, got " + ${kind()}(given.accumulate));
const data = dataOf(x, y, given.sampleWeight), rows = data.rows;
if (rows < 1) throw new RangeError(${`${first.what}: wanted at least 1 row of ${literal(first.size).text} numbers, got 0 rows`});`,
        ...numbers.map(({ what, id, size }) => js`${noNaN()}(${what}, data.${id}, ${size});`),
        ...targets.map(({ what, id, size }) => js`${noNaN()}(${what}, data.${id}, ${size});`),
        ...weights.map(({ what, id, size }) => js`if (data.${id}) ${noNaN()}(${what}, data.${id}, ${size});`),
        prepared(site),
        braces(
          js`if (!given.accumulate)`,
          lines(...[sums, counts, ...(length === 0 ? [] : [tallies])].map((values) => js`${values}.fill(0);`)),
        ),
        braces(
          js`for (let row = 0; row < rows; row += most)`,
          lines(
            js`const n = rows - row < most ? rows - row : most;`,
            feed(site, "evaluate", name("row")),
            scene.calls(entryOf(site, "evaluate")),
            tally(site, "evaluate", sums, counts, tallies),
          ),
        ),
        js`return ${shownOf(site, sums, counts, tallies)};`,
      ),
    );
    return lines(js`// Of the rows evaluated last.`, kept, door);
  },
  says: (parts) => js`/** The mean losses, and metrics, over any number of rows, none of which holds NaN. */
evaluate(x: ${inputsType(parts)}, y: ${targetsType(targetsOf(parts), parts)}, options?: { sampleWeight?: ${weightsType(targetsOf(parts), parts)}; /** Rows at once. Default ${parts.options.batch}, and at most that. */ batchSize?: number; /** Counts the rows of the calls before beside these. Default false. */ accumulate?: boolean }): ${logsType(logsOf(parts))};`,
};
