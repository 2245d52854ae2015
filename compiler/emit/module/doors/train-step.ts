// `trainStep(x, y, options)`: one step of the optimizer on the rows of one batch.
import { sizeOf } from "../../../graph/graph.ts";
import { braces, js, lines, literal } from "../../code.ts";
import { type Door, entryOf, outdated, shapeText } from "./door.ts";
import { feed, lossOf, targetOf, trainingText } from "./training.ts";

/** One step of the optimizer. */
export const trainStep: Door = {
  name: "trainStep",
  when: ({ options }) => options.train,
  text: (site) => {
    const { parts, scene } = site;
    const { kind, optionsOf } = scene.helpers;
    const entry = entryOf(site, "trainStep");
    const rate = entry.inputs.find(([port]) => port === "learningRate")?.[1];
    return lines(
      trainingText(site),
      braces(
        js`function trainStep(x, y, options)`,
        lines(
          js`const given = ${optionsOf()}(options, ["sampleWeight", "learningRate"]);
const learningRate = given.learningRate === undefined ? ${parts.learningRate ?? 0} : given.learningRate;
if (typeof learningRate !== "number") throw new TypeError("learningRate: wanted a number, got " + ${kind()}(learningRate));
if (learningRate - learningRate !== 0) throw new RangeError("learningRate: wanted a finite number, got " + learningRate);
const data = dataOf(x, y, given.sampleWeight), n = data.rows;
if (n < 1 || n > ${parts.options.batch}) throw new RangeError("x: wanted 1 to ${literal(parts.options.batch)} rows of ${literal(sizeOf(parts.input.shape))} numbers, got " + n + " rows");`,
          feed(site, "trainStep", 0),
          rate === undefined ? undefined : js`${scene.bufferId(rate)}[0] = learningRate;`,
          scene.calls(entry),
          outdated(site),
          js`return ${lossOf(site, "trainStep")}[0];`,
        ),
      ),
    );
  },
  says: (parts) => {
    const target = targetOf(parts);
    return js`/** One step of the optimizer on 1 to ${parts.options.batch} rows; \`y\`: rows of ${shapeText(target.shape)}, ${sizeOf(target.shape)} numbers each. Gives the loss before the step. */
trainStep(x: Rows, y: Rows, options?: { sampleWeight?: Rows; /** Default ${parts.learningRate ?? 0}. */ learningRate?: number }): number;`;
  },
};
