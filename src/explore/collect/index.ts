// A report of a model. In: a Model and options. Out: everything the compiler did with it, as plain data. Guarantee: pure, so that it runs in a page as
// well; the same model and options give the same report; what is shown is what a compilation does, told by those who do it.

import { version } from "../../../compiler/base/version.ts";
import { compileObserved, type Goal } from "../../../compiler/compile.ts";
import type { Diagnostic } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import type { Report } from "../report.ts";
import { goalOf } from "./goal.ts";
import { listOf } from "./layers.ts";
import { Things } from "./things.ts";

/** The report of a model as it is compiled with these options; with `train` there are goals beside predict. Throws CompileError. */
export function collect(model: Model, options: OptionsInput = {}): Report {
  const made = new Map<Goal, Made[]>();
  const { artifact, compilation, ...code } = compileObserved(model, options, (goal, one) => {
    const all = made.get(goal) ?? [];
    made.set(goal, all);
    all.push(one);
  });
  const things = new Things();
  const list = listOf(compilation.resolved, things);
  const goals = [...made].flatMap(([goal, all]) => goalOf(goal, all, { list: list.pane, code, things })?.report ?? []);
  const { manifest, warnings } = artifact;
  return {
    layerc: version,
    model: manifest.model,
    hash: manifest.hash,
    options: optionsText(options),
    facts: {
      parameters: list.rows.reduce((sum, { parameters }) => sum + parameters, 0),
      multiplyAdds: manifest.multiplyAdds,
      code: manifest.bytes.code,
      weights: manifest.bytes.weights,
      arena: manifest.bytes.arena,
    },
    things: things.list(),
    layers: list.rows,
    drawing: list.drawing,
    goals,
    activations: [],
    warnings: warnings.map(warningText),
  };
}

/** What was asked for beyond the defaults. */
const optionsText = (options: OptionsInput): string =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(", ");

const warningText = ({ path, message, hint }: Diagnostic): string =>
  `${path === "" ? "" : `${path}: `}${message}${hint === undefined ? "" : ` (${hint})`}`;
