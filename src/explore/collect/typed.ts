// A row that a reader types in. In: a model and options. Out: a script that runs predict call by call, with what its ports take and where its values lie; or why there is none.
// Guarantee: weights travel only where a report stays small enough to be mailed; with `exact` the doubles come from a second script, whose sums are those of doubles.
import { type Calls, callsOf } from "../../../compiler/compile.ts";
import type { Resolved } from "../../../compiler/front/steps.ts";
import { sizeOf } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import { sampleRows } from "../../../compiler/pipeline/self-test.ts";
import type { Report, ThingId, Typed, TypedRegion } from "../report.ts";
import { shapeOf, storedBy, whereOf } from "./activations.ts";

/**
 * Most bytes of weights that a report carries, in float32: as text a third more, 8 MiB, which mail takes and a browser opens at once. And most numbers of a
 * row that somebody types, or pastes into a field.
 */
const [mostWeights, mostNumbers] = [6 * 2 ** 20, 2 ** 14];
/** Most numbers that stand in the fields at first. */
const mostFirst = 2 ** 12;

/** What is known when the module is made. */
export interface Known {
  readonly resolved: Resolved;
  /** Of the weights. */
  readonly bytes: number;
  /** Whether the report has golden rows. */
  readonly hasRows: boolean;
}

/** What the report has of it, or in words why it has nothing. `thingOf`: of a region by its name. */
export function typedOf(
  model: Model,
  options: OptionsInput,
  { resolved, bytes, hasRows }: Known,
  thingOf: (region: string) => ThingId | undefined,
): Pick<Report, "typed" | "calls"> | string {
  const { inputs, feeds } = resolved.predict;
  const isTwice = options.exact === true;
  const carried = isTwice ? mostWeights / 2 : mostWeights;
  if (bytes > carried) return `its weights are ${bytes} bytes, and a report carries ${carried} at most`;
  const numbers = inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (numbers > mostNumbers) return `a row has ${numbers} numbers, and ${mostNumbers} are typed at most`;
  const floats = callsOf(model, options, "layercCalls");
  const doubles = isTwice ? callsOf(model, { ...options, exact: false }, "layercDoubles") : undefined;
  const encoded = new Set(feeds.flatMap(({ encoder, ports }) => (encoder === undefined ? [] : ports)));
  return {
    calls: doubles === undefined ? floats.script : `${floats.script}${doubles.script}`,
    typed: {
      inputs: inputs.map(({ name, shape, type, range }, port) => ({
        name,
        shape,
        ...(encoded.has(port) ? { items: type === "string" ? "texts" : "wholes" } : {}),
        ...(range === undefined ? {} : { below: range.below }),
      })),
      ...(hasRows || numbers > mostFirst ? {} : { first: sampleRows(resolved, 1).items }),
      regions: regionsOf(floats, thingOf),
      ...(doubles === undefined ? {} : { doubles: regionsOf(doubles, thingOf) }),
    } satisfies Typed,
  };
}

/** Of each call what it gives; nothing of loops around others. */
const regionsOf = ({ plan }: Calls, thingOf: (region: string) => ThingId | undefined): readonly (TypedRegion | null)[] =>
  plan.regions.map((region) => {
    const stored = storedBy(region);
    const thing = thingOf(region.name);
    if (stored === undefined) return null;
    const told = { name: region.name, shape: shapeOf(stored.node), where: whereOf(stored.out) };
    return thing === undefined ? told : { ...told, thing };
  });
