// `trainStep(x, y, options)`: one step of the optimizer on the rows of one batch.
import { braces, js, lines, literal, name, none } from "../../code.ts";
import { type Door, entryOf, outdated } from "./door.ts";
import { isPlanned, rateText } from "./learning-rate.ts";
import { batchOf, feed, meansIn, resultOf, shownText, talliesLength, tally, targetsOf, trainingText } from "./training.ts";
import { inputsType, targetsType, weightsType } from "./types.ts";

/** One step of the optimizer. */
export const trainStep: Door = {
  name: "trainStep",
  when: ({ options }) => options.train,
  text: (site) => {
    const { parts, scene } = site;
    const { kind, optionsOf } = scene.helpers;
    const entry = entryOf(site, "trainStep");
    const rate = entry.inputs.find(([port]) => port === "learningRate")?.[1];
    const [first] = batchOf(site).inputs;
    const means = meansIn(parts).length;
    const length = talliesLength(parts);
    const tallies = length === 0 ? none : js`, tallies = new Float64Array(${length})`;
    return lines(
      trainingText(site),
      js`// Since the metrics were reset: losses times rows, and rows; of metrics sums, and how many values are in them.
const totals = new Float64Array(${means}), counts = new Float64Array(${means})${tallies};`,
      shownText(site),
      braces(
        js`function trainStep(x, y, options)`,
        lines(
          js`const given = ${optionsOf()}(options, ["sampleWeight", "learningRate"]);
const learningRate = given.learningRate === undefined ? ${rateText(site)} : given.learningRate;
if (typeof learningRate !== "number") throw new TypeError("learningRate: wanted a number, got " + ${kind()}(learningRate));
if (learningRate - learningRate !== 0) throw new RangeError("learningRate: wanted a finite number, got " + learningRate);
const data = dataOf(x, y, given.sampleWeight), n = data.rows;
if (n < 1 || n > ${parts.options.batch}) throw new RangeError(${`${first.what}: wanted 1 to ${literal(parts.options.batch).text} rows of ${literal(first.size).text} numbers, got `} + n + " rows");`,
          feed(site, "trainStep", 0),
          rate === undefined ? undefined : js`${scene.bufferId(rate)}[0] = learningRate;`,
          scene.calls(entry),
          outdated(site),
          tally(site, "trainStep", name("totals"), name("counts"), name("tallies")),
          js`return ${resultOf(site, "trainStep", "loss")}[0];`,
        ),
      ),
    );
  },
  says: (parts) => {
    const rate = isPlanned(parts) ? js`getLearningRate()` : js`${parts.learningRate ?? 0}`;
    return js`/** One step of the optimizer on 1 to ${parts.options.batch} rows; \`y\`: rows of the targets. Gives the loss before the step. */
trainStep(x: ${inputsType(parts)}, y: ${targetsType(targetsOf(parts), parts)}, options?: { sampleWeight?: ${weightsType(targetsOf(parts), parts)}; /** Default ${rate}. */ learningRate?: number }): number;`;
  },
};
