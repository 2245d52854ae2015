// `predict(x, out)`: rows by tiles while at least half a tile is left, then one by one, straight between the caller's arrays.
import { sizeOf } from "../../../graph/graph.ts";
import { braces, Code, js, lines, name, none } from "../../code.ts";
import { computeFunction, many, one, times } from "../routes.ts";
import { directText } from "../scene.ts";
import { checkRange, type Door, entryOf, maybeEntry, prepared, rowShape, shapeText } from "./door.ts";

/** The model's answer for any number of rows. */
export const predict: Door = {
  name: "predict",
  when: () => true,
  text: (site) => {
    const { parts, scene } = site;
    const { copy, kind, rowsOf } = scene.helpers;
    const [inputSize, outputSize] = [sizeOf(parts.input.shape), sizeOf(parts.output.shape)];
    const entry = entryOf(site, "predict");
    const compute =
      scene.direct === undefined
        ? computeFunction(one, scene.route(entry), inputSize, outputSize, copy)
        : directText(scene, entry, one);
    const tile = maybeEntry(site, "predictTile");
    const route = tile && scene.route(tile);
    const tiles = route && computeFunction(many, route, inputSize, outputSize, copy);
    const row = name("row");
    const [from, to, found] = [times(row, inputSize), times(row, outputSize), times(name("rows"), outputSize)];
    const loops =
      route === undefined
        ? js`for (let row = 0; row < rows; row++) ${one}(x, ${from}, out, ${to});`
        : js`let row = 0;
for (; rows - row >= ${Math.ceil(route.rows / 2)}; row += ${route.rows}) ${many}(x, ${from}, out, ${to}, rows - row < ${route.rows} ? rows - row : ${route.rows});
for (; row < rows; row++) ${one}(x, ${from}, out, ${to});`;
    const [shape, broken] = [rowShape(parts.input.shape), inputSize === 1 ? none : js` || x.length % ${inputSize}`];
    return lines(
      compute,
      tiles,
      braces(
        js`function predict(x, out)`,
        lines(
          js`if (!(x instanceof Float32Array) || !x.length${broken}) x = ${rowsOf()}("x", x, ${shape});
const rows = x.length${inputSize === 1 ? none : js` / ${inputSize}`};`,
          checkRange(site, parts.input, name("x"), inputSize),
          // Last: views of one buffer may overlap, and a row may only be written when none that it lies under is still to be read.
          js`if (out === undefined) out = new Float32Array(${found});
else if (!(out instanceof Float32Array) && ${kind()}(out) !== "Float32Array") throw new TypeError("out: wanted a Float32Array, got " + ${kind()}(out));
else if (out.length !== ${found}) throw new RangeError("out: wanted " + ${found} + " numbers, got " + out.length);
if (rows > 1 && x !== out && x.buffer === out.buffer) x = new Float32Array(x);`,
          prepared(site),
          loops,
          js`return out;`,
        ),
      ),
    );
  },
  says: ({ input, output }) => {
    const each = input.range === undefined ? "" : `, whole numbers from 0 to ${input.range.below - 1}`;
    return js`/**
 * \`x\`: k rows of ${shapeText(input.shape)}, k * ${sizeOf(input.shape)} numbers${new Code(each)}. Gives k rows of ${shapeText(output.shape)}, k * ${sizeOf(output.shape)} numbers: \`out\`, or a new Float32Array.
 * A Float32Array is taken as it is, and then nothing is allocated when \`out\` is given (but a copy of \`x\` where both are views of
 * one buffer); anything else is checked and copied. NaN is a number, and spreads. Throws TypeError or RangeError.
 */
predict(x: Rows, out?: Float32Array): Float32Array;`;
  },
};
