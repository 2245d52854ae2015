// The module's TypeScript declarations: every shape stands in the types and in the comments. In: what the module exports.
// Out: text for model.d.ts. No name from a model gets in but as a quoted key.
import type { Port } from "../../artifact.ts";
import { sizeOf } from "../../graph/graph.ts";
import type { Options } from "../../options.ts";
import { braces, Code, comment, js, lines, literal, name, record } from "../code.ts";

/** What a module shows, in names and shapes; shapes of one row. */
export interface Surface {
  readonly model: { readonly name: string };
  readonly options: Options;
  /** Of layerc: the first line says who wrote the file, so that it may be replaced. */
  readonly version: string;
  readonly input: Port;
  readonly output: Port;
  readonly target?: Port;
  readonly learningRate?: number;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly selfTest?: unknown;
  readonly simd?: unknown;
}

const shapeText = (shape: readonly number[]): Code => new Code(`[${shape.map((size) => literal(size).text).join(", ")}]`);

/** The text of the `.d.ts`: the same names as the module exports, for its format. */
export function declarations(surface: Surface): string {
  const { options, input, output, model } = surface;
  const external = options.weights === "external";
  const constants: readonly (readonly [string, Code])[] = [
    ["inputShape", js`readonly ${shapeText(input.shape)}`],
    ["outputShape", js`readonly ${shapeText(output.shape)}`],
    ["inputs", record([[input.name, js`readonly ${shapeText(input.shape)}`]])],
    ["outputs", record([[output.name, js`readonly ${shapeText(output.shape)}`]])],
  ];
  const methods = methodsOf(surface);
  const imported = surface.simd !== undefined && options.wasm === "import";
  const given = external || imported;
  const create = creation(external, imported);
  const shown = [...(given ? [] : methods), ...(given || options.train ? [create] : [])];
  const instance = braces(js`export interface Model`, lines(...methods));
  const head = comment(
    `Model ${JSON.stringify(model.name)}, compiled by layerc ${surface.version}: ${shapeText(input.shape).text} to ${shapeText(output.shape).text}`,
  );
  const body =
    options.format === "iife"
      ? [
          braces(
            js`declare const ${name(options.globalName)}:`,
            lines(
              ...constants.map(([id, type]) => js`readonly ${name(id)}: ${type};`),
              ...shown.map((method) => qualify(method, options.globalName)),
            ),
          ),
          ...(shown.includes(create) ? [braces(js`declare namespace ${name(options.globalName)}`, instance)] : []),
        ]
      : [
          ...constants.map(([id, type]) => js`export declare const ${name(id)}: ${type};`),
          ...(shown.includes(create) ? [instance] : []),
          ...shown.map(exportedAlone),
        ];
  return `${lines(head, ...body).text}\n`;
}

// A member of an interface as an export of its own: `predict(…): …;` becomes `export declare function predict(…): …;`.
const exportedAlone = ({ text }: Code): Code =>
  new Code(
    /^readonly /m.test(text)
      ? text.replace(/^readonly /m, "export declare const ")
      : text.replace(/^(?=\w)/m, "export declare function "),
  );

/** `create` with its comment; `imported`: it takes the compiled WebAssembly. */
function creation(external: boolean, imported: boolean): Code {
  const params = [...(external ? ["bytes: ArrayBufferView | ArrayBuffer"] : []), ...(imported ? ["wasmModule?: object"] : [])];
  const says = new Code(
    `A new instance with weights of its own${external ? ": `bytes` is the content of the weights file" : ""}.`,
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

// In a script the interface Model stands in the namespace of the global.
const qualify = (method: Code, globalName: string): Code => new Code(method.text.replace(/: Model;$/, `: ${globalName}.Model;`));

/** Signatures with their comments, as members of an interface. */
function methodsOf({ options, input, output, target, learningRate, weights, selfTest, simd }: Surface): Code[] {
  const [inputSize, outputSize, targetSize] = [input, output, target ?? output].map(({ shape }) => sizeOf(shape));
  const list = [
    js`/**
 * \`x\`: k rows of ${shapeText(input.shape)}, k * ${inputSize} numbers. Gives k rows of ${shapeText(output.shape)}, k * ${outputSize} numbers: \`out\`, or a new Float32Array.
 * Allocates nothing when \`out\` is given (but a copy of \`x\` where both overlap and differ). Throws TypeError or RangeError.
 */
predict(x: ArrayLike<number>, out?: Float32Array): Float32Array;`,
  ];
  if (options.train && target !== undefined) {
    const weightList = weights.map((weight) => ` * ${comment(`${weight.name} ${shapeText(weight.shape).text}`).text.slice(3)}`);
    list.push(
      js`/** One step of the optimizer on 1 to ${options.batch} rows; \`y\`: rows of ${shapeText(target.shape)}, ${targetSize} numbers each. Gives the loss before the step. */
trainStep(x: ArrayLike<number>, y: ArrayLike<number>, options?: { sampleWeight?: ArrayLike<number>; /** Default ${learningRate ?? 0}. */ learningRate?: number }): number;`,
      js`/** The mean loss over any number of rows. */
evaluate(x: ArrayLike<number>, y: ArrayLike<number>, options?: { sampleWeight?: ArrayLike<number> }): number;`,
      js`/**
 * Copies, in this order:
${new Code(weightList.join("\n"))}
 */
getWeights(): Float32Array[];`,
      js`/** Takes what getWeights gives; checked before anything is written. The optimizer's state stays. */
setWeights(list: ArrayLike<ArrayLike<number>>): void;`,
    );
  }
  if (simd !== undefined) {
    list.push(js`/** What computes: WebAssembly with relaxed SIMD, WebAssembly with SIMD, or JavaScript where neither is allowed. */
readonly backend: "relaxed" | "simd" | "js";`);
  }
  if (selfTest !== undefined) {
    list.push(js`/** Computes the rows carried along${options.train ? new Code(", with the weights the module came with") : new Code("")}; gives the largest error, or throws when it is above 1e-5 * max(1, max|y|). */
selfTest(): number;`);
  }
  return list;
}
