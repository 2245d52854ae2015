// A report of a model. In: a Model and options. Out: everything the compiler did with it, as plain data. Guarantee: pure, so that it runs in a page as
// well; the same model and options give the same report; what is shown is what a compilation does, told by those who do it.

import type { Artifact } from "../../../compiler/artifact.ts";
import { version } from "../../../compiler/base/version.ts";
import { compileObserved, type Goal, profileOf } from "../../../compiler/compile.ts";
import type { Diagnostic } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import { type OptionsInput, optionsSchema } from "../../../compiler/options.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import type { Report } from "../report.ts";
import { activationsOf, lowerAlone } from "./activations.ts";
import { goalOf } from "./goal.ts";
import { goalRows } from "./goals.ts";
import { listOf } from "./layers.ts";
import { Things } from "./things.ts";
import { typedOf } from "./typed.ts";

/** The report of a model as it is compiled with these options; with `train` there are goals beside predict. Throws CompileError. */
export const collect = (model: Model, options: OptionsInput = {}): Report => collectWith(model, options, {}).report;

/** What a report may have besides. */
export interface Wants {
  /** The kernels, to be timed where the report is read. */
  readonly profile?: boolean;
  /** Predict call by call with its weights, where those are few: for rows that a reader types in. */
  readonly typed?: boolean;
}

/** The same with the module itself. */
export function collectWith(
  model: Model,
  options: OptionsInput,
  { profile = false, typed = false }: Wants,
): { readonly report: Report; readonly artifact: Artifact } {
  const made = new Map<Goal, Made[]>();
  const { artifact, compilation, ...code } = compileObserved(model, options, (goal, one) => {
    const all = made.get(goal) ?? [];
    made.set(goal, all);
    all.push(one);
  });
  const things = new Things();
  const list = listOf(compilation.resolved, things);
  const goals = [...made].flatMap(([goal, all]) => goalOf(goal, all, { list: list.pane, code, things }) ?? []);
  const valued = goals.find(({ report }) => goalRows[report.goal].hasValues);
  const { manifest, warnings } = artifact;
  const thingOf = (region: string) => {
    const found = valued?.links.plan.regions.find(({ name }) => name === region);
    return found === undefined ? undefined : things.find("region", found.id, valued?.report.goal);
  };
  // What is trained or streamed computes its weights, and keeps states: values are those of predict alone.
  const alone = () => (made.size > 1 ? lowerAlone(model, options) : { compilation, made: [...made.values()].flat() });
  const activations = activationsOf(manifest.multiplyAdds, alone, thingOf);
  const rows = typed
    ? typedOf(
        model,
        options,
        { ...compilation, bytes: manifest.bytes.weights, hasRows: typeof activations !== "string" },
        thingOf,
      )
    : "only a report that is a file carries weights";
  // Where there is nothing but predict in JavaScript, its calls are all kernels.
  const needsProfile = typeof rows === "string" || made.size > 1 || compilation.simd !== undefined;
  const report: Report = {
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
    goals: goals.map(({ report }) => report),
    activations: typeof activations === "string" ? [] : activations,
    without: {
      ...(typeof activations === "string" ? { activations } : {}),
      ...(typeof rows === "string" ? { typed: rows } : {}),
    },
    ...(typeof rows === "string" ? {} : rows),
    warnings: warnings.map(warningText),
    ...(profile && needsProfile ? { profile: profileOf(model, options) } : {}),
  };
  return { report, artifact };
}

const defaults = optionsSchema.parse({});
/** What was asked for beyond the defaults. */
const optionsText = (options: OptionsInput): string =>
  Object.entries(options)
    .filter(([key, value]) => value !== undefined && value !== defaults[key as keyof typeof defaults])
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(", ");

const warningText = ({ path, message, hint }: Diagnostic): string =>
  `${path === "" ? "" : `${path}: `}${message}${hint === undefined ? "" : ` (${hint})`}`;
