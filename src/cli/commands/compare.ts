// `layerc compare a b --input rows`: where two models first differ, layer by layer. A model is any file that layerc opens; an emitted module
// has its outputs alone. In: two files, rows. Out: a table, or JSON; exit code 1 where something differs.
import { type Command, InvalidArgumentError } from "commander";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { judge } from "../../../compiler/emit/judge.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import { load, type PortPredictor, type PortRows } from "../../../runtime/index.ts";
import { type Comparison, compare, type Given, givenBy } from "../../compare.ts";
import { readBytes } from "../../files.ts";
import { isSource } from "../../source/run.ts";
import { feedsOf, type Inputs, readInputs } from "../inputs.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { renderTable } from "../render.ts";
import { readModel, work } from "../subject.ts";
import { Ended, exitCodes, painted, print, printJson, terminal } from "../terminal.ts";

interface Flags extends ModelFlags {
  readonly input: readonly string[];
  readonly tolerance: number;
  readonly json?: boolean;
}
/** What is compared: its inputs, and what it gives for rows. */
interface Side {
  readonly ports: Parameters<typeof readInputs>[1];
  readonly given: (inputs: Inputs) => Promise<{ readonly layers: readonly Given[]; readonly outputs: readonly Given[] }>;
}

/** Adds `layerc compare`, which says where two models first differ. */
export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description(
      "Runs two models on the same rows and compares what their layers give: paired by name, then by shape and order. Models are any files that layerc opens; of an emitted module the outputs are compared. Exits with 1 where something differs.",
    )
    .argument("<a>", "model file, or emitted module")
    .argument("<b>", "model file, or emitted module")
    .requiredOption("--input <rows>", "rows, as `layerc run` takes them", (given: string, before: readonly string[] = []) => [
      ...before,
      given,
    ])
    .option("--tolerance <share>", "how far apart numbers may be, relative to the first; 1 % of it absolutely", share, 1e-4)
    .option("--json", "as JSON: pairs with their largest difference, and what nothing stands beside");
  addModelFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc compare old.h5 new.keras --input rows.csv\n  layerc compare iris.model.ts iris.js --input '[0.5, -1]'",
    )
    .action(async (a: string, b: string, { input, tolerance, json, ...flags }: Flags) => {
      const [one, other] = [await sideOf(a, flags), await sideOf(b, flags)];
      const rows = readInputs(input, one.ports);
      const found = compare(await one.given(rows), await other.given(renamed(rows, one, other, b)), rows.rows, {
        rel: tolerance,
        abs: tolerance / 100,
      });
      const differs = found.pairs.some((pair) => pair.differs);
      if (json) printJson({ differs, ...found });
      else print(show(found));
      if (differs && !json) throw new CompileError({ code: "compare/differs", path: b, message: summary(found) });
      // The JSON has said it: a second text behind it would be none.
      if (differs) throw new Ended(exitCodes.compileError);
    });
}

const share = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It is a number from 0 on.");
};

/** The rows of the first model for the second: inputs in the same order, of the same sizes. */
function renamed(rows: Inputs, { ports: a }: Side, { ports: b }: Side, file: string): Inputs {
  const places = b.map(({ name }, i) => {
    const named = a.findIndex((port) => port.name === name);
    return named < 0 ? i : named;
  });
  const fits = a.length === b.length && b.every(({ shape }, i) => sizeOf(shape) === sizeOf(a[places[i]].shape));
  const show = (ports: Side["ports"]) => ports.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ");
  if (fits) return { ...rows, values: places.map((place) => rows.values[place]) };
  throw new CompileError({ code: "format/input", path: file, message: `the models take other rows: ${show(a)} and ${show(b)}` });
}
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const emitted = /^\/\/ Model .*, compiled by layerc /;

async function sideOf(file: string, flags: ModelFlags): Promise<Side> {
  if (/\.[cm]?js$/.test(file)) {
    const code = new TextDecoder().decode(readBytes(file));
    if (emitted.test(code)) return ofModule(code, file);
  }
  const { layer, inputValue, ...more } = flags;
  // Each flag for the file that can ask for it: the other may be of another kind.
  const own = {
    ...more,
    ...(isSource(file) || layer === undefined ? {} : { layer }),
    ...(file.endsWith(".onnx") && inputValue ? { inputValue } : {}),
  };
  const subject = await readModel(file, own);
  const resolved = await work(subject, () => resolve(subject.model));
  const { inputs, feeds } = resolved.predict;
  const given: Side["given"] = (rows) =>
    work(subject, () =>
      givenBy(
        { steps: resolved.steps, predict: resolved.predict, modelWeights: () => resolved.modelWeights() },
        feedsOf(feeds, rows, inputs),
        rows.rows,
      ),
    );
  return { ports: inputs, given };
}

/** An emitted module, which may take nothing from outside: whatever the file holds, no more is run. */
function ofModule(code: string, file: string): Side {
  judge(code, /\nexport \{/.test(code) ? "module" : "script", ["WebAssembly", "module"]);
  const module = load<PortPredictor & { readonly types?: Readonly<Record<string, "string">> }>({ code });
  const { inputs, outputs } = module;
  if (inputs === undefined || typeof module.predict !== "function")
    throw new CompileError({
      code: "format/input",
      path: file,
      message: "the module wants its weights given: compare the model instead",
    });
  const ports = Object.entries(inputs).map(([name, shape]) => ({
    name,
    shape,
    ...(module.types?.[name] === "string" ? { type: "string" as const } : {}),
  }));
  return {
    ports,
    given: async ({ values }) => {
      const x = ports.length === 1 ? values[0] : Object.fromEntries(ports.map(({ name }, i) => [name, values[i]]));
      const y = module.predict(x as PortRows);
      return {
        layers: [],
        outputs: Object.entries(outputs).map(([name, shape]) => ({
          name,
          shape,
          values: ArrayBuffer.isView(y) ? (y as Float32Array) : y[name],
        })),
      };
    },
  };
}

/** `first at dense: 0.12 and 0.34`. */
function summary({ pairs }: Comparison): string {
  const first = pairs.find(({ differs }) => differs);
  if (first === undefined) return "no difference";
  const names = first.a === first.b ? JSON.stringify(first.a) : `${JSON.stringify(first.a)} and ${JSON.stringify(first.b)}`;
  return `they first differ at ${names}: row ${first.row}, place ${first.place} is ${first.values[0]} and ${first.values[1]}`;
}

function show(found: Comparison): string {
  const paint = painted(terminal().stdout);
  const { pairs, only } = found;
  const rows = pairs.map((pair) => [
    pair.a === pair.b ? pair.a : `${pair.a} = ${pair.b}`,
    pair.by,
    `[${pair.shape.join(", ")}]`,
    pair.largest === 0 ? "0" : pair.largest.toExponential(1),
    pair.differs ? paint("red", "differs") : "",
  ]);
  const left = [...only.a.map((name) => `first only: ${name}`), ...only.b.map((name) => `second only: ${name}`)];
  const differs = pairs.some((pair) => pair.differs);
  return [
    renderTable([["layer", "paired by", "shape", "largest difference", ""], ...rows], [3]),
    ...(left.length === 0 ? [] : ["", ...left]),
    ...(differs ? [] : ["", pairs.length === 0 ? "nothing could be paired" : "no difference beyond the tolerance"]),
  ].join("\n");
}
