// The calls of predict to be run one by one over numbers that somebody gives, for whoever wants to see what each gives. In: a module's parts. Out: a script that defines a
// function of an array's type, which makes them ready: `{ memory, inputs: { at }[], calls: { at, kernel, run }[] }`, `at` being where the buffer starts in `memory`; where inputs are not
// the ports' own numbers, `encode` makes them of what the ports are given, with the module's encoders. Guarantee: with
// Float32Array they are the module's kernels, over its weights; with Float64Array nothing rounds between them to float32. Judged like every module.
import { internal } from "../../diagnostics/error.ts";
import type { Entry } from "../../program/program.ts";
import { type Code, commas, js, lines, name, none } from "../code.ts";
import { judge } from "../judge.ts";
import { inputsOf } from "./doors/ports.ts";
import { floats } from "./packed.ts";
import type { ModuleParts } from "./parts.ts";
import { type Scene, setScene } from "./scene.ts";
import { startMemory } from "./weights.ts";

/** What the script is to tell: the name of its function, and of each call the buffer that it writes. */
export interface CallsOptions {
  readonly id: "layercCalls" | "layercDoubles";
  readonly outs: readonly (string | undefined)[];
  /** Whether it has the encoders: of two scripts one is enough. */
  readonly encodes: boolean;
}

/** The script's text. The program must be one of loops, whose predict takes a row. */
export function emitCalls({ simd: _lanes, ...parts }: ModuleParts, { id, outs, encodes }: CallsOptions): string {
  const { entries } = parts.program;
  const predict =
    entries.find((entry) => entry.name === "predict" && entry.rows === 1) ?? internal("predict takes no single row");
  const prepare = entries.filter((entry) => entry.name === "prepare");
  const alone = predict.calls.map((call, i): Entry => ({ name: `call${i}`, rows: 1, inputs: [], outputs: [], calls: [call] }));
  const scene = setScene({ ...parts, program: { ...parts.program, entries: [predict, ...prepare, ...alone] } });
  const { memory, helpers } = scene;
  // What nobody reads has no place.
  const startOf = (buffer: string | undefined): number => (buffer === undefined ? -1 : (memory.at.get(buffer) ?? -1));
  const texts = scene.looped.map(scene.kernelText);
  const array = js`new Memory(${memory.length})`;
  const start = startMemory({ ...memory, runs: [] }, scene, false, array, () => internal("weights are filled in below"));
  // An array of doubles takes float32 numbers one by one, never as bytes.
  const fills = memory.runs.map(({ at, contents }) => {
    let from = at;
    return lines(
      ...contents.map((content) => {
        const fill = js`memory.set(${floats(content, helpers.unpack)}, ${from});`;
        from += content.length;
        return fill;
      }),
    );
  });
  const ready = prepare.map((entry) => scene.calls(entry));
  const encode = encodes && !isPlain(parts) ? encoderOf(parts, scene, predict) : undefined;
  const inputs = predict.inputs.map(([, buffer]) => js`{ at: ${startOf(buffer)} }`);
  const calls = alone.map(
    (entry, i) => js`{ at: ${startOf(outs[i])}, kernel: ${entry.calls[0].kernel}, run: () => { ${scene.calls(entry)} } }`,
  );
  const body = lines(
    helpers.declarations(),
    start,
    ...fills,
    ...texts,
    ...ready,
    encode?.tables,
    js`return { memory: memory, inputs: [${commas(inputs)}], calls: [${commas(calls)}]${encode?.property ?? none} };`,
  );
  const code: Code = js`function ${name(id)}(Memory) {
  "use strict";
  ${body}
}`;
  return judged(code, []);
}

/** The inputs of the entry are the ports, one by one. */
const isPlain = ({ feeds, inputs }: ModuleParts): boolean =>
  feeds.length === inputs.length && feeds.every(({ encoder, ports }, i) => encoder === undefined && ports[0] === i);

/** `encode(port, …)`: of a row's texts or numbers, port by port in lists, what each input of the entry takes. */
function encoderOf(parts: ModuleParts, scene: Scene, predict: Entry): { readonly tables: Code; readonly property: Code } {
  const { slots, fed, tables, before } = inputsOf({ parts, scene });
  const given = predict.inputs.map(([port]) => fed.find((one) => one.name === port)?.id ?? internal(`nothing feeds ${port}`));
  const params = commas(slots.map((slot) => slot.id));
  return {
    tables,
    property: js`, encode: (${params}) => {
  ${before}
  return [${commas(given)}];
}`,
  };
}

/** The text of a script that nobody reads, without comments and indentation: no literal of ours spans lines. It may take the names `also` from outside. */
export function judged(code: Code, also: readonly string[]): string {
  const text = `${code.text.replace(/^ +/gm, "").replace(/^\/\/.*\n/gm, "")}\n`;
  judge(text, "script", also);
  return text;
}
