// A row that a reader types in. In: a model and options. Out: a script that runs predict call by call, with what its inputs take and where its values lie; or why there is none.
// Guarantee: weights travel only where they are few; with `exact` the doubles come from a second script, whose sums are those of doubles.
import { type Calls, callsOf } from "../../../compiler/compile.ts";
import type { Resolved } from "../../../compiler/front/steps.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import type { Report, ThingId, Typed, TypedRegion } from "../report.ts";
import { shapeOf, storedBy, whereOf } from "./activations.ts";

/** Most bytes of weights that a report carries, in float32. */
const mostWeights = 2 ** 16;

/** What the report has of it, or in words why it has nothing. `thingOf`: of a region by its name. */
export function typedOf(
  model: Model,
  options: OptionsInput,
  { resolved, bytes }: { readonly resolved: Resolved; readonly bytes: number },
  thingOf: (region: string) => ThingId | undefined,
): Pick<Report, "typed" | "calls"> | string {
  const { inputs, feeds } = resolved.predict;
  if (feeds.some(({ encoder }) => encoder !== undefined)) return "the model takes texts or codes, which its module encodes";
  if (bytes > mostWeights) return `its weights are ${bytes} bytes, and a report carries ${mostWeights} at most`;
  const floats = callsOf(model, options, "layercCalls");
  const doubles = options.exact === true ? callsOf(model, { ...options, exact: false }, "layercDoubles") : undefined;
  return {
    calls: doubles === undefined ? floats.script : `${floats.script}${doubles.script}`,
    typed: {
      // In the order of the entry's inputs, which is that of the feeds.
      inputs: feeds.map(({ ports: [port] }) => {
        const { name, shape, range } = inputs[port];
        return { name, shape, ...(range === undefined ? {} : { below: range.below }) };
      }),
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
