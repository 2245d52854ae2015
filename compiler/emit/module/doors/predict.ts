// `predict(x, out)`: rows by tiles while at least half a tile is left, then one by one, straight between the caller's arrays.
import { sizeOf } from "../../../graph/graph.ts";
import { braces, Code, commas, js, lines, type Name, name, none } from "../../code.ts";
import { wordsText } from "../encoders/encoder.ts";
import { computeFunction, type Lane, many, one, times } from "../routes.ts";
import { directText } from "../scene.ts";
import { type Door, entryOf, maybeEntry, prepared, prepareText, shapeText } from "./door.ts";
import { outputsOf, spelling } from "./outputs.ts";
import { type Fed, inputsOf, readSlots, type Slot, slotsOf, spelledOf, takeApart } from "./ports.ts";
import { inputsType, outputsType } from "./types.ts";

/** The model's answer for any number of rows. */
export const predict: Door = {
  name: "predict",
  when: () => true,
  text: (site) => {
    const { parts, scene } = site;
    const { slots: inputs, fed, tables, before } = inputsOf(site);
    const words = spelledOf(site);
    // The kernels write numbers, also where the caller gets words.
    const outputs = slotsOf(scene, "out", parts.outputs).map((slot, i) => ({ ...slot, id: words[i]?.numbers ?? slot.id }));
    const simple = fed.length === 1 && outputs.length === 1;
    // One array each: the caller says where in them; of several, which row.
    const params = simple
      ? ["x", "from", "out", "to"].map(name)
      : [...fed.map(({ id }) => id), name("row"), ...outputs.map(({ id }) => id)];
    const route = (entryName: string, id: Name): Code => {
      const entry = entryOf(site, entryName);
      const lane =
        (ports: typeof entry.inputs, from: Code, array: Name | undefined, optional: boolean) =>
        (one: Pick<Fed, "name" | "id" | "size">): Lane[] => {
          const buffer = ports.find(([port]) => port === one.name)?.[1];
          const at = simple ? from : times(name("row"), one.size);
          return buffer === undefined
            ? []
            : [{ array: array ?? one.id, at, buffer: scene.bufferId(buffer), size: one.size, optional }];
        };
      const named = outputs.map(({ port, id: own, size }) => ({ name: port.name, id: own, size }));
      return computeFunction(id, scene.route(entry), {
        params,
        inputs: fed.flatMap(lane(entry.inputs, js`from`, simple ? name("x") : undefined, false)),
        outputs: named.flatMap(lane(entry.outputs, js`to`, simple ? name("out") : undefined, outputs.length > 1)),
      }, scene.helpers.copy); // biome-ignore format: one line
    };
    const entry = entryOf(site, "predict");
    const tile = maybeEntry(site, "predictTile");
    const call = (id: Name, rows?: Code): Code => {
      const args = simple
        ? [fed[0].id, times(name("row"), fed[0].size), outputs[0].id, times(name("row"), outputs[0].size)]
        : params;
      return js`${id}(${commas([...args, ...(rows === undefined ? [] : [rows])])});`;
    };
    const most = tile === undefined || tile.rows === "n" ? 0 : tile.rows;
    const loops =
      most === 0
        ? js`for (let row = 0; row < rows; row++) ${call(one)}`
        : js`let row = 0;
for (; rows - row >= ${Math.ceil(most / 2)}; row += ${most}) ${call(many, js`rows - row < ${most} ? rows - row : ${most}`)}
for (; row < rows; row++) ${call(one)}`;
    const known = words.map((own, i) =>
      own === undefined ? undefined : js`const ${own.words} = ${wordsText(parts.words[i]?.words ?? [])};`,
    );
    return lines(
      tables,
      ...known,
      scene.direct === undefined ? route("predict", one) : directText(scene, entry, one),
      tile && route("predictTile", many),
      prepareText(site),
      braces(
        js`function predict(x, out)`,
        lines(
          takeApart(scene, "x", "inputs", inputs),
          readSlots(site, inputs),
          // Last: views of one buffer may overlap, and a row may only be written when none that it lies under is still to be read.
          outputsOf(site, outputs, words, name("rows")),
          ...inputs.map(({ id, port, isWhole }) =>
            port.type === "string" || isWhole
              ? undefined
              : apart(
                  id,
                  outputs.filter((_, i) => words[i] === undefined),
                  outputs.length > 1,
                ),
          ),
          before,
          prepared(site),
          loops,
          ...words.map((own) => spelling(site, own, outputs.length > 1)),
          js`return out;`,
        ),
      ),
    );
  },
  says: (parts) => {
    const { inputs, outputs } = parts;
    if (inputs.length === 1 && outputs.length === 1 && inputs[0].type !== "string" && outputs[0].type !== "string") {
      const [[input], [output]] = [inputs, outputs];
      const each = input.range === undefined ? "" : `, whole numbers from 0 to ${input.range.below - 1}`;
      return js`/**
 * \`x\`: k rows of ${shapeText(input.shape)}, k * ${sizeOf(input.shape)} numbers${new Code(each)}. Gives k rows of ${shapeText(output.shape)}, k * ${sizeOf(output.shape)} numbers: \`out\`, or a new Float32Array.
 * A Float32Array is taken as it is, and then nothing is allocated when \`out\` is given (but a copy of \`x\` where both are views of
 * one buffer); anything else is checked and copied. NaN is a number, and spreads. Throws TypeError or RangeError.
 */
predict(x: Rows, out?: Float32Array): Float32Array;`;
    }
    const head = js`/**
 * As many rows for every input, by name where there are several. Gives arrays of as many rows, by name where there are several outputs:
 * \`out\`, which may name some of them only, or new ones. A Float32Array is taken as it is; anything else is checked and copied. NaN is a
 * number, and spreads. Throws TypeError or RangeError.
 */`;
    if (outputs.length === 1)
      return js`${head}
predict(x: ${inputsType(parts)}, out?: ${outputsType(parts)}): ${outputsType(parts)};`;
    return js`${head}
predict<O extends Partial<${outputsType(parts)}> = ${outputsType(parts)}>(x: ${inputsType(parts)}, out?: O): O;`;
  },
};

/** A copy of what may lie under an output; where it is `optional`, the caller may not ask for it. */
function apart(id: Name, outputs: readonly Slot[], optional: boolean): Code {
  if (outputs.length === 0) return none;
  const shared = outputs.map(({ id: out }) =>
    optional ? js`${out} && ${id}.buffer === ${out}.buffer` : js`${id} !== ${out} && ${id}.buffer === ${out}.buffer`,
  );
  const [first] = shared;
  const any = shared.length === 1 ? first : js`(${new Code(shared.map(({ text }) => text).join(" || "))})`;
  return js`if (rows > 1 && ${any}) ${id} = new Float32Array(${id});`;
}
