// `step(x, out)`: the next chunk of a sequence, and what follows from it; `reset()`, `getState()` and `setState(state)`: what is kept between
// chunks. An instance is one stream; predict and trainStep know nothing of it.
import { internal } from "../../../diagnostics/error.ts";
import { braces, Code, js, lines, name, none } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";
import { copied } from "../routes.ts";
import { checkRange, type Door, entryOf, prepared, rowShape, shapeText } from "./door.ts";
import { getText, keptType, listsOf, setText } from "./kept.ts";
import { outputsOf, spelling } from "./outputs.ts";
import { slotsOf, spelledOf, takeApart } from "./ports.ts";
import { inputsType, outputsType } from "./types.ts";

const lists = listsOf("carry", "carries");
const isStream = ({ stream }: ModuleParts): boolean => stream !== undefined;
const streamOf = ({ stream }: ModuleParts) => stream ?? internal("the module has no stream");

/** A chunk in, a chunk out. */
export const step: Door = {
  name: "step",
  when: isStream,
  text: (site) => {
    const { parts, scene } = site;
    const stream = streamOf(parts);
    const entry = entryOf(site, "step");
    const inputs = slotsOf(scene, "x", stream.inputs, stream.inputs.length === 1, stream.feeds);
    const words = spelledOf(site);
    const outputs = slotsOf(scene, "out", stream.outputs).map((slot, i) => ({ ...slot, id: words[i]?.numbers ?? slot.id }));
    const bufferOf = (ports: typeof entry.inputs, port: string) => ports.find(([known]) => known === port)?.[1];
    const put = stream.feeds.map(({ name: fed, ports: [port] }): Code => {
      const buffer = bufferOf(entry.inputs, fed);
      const { id, size } = inputs[port];
      return buffer === undefined ? none : copied(id, scene.bufferId(buffer), size, scene.helpers.copy);
    });
    const get = outputs.map(({ id, port, size }): Code => {
      const buffer = bufferOf(entry.outputs, port.name) ?? internal(`step gives no ${port.name}`);
      const text = copied(scene.bufferId(buffer), id, size, scene.helpers.copy);
      return outputs.length > 1 ? js`if (${id}) ${text}` : text;
    });
    return braces(
      js`function step(x, out)`,
      lines(
        takeApart(scene, "x", "inputs", inputs),
        ...inputs.map(({ port, id, what: called, size }) =>
          lines(
            js`if (!${id} || typeof ${id} !== "object") throw new TypeError(${`${called}: wanted ${size} numbers, got `} + ${scene.helpers.kind()}(${id}));
if (!(${id} instanceof Float32Array) || ${id}.length !== ${size}) ${id} = ${scene.helpers.rowsOf()}(${called}, [${id}], ${rowShape(port.shape)});`,
            checkRange(site, port, called, id, size),
          ),
        ),
        outputsOf(site, outputs, words, 1),
        prepared(site),
        ...put,
        scene.calls(entry),
        ...get,
        ...words.map((own) => spelling(site, own, outputs.length > 1)),
        js`return out;`,
      ),
    );
  },
  says: (parts) => {
    const stream = streamOf(parts);
    const own = { ...parts, ...stream };
    const one = stream.chunk === 1 ? "step" : `${stream.chunk} steps`;
    const shapes =
      stream.inputs.length === 1 && stream.outputs.length === 1
        ? js` \`x\`: ${shapeText(stream.inputs[0].shape)}; gives ${shapeText(stream.outputs[0].shape)}, \`out\` or a new array.`
        : none;
    return js`/**
 * The next ${new Code(one)} of a sequence, after all that came since \`reset\`: what predict gives for the whole, bit for bit.${shapes}
 * A chunk is flat, or nested as its shape. Nothing is allocated when \`out\` is given and \`x\` is a Float32Array. Throws TypeError or RangeError, and then the stream is as before.
 */
step(x: ${inputsType(own)}, out?: ${outputsType(own)}): ${outputsType(own)};`;
  },
};

/** To the beginning. */
export const reset: Door = {
  name: "reset",
  when: isStream,
  text: () => js`function reset() {
  for (let i = 0; i < ${lists.values}.length; i++) ${lists.values}[i].fill(0);
}`,
  says: () => js`/** The next step is the first of a sequence. */
reset(): void;`,
};

/** Copies by name. */
export const getState: Door = {
  name: "getState",
  when: isStream,
  text: (site) => getText(name("getState"), lists, streamOf(site.parts).states, site),
  says: (parts) => js`/** Copies of what the stream keeps, by layer. */
getState(): ${keptType(streamOf(parts).states)};`,
};

/** Takes what getState gives. */
export const setState: Door = {
  name: "setState",
  when: isStream,
  text: (site) => setText(name("setState"), lists, streamOf(site.parts).states, site),
  says: () => js`/** Takes what getState gives, of this or another instance; all of it is checked before anything is written. */
setState(state: { readonly [name: string]: Rows }): void;`,
};
