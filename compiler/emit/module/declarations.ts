// The module's TypeScript declarations: every shape stands in the types and in the comments. In: what the module exports.
// Out: text for model.d.ts. No name from a model gets in but as a quoted key.

import type { Port } from "../../artifact.ts";
import { braces, Code, comment, js, lines, name } from "../code.ts";
import { constants } from "./doors/constants.ts";
import { shapeText } from "./doors/door.ts";
import { doors } from "./doors/list.ts";
import { importsWasm, type ModuleParts } from "./parts.ts";

const textsType = js`/** Rows of texts, back to back or nested as their shape. */
type Texts = readonly string[] | readonly Texts[];`;
const rowsType = js`/** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
type Rows = ArrayLike<number> | readonly Rows[];`;

/** The text of the `.d.ts`: the same names as the module exports, for its format. */
export function declarations(parts: ModuleParts): string {
  const { options, inputs, outputs, model } = parts;
  const external = options.weights === "external";
  const shownConstants = constants.filter(({ when }) => when(parts));
  const methods = doors.filter(({ when }) => when(parts)).map(({ says }) => says(parts));
  const imported = importsWasm(parts);
  const given = external || imported;
  const create = creation(parts);
  const shown = [...(given ? [] : methods), ...(given || options.train || parts.stream !== undefined ? [create] : [])];
  const instance = braces(js`export interface Model`, lines(...methods));
  // Who wrote the file, in the words of the module's header: by them it is known as one that may be replaced.
  const head = comment(
    `Model ${JSON.stringify(model.name)}, compiled by layerc ${parts.version}: ${portsText(inputs)} to ${portsText(outputs)}`,
  );
  const says = (text: string | undefined): Code | undefined => (text === undefined ? undefined : new Code(`/** ${text} */`));
  const body =
    options.format === "iife"
      ? [
          braces(
            js`declare const ${name(options.globalName)}:`,
            lines(
              ...shownConstants.flatMap((constant) => [
                says(constant.says),
                js`readonly ${name(constant.name)}: ${constant.type(parts)};`,
              ]),
              ...shown.map((method) => qualify(method, options.globalName)),
            ),
          ),
          braces(
            js`declare namespace ${name(options.globalName)}`,
            lines(...typesOf(parts).flatMap(exported), ...(shown.includes(create) ? [instance] : [])),
          ),
        ]
      : [
          ...typesOf(parts).flatMap(exported),
          ...shownConstants.flatMap((constant) => [
            says(constant.says),
            js`export declare const ${name(constant.name)}: ${constant.type(parts)};`,
          ]),
          ...(shown.includes(create) ? [instance] : []),
          ...shown.map(exportedAlone),
        ];
  return `${lines(head, ...body).text}\n`;
}

const typesOf = ({ inputs }: ModuleParts): readonly Code[] =>
  inputs.some(({ type }) => type === "string") ? [rowsType, textsType] : [rowsType];

/** `[4]`, or of several `a [4], b [3]`. */
const portsText = (ports: readonly Port[]): string =>
  ports.map(({ name: port, shape }) => (ports.length === 1 ? "" : `${JSON.stringify(port)} `) + shapeText(shape).text).join(", ");

const exported = ({ text }: Code): readonly Code[] => [new Code(text.replace(/^type /m, "export type "))];

// A member of an interface as an export of its own: `predict(…): …;` becomes `export declare function predict(…): …;`.
const exportedAlone = ({ text }: Code): Code =>
  new Code(
    /^readonly /m.test(text)
      ? text.replace(/^readonly /m, "export declare const ")
      : text.replace(/^(?=\w)/m, "export declare function "),
  );

/** `create` with its comment. */
function creation(parts: ModuleParts): Code {
  const external = parts.options.weights === "external";
  const imported = importsWasm(parts);
  const params = [...(external ? ["bytes: ArrayBufferView | ArrayBuffer"] : []), ...(imported ? ["wasmModule?: object"] : [])];
  const own = [...(parts.options.train || external ? ["weights"] : []), ...(parts.stream === undefined ? [] : ["a stream"])];
  const says = new Code(
    `A new instance${own.length === 0 ? "" : ` with ${own.join(" and ")} of its own`}${external ? ": `bytes` is the content of the weights file" : ""}.`,
  );
  const comments = imported
    ? js`/**
 * ${says}
 * \`wasmModule\`: a WebAssembly.Module, the compiled .wasm file (the relaxed one where WebAssembly.validate accepts it). Without it,
 * or where it may not run, JavaScript computes. Throws TypeError for anything else, Error for the module of another model.
 */`
    : js`/** ${says} */`;
  return js`${comments}
create(${new Code(params.join(", "))}): Model;`;
}

// In a script the types stand in the namespace of the global.
const qualify = (method: Code, globalName: string): Code =>
  new Code(method.text.replace(/: Model;$/, `: ${globalName}.Model;`).replace(/\b(Rows|Texts)\b/g, `${globalName}.$1`));
