// What an optimizer stood at when Keras saved it, as the state that training goes on from. In: its variables in the file's order, which nobody
// vouches for, and a model with its training. Out: a value for every state of the optimizer that does not begin as always.
//
//   by weight   iteration, learning_rate, averages, sums of gradients, then m and v of the first weight, of the second, …   (Keras 2.11 on)
//   by slot     iteration, m of all weights, v of all weights, …                                                         (before)
//
// Keras goes by order; so do we. But every shape must fit, and a name that says another slot refuses an order.
// https://github.com/keras-team/keras/tree/master/keras/src/optimizers
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { type State, trainingStates } from "../../../compiler/front/states.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import { optimizerOf, rateState } from "../../../compiler/front/update.ts";
import { sameShape, showShape, sizeOf } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import { rateAt } from "../../../compiler/training/schedules/index.ts";

/** A variable of the optimizer. */
export interface Variable {
  /** Where the file has names. */
  readonly name?: string;
  readonly shape: readonly number[] | null;
  readonly numbers: () => Float32Array;
}
/** What a file has of an optimizer. */
export interface Optimized {
  readonly variables: readonly Variable[];
  /** The orders in which variables may lie. */
  readonly orders: readonly ("by weight" | "by slot")[];
  /** The model's weights, as the file orders them. */
  readonly inOrder: <W extends Weight>(weights: readonly W[]) => readonly W[];
}
interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A slot: what layerc calls it, what Keras does, and what older ones did; its shape beside a weight, if not the weight's, or none. */
interface Slot {
  readonly ours: string;
  readonly keras: readonly string[];
  readonly shape?: (weight: Weight, ours: ReadonlySet<string>) => readonly number[] | undefined;
}
const slot = (ours: string, ...keras: readonly string[]): Slot => ({ ours, keras });
const [m, v] = [slot("m", "momentum", "m"), slot("v", "velocity", "v")];
const accumulator = slot("accumulator", "accumulator");

/** Slots that stand together for each weight; groups follow each other. */
type Groups = readonly (readonly Slot[])[];
/** Of every optimizer, before its own. */
const common: Groups = [[slot("average", "average")], [slot("gradient", "gradient_accumulator")]];
/** Whether a slot is there depends on its options, which the states say. */
const rows: Readonly<Record<string, { readonly groups: Groups; readonly last?: string }>> = {
  sgd: { groups: [[slot("momentum", "momentum", "m")]] },
  rmsprop: {
    groups: [
      [slot("velocity", "velocity", "rms")],
      [slot("momentum", "momentum")],
      [slot("averageGradient", "average_gradient", "mg")],
    ],
  },
  adam: { groups: [[m, v], [slot("vMax", "velocity_hat", "vhat")]] },
  adamw: { groups: [[m, v], [slot("vMax", "velocity_hat", "vhat")]] },
  adadelta: {
    groups: [
      [
        slot("accumulatedGradient", "accumulated_grad", "accum_grad"),
        slot("accumulatedDelta", "accumulated_delta_var", "accum_var"),
      ],
    ],
  },
  adagrad: { groups: [[accumulator]] },
  adamax: { groups: [[m, slot("u", "norm", "v", "u")]] },
  nadam: { groups: [[m, v]], last: "uProduct" },
  ftrl: { groups: [[accumulator, slot("linear", "linear")]] },
  lion: { groups: [[slot("m", "momentum", "m")]] },
  lamb: { groups: [[m, v]] },
  adafactor: {
    groups: [
      [
        // A weight without two axes has a number in their place.
        { ...slot("r", "r"), shape: ({ shape }) => (shape.length < 2 ? [] : shape.slice(0, -1)) },
        { ...slot("c", "c"), shape: ({ shape }) => (shape.length < 2 ? [] : [...shape.slice(0, -2), shape[shape.length - 1]]) },
        slot("v", "velocity"),
      ],
    ],
  },
  muon: {
    groups: [
      [
        slot("momentum", "momentum"),
        {
          ...slot("velocity", "velocity"),
          shape: ({ name, shape }, ours) => (ours.has(stateName("velocity", name)) ? shape : undefined),
        },
      ],
    ],
  },
  schedulefreeadamw: { groups: [[slot("momentum", "momentum"), slot("velocity", "velocity")]] },
};

const stateName = (slot: string, weight: string): string => `optimizer/${slot}/${weight}`;

/** A place in the file: what stands there. */
interface Place {
  readonly shape: readonly number[];
  /** The state it is for; none where layerc keeps no such thing. */
  readonly state?: string;
  readonly slot?: Slot;
}

