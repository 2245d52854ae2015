// The compiler in a thread of its own, so that a slow compilation never stops typing. In: messages of the page. Out: problems in their places, a module, its
// report. Guarantee: a text is not run (evaluate.ts), files are data; whatever goes wrong is a problem that says so.
import { compile, profileOf } from "../../../compiler/compile.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import { withWeights } from "../../sequential.ts";
import { collect } from "../collect/index.ts";
import { evaluate } from "./evaluate.ts";
import type { CompileAnswer, CompileRequest, Dropped, Source } from "./messages.ts";
import { Misplaced, type Problem, problemOf, type Range } from "./trouble.ts";

interface Opened {
  readonly model: Model;
  readonly file?: string;
  rangeOf(path: string): Range;
}

const nowhere: Range = { from: 0, to: 0 };
let last: { readonly model: Model; readonly options: OptionsInput } | undefined;

async function openedOf(source: Source): Promise<Opened> {
  if ("text" in source) return evaluate(source.text);
  // Readers are loaded when the first file comes.
  const { open } = await import("../../formats/index.ts");
  const main = mainOf(source.files);
  const folder = main.name.replace(/[^/]*$/, "");
  const beside = (path: string) => source.files.find(({ name }) => name === folder + path)?.bytes;
  const model = open(main.bytes, main.name.slice(folder.length), { beside });
  return { model, file: main.name, rangeOf: () => nowhere };
}

/** Of a folder, the file that names the others: shards say nothing of themselves. */
function mainOf(files: readonly Dropped[]): Dropped {
  const rank = ({ name }: Dropped): number => {
    const found = [/\.keras$/i, /\.onnx$/i, /model\.json$/i, /\.h5$/i, /\.safetensors$/i, /\.json$/i].findIndex((one) =>
      one.test(name),
    );
    return found < 0 ? 9 : found;
  };
  const [main] = files.toSorted((a, b) => rank(a) - rank(b));
  if (main !== undefined) return main;
  throw new CompileError({
    code: "format/unknown",
    path: "",
    message: "no file was dropped",
    hint: "drop a .keras, .h5, .onnx or model.json",
  });
}

const nothing = (): CompileError =>
  new CompileError({ code: "source/not-a-model", path: "", message: "nothing has been compiled", hint: "write a list first" });

/** Answers one message; `tell` is called once or twice. */
export async function answer(request: CompileRequest, tell: (answer: CompileAnswer) => void): Promise<void> {
  const { id } = request;
  let rangeOf = (_: string): Range => nowhere;
  try {
    if (request.kind !== "compile") {
      if (last === undefined) throw nothing();
      if (request.kind === "profile") return tell({ id, kind: "profile", script: profileOf(last.model, last.options) });
      const model = request.weights === undefined ? last.model : withWeights(last.model, request.weights);
      tell({ id, kind: "exported", name: `${model.name.replace(/[^\w.-]+/g, "-") || "model"}.js`, code: compile(model).code });
      return;
    }
    const opened = await openedOf(request.source);
    rangeOf = opened.rangeOf;
    const { model, file } = opened;
    const trains = model.training !== undefined;
    const options = trains ? { train: true, batch: request.batch } : {};
    const { code, manifest, warnings } = compile(model, options);
    last = { model, options };
    // That a list has no weights yet is no news where it is about to be trained.
    const news = warnings.filter((warning) => warning.code !== "weights/untrained");
    const problems = news.map((warning) => ({
      ...problemOf(new CompileError(warning), rangeOf(warning.path)),
      severity: "warning" as const,
    }));
    tell({ id, kind: "module", code, manifest, trains, problems, ...(file === undefined ? {} : { file }) });
    tell({ id, kind: "report", report: collect(model, options) });
  } catch (error) {
    tell({ id, kind: "problems", problems: [problemIn(error, rangeOf)] });
  }
}

function problemIn(error: unknown, rangeOf: (path: string) => Range): Problem {
  if (error instanceof Misplaced) return problemOf(error.error, error.range);
  if (error instanceof CompileError) return problemOf(error, rangeOf(error.path));
  const said = error instanceof Error ? error.message : String(error);
  // An engine that has no room for an array throws this; nothing else of the compiler does.
  if (error instanceof RangeError) {
    const message = `the page has not enough memory for this model (${said})`;
    return { ...nowhere, severity: "error", code: "", message, hint: "make it smaller, or use the command line" };
  }
  const hint = "this is a bug in layerc: please report it with the model";
  return { ...nowhere, severity: "error", code: "internal/bug", message: said, hint };
}
