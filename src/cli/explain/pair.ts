// What the examples of `layerc explain` are made of: files and one command, so that they can be read and typed. In: texts, and bytes that no text
// holds. Out: the same as text: a file of bytes is a command that writes it.
import type { Code } from "../../../compiler/diagnostics/codes.ts";

/** Files by name, and what is called in their folder. */
export interface Example {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly run: string;
}
/** What gives a code, and the same put right. */
export interface Pair {
  readonly wrong: Example;
  readonly right: Example;
}

/** Bytes as a text of characters up to 255 says them. */
export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The files that are text, and the commands to type: those that write what is none, then the one that the example is about. */
export function typed({ files, run }: Example): {
  readonly texts: readonly (readonly [name: string, text: string])[];
  readonly commands: readonly string[];
} {
  const all = Object.entries(files);
  const texts = all.flatMap(([name, file]) => (typeof file === "string" ? [[name, file] as const] : []));
  const made = all.flatMap(([name, file]) => (typeof file === "string" ? [] : [`printf '${octal(file)}' > ${name}`]));
  return { texts, commands: [...made, run] };
}
/** As every shell's printf reads it; three digits, so that one may stand behind. */
const octal = (file: Uint8Array): string =>
  Array.from(file, (byte) =>
    /[\w {}:;,.()<>[\]-]/.test(String.fromCharCode(byte)) && byte < 127
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, "0")}`,
  ).join("");

export const compile = "layerc compile net.model.ts --stdout";
export const head = 'import * as l from "layerc";\n\n';
export const net = (lines: string, run = compile): Example => ({
  files: { "net.model.ts": `${head}export default l.sequential([${lines}]);\n` },
  run,
});
export const trained = (training: string): Example => ({
  files: {
    "net.model.ts": `${head}export default l.sequential([l.dense({ units: 1, inputShape: [3] })], { training: ${training} });\n`,
  },
  run: `${compile} --train`,
});
export const file = (text: string, run = compile): Example => ({ files: { "net.model.ts": text }, run });
export const spec = (text: string): Example => ({ files: { "net.json": text }, run: "layerc compile net.json --stdout" });
export const graph = (lines: string): string => `{ inputs: { a: [2], b: [2] }, layers: [${lines}] }`;
export const model = (lines: string): Example => file(`${head}export default l.model(${graph(lines)});\n`);

export const dense = "l.dense({ units: 2, inputShape: [3] })";
export const good = net(dense);
export const rows = (name: string, text: string): Example => ({
  files: { ...good.files, [name]: text },
  run: `layerc run net.model.ts --input ${name}`,
});
export const table = (text: string, more = ""): Example => ({
  files: {
    "net.model.ts": `${head}export default l.sequential([l.dense({ units: 2, activation: "softmax", inputShape: [1] })], {\n  training: { loss: "sparse_categorical_crossentropy", optimizer: "sgd" },\n});\n`,
    "rows.csv": text,
  },
  run: `layerc train net.model.ts --data rows.csv --target kind${more}`,
});
export const plain = "size,kind\n1,a\n2,b\n3,a\n";
export const simpleSpec = '{ "layers": [{ "layer": "dense", "config": { "units": 2, "inputShape": [3] } }] }\n';

/** Pairs by code. */
export type Pairs = Partial<Readonly<Record<Code, Pair>>>;