/** The state of the model's optimizer. Throws CompileError format/tensor where the file has that of another. */
export function stateOf(model: Model, optimized: Optimized | undefined): Readonly<Record<string, Float32Array>> {
  if (optimized === undefined || optimized.variables.length === 0 || model.training === undefined) return {};
  const resolved = resolve(model);
  const states = trainingStates(resolved);
  const ours = new Map(states.map((state) => [state.name, state]));
  const weights = optimized.inOrder(resolved.weights.filter(({ trainable }) => trainable));
  const optimizer = optimizerOf(model.training.optimizer);
  const { item } = optimizer;
  const { variables } = optimized;
  const places = optimized.orders
    .flatMap((order) => layoutsOf(item.name, order, weights, new Set(ours.keys()), variables))
    .find((layout) => fits(layout, variables, item.name));
  // What was never built has but a count and a rate.
  if (places === undefined && variables.every(({ shape }) => shape?.length === 0)) return {};
  if (places === undefined) {
    const shapes = variables.slice(0, 4).map(({ shape }) => showShape(shape ?? []));
    const message = `${variables.length} variables (${shapes.join(", ")}, …) are not those that ${item.name} keeps for ${weights.length} weights`;
    throw new CompileError({ code: "format/tensor", path: "optimizer", message });
  }
  const values = new Map<string, Float32Array>();
  for (const [i, { state }] of places.entries()) if (state !== undefined) values.set(state, variables[i].numbers());
  const count = values.get(iterations)?.[0] ?? 0;
  for (const [name, value] of countedStates(optimizer, count)) if (!values.has(name)) values.set(name, Float32Array.of(value));
  return keptOf(values, states);
}

/** How many batches there were, and the state of that name. */
const iterations = "optimizer/iteration";

/** What the file does not say but by its count: running products, in doubles, and what a schedule gives next. */
function countedStates(
  { item, config }: ReturnType<typeof optimizerOf>,
  count: number,
): readonly (readonly [name: string, value: number])[] {
  const { gradientAccumulationSteps: steps, learningRate } = config;
  const updates = Math.floor(count / (steps ?? 1));
  const products = item.globals(config).map(({ name, at }) => [`optimizer/${name}`, at(updates)] as const);
  return [...products, [rateState, rateAt(learningRate, count)], ["step", count]];
}

/** The orders in which an optimizer's variables may lie, as places. */
function layoutsOf(
  optimizer: string,
  order: Optimized["orders"][number],
  weights: readonly Weight[],
  ours: ReadonlySet<string>,
  variables: readonly Variable[],
): readonly (readonly Place[])[] {
  const { groups, last } = rows[optimizer] ?? { groups: [] };
  const placesOf = (list: readonly Slot[]): readonly Place[] => {
    const one = (weight: Weight, slot: Slot): readonly Place[] => {
      const shape = slot.shape === undefined ? weight.shape : slot.shape(weight, ours);
      const state = stateName(slot.ours, weight.name);
      return shape === undefined ? [] : [{ shape, slot, ...(ours.has(state) ? { state } : {}) }];
    };
    return order === "by weight"
      ? weights.flatMap((weight) => list.flatMap((slot) => one(weight, slot)))
      : list.flatMap((slot) => weights.flatMap((weight) => one(weight, slot)));
  };
  const isAsked = (list: readonly Slot[]): boolean =>
    list.some((slot) => weights.some(({ name }) => ours.has(stateName(slot.ours, name))));
  // Older ones kept slots that their options do not ask for, or a number in their place.
  const kept = [...common, ...groups].filter(isAsked).flatMap(placesOf);
  const all = [...common.filter(isAsked), ...groups].flatMap(placesOf);
  const empty = [
    ...kept,
    ...groups
      .filter((list) => !isAsked(list))
      .flatMap(placesOf)
      .map((): Place => ({ shape: [1] })),
  ];
  const scalar = (state?: string): Place => ({ shape: [], ...(state === undefined ? {} : { state }) });
  const product = last === undefined ? [] : [scalar(`optimizer/${last}`)];
  const scalars = variables.findIndex(({ shape }) => shape?.length !== 0);
  const begin = [scalar(iterations), ...Array.from({ length: Math.max(0, scalars - 1) }, () => scalar())];
  const begun = scalars <= 0 ? [] : begin;
  return [kept, all, empty].flatMap((own) => [
    [...begun, ...own, ...product],
    [...begun, ...own],
    // The rate is a number of the file where it is no schedule; of a first weight of no axes it cannot be told.
    [scalar(iterations), ...own, ...product],
    [scalar(iterations), scalar(), ...own, ...product],
  ]);
}

/** Whether every variable has the shape of its place, and no name of another slot. */
function fits(places: readonly Place[], variables: readonly Variable[], optimizer: string): boolean {
  if (places.length !== variables.length) return false;
  const words = new Set((rows[optimizer]?.groups ?? []).flat().flatMap(({ keras }) => keras));
  return places.every(({ shape, slot }, i) => {
    const variable = variables[i];
    if (variable.shape === null || !sameShape(variable.shape, shape)) return false;
    const said = (variable.name ?? "").replace(/:\d+$/, "").split("/").filter((part) => words.has(part)); // biome-ignore format: one line
    return slot === undefined || said.length === 0 || said.some((part) => slot.keras.includes(part));
  });
}

/** The states that do not begin as always, each of its size. Throws CompileError format/tensor where one has no value. */
function keptOf(values: ReadonlyMap<string, Float32Array>, states: readonly State[]): Readonly<Record<string, Float32Array>> {
  const kept: Record<string, Float32Array> = {};
  for (const { name, shape, initial } of states) {
    const value = values.get(name);
    if (value === undefined || value.length !== sizeOf(shape)) {
      const message = `the file has no value for ${JSON.stringify(name)} ${showShape(shape)}`;
      throw new CompileError({ code: "format/tensor", path: "optimizer", message });
    }
    // defineProperty: a layer may be called __proto__.
    if (value.some((number) => !Object.is(number, initial))) Object.defineProperty(kept, name, { value, enumerable: true });
  }
  return kept;
}
