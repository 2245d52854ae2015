// The layers of a model as Graph, call after call. In: calls of checked lines. Out: the outputs with their masks, losses and updates of
// the layers, and every weight in Keras' order.
// Guarantee: a layer is lowered only after its own `legal` has seen its inputs; every node carries its layer's origin; calls that share
// weights share the params.
import type { Range } from "../artifact.ts";
import { seedFor } from "../base/random.ts";
import { CompileError, internal, joinPath } from "../diagnostics/error.ts";
import type { Words } from "../encode/define.ts";
import type { Node } from "../graph/graph.ts";
import { showOrigin } from "../graph/origin.ts";
import type { AnyLayer, Assign, ChildOptions, Context, LayerResult } from "../layers/define.ts";
import type { LayerSpec } from "../model.ts";
import type { G } from "../ops/index.ts";
import { type Calls, callsWithin, type Entry, noResult, type Source, told } from "./calls.ts";
import { atEachStep, holes } from "./each-step.ts";
import { type Encoding, Encodings } from "./encodings.ts";
import { checkCount, checkLine, checkStands, checkTrained, isStructure } from "./lines.ts";
import { Params, type Place, type Weight } from "./params.ts";
import { activityLosses } from "./penalties.ts";
import { graphName } from "./ports.ts";
import { Ranges } from "./ranges.ts";
import { anew, chunksOf, goingOn, type State, streamed } from "./stream.ts";
import {
  checkValues,
  isStored,
  isText,
  type Made,
  type Mode,
  type Numbers,
  numbersOf,
  resultsOf,
  sampleShape,
  type Training,
  type Value,
} from "./values.ts";

/** What one call made of its inputs (shapes without the batch axis). */
export interface Step {
  readonly entry: Entry;
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  /** The first result; none where that is text. */
  readonly y?: Node;
  /** None where another call has made them. */
  readonly weights: readonly Weight[];
}

export interface Forward {
  /** In the order of the model's outputs. */
  readonly outputs: readonly { readonly name: string; readonly y: Node; readonly mask?: Node; readonly words?: Words }[];
  readonly steps: readonly Step[];
  readonly losses: readonly Node[];
  readonly states: readonly State[];
  /** New values of weights that are not trained, and of trained ones those that the optimizer goes on from, by full name. */
  readonly updates: readonly (readonly [weight: string, value: Node])[];
  /** By input: where a layer takes its numbers themselves for ids, which ones are legal for all such layers. */
  readonly ranges: ReadonlyMap<number, Range>;
  readonly encodings: readonly Encoding[];
}

/** Lowers the calls. Throws CompileError with the layer's path when one does not fit its inputs. */
export const forward = (g: G, calls: Calls, mode: Mode = {}): Forward => new Lowering(g, calls, mode).run();

/** `isBare`: nothing regularizes what it gives. */
type Child = ChildOptions & { readonly isBare?: boolean };
/** How a layer is lowered otherwise than its row says: with assigned weights, or as a wrapper does it. */
interface Lowered {
  readonly assign?: Assign;
  readonly how?: AnyLayer["lower"];
}

class Lowering {
  readonly #g: G;
  readonly #training: Training | undefined;
  readonly #isStream: boolean;
  /** Of the model, or of one that a layer wraps: its calls, its inputs, and what each call gave. */
  #calls: Calls;
  #ports: readonly Value[];
  #results: (readonly Value[])[] = [];
  #losses: Node[] = [];
  #states: State[] = [];
  readonly #params: Params;
  readonly #encodings: Encodings;
  readonly #ranges: Ranges;

  constructor(g: G, calls: Calls, { training, chunk }: Mode) {
    this.#g = g;
    this.#training = training;
    this.#isStream = chunk !== undefined;
    const inputs = chunk === undefined ? calls.inputs : chunksOf(calls.inputs, chunk);
    this.#calls = { ...calls, inputs };
    this.#ports = inputs.map(({ name, shape, type }, input): Value => {
      if (type === "string") return { text: input };
      return { y: g.input({ name: graphName(name), shape: ["n", ...shape] }), inTime: this.#isStream };
    });
    this.#ranges = new Ranges(this.#ports);
    for (const [input, { below }] of inputs.entries()) if (below !== undefined) this.#ranges.set(input, below);
    this.#params = new Params(g, training !== undefined, calls.frozen);
    this.#encodings = new Encodings(g);
  }

  run(): Forward {
    const outer = this.#g.builder.origin;
    const steps = this.#calls.entries.map((entry) => this.#step(entry));
    this.#g.builder.origin = outer;
    const outputs = this.#calls.outputs.map(({ name, source, path }) => {
      const value = this.#resultOf(source, path);
      if (isText(value)) {
        const message = `${JSON.stringify(name)} would give text`;
        throw new CompileError({ code: "model/port", path, message, hint: "a model gives numbers, or words that it knows" });
      }
      const { y, mask, words } = value;
      return { name, y, ...(mask === undefined ? {} : { mask }), ...(words === undefined ? {} : { words }) };
    });
    const losses = [...this.#losses, ...this.#params.losses()];
    const [states, ranges, encodings] = [this.#states, this.#ranges.byInput, this.#encodings.list];
    return { outputs, steps, losses, states, updates: [...this.#params.moved], ranges, encodings };
  }

  #step(entry: Entry): Step {
    const weights: Weight[] = [];
    const values = entry.sources.map((source) => this.#resultOf(source, joinPath(entry.path, "inputs")));
    const inputs = values.map((value) => this.#shapeOf(value));
    try {
      const results = this.#call(entry, values, weights);
      this.#results.push(results);
      const [first] = results;
      return { entry, inputs, output: this.#shapeOf(first), ...(isText(first) ? {} : { y: first.y }), weights };
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
      const path = error.path.startsWith(entry.path) ? "" : entry.path;
      const placed = error.with({ under: path, note: `in ${showOrigin(entry.origin)}` });
      if (!error.code.startsWith("shape/")) throw placed;
      throw entry.sources.reduce((all, source, i) => all.with({ note: told(this.#calls, source, inputs[i]) }), placed);
    }
  }

  #resultOf(source: Source, path: string): Value {
    if ("input" in source) return this.#ports[source.input];
    const results = this.#results[source.call];
    if (results[source.result] !== undefined) return results[source.result];
    throw noResult(this.#calls.entries[source.call], results.length, source.result, path);
  }

  #shapeOf(value: Value): readonly number[] {
    return isText(value) ? this.#calls.inputs[value.text].shape : sampleShape(value.y);
  }

  #call(entry: Entry, values: readonly Value[], collected: Weight[]): readonly Value[] {
    // A line that only states a shape lets text through.
    if (entry.layer.declares !== undefined && values.some(isText)) return values;
    const given = values.map((value) => ({ value, shape: this.#shapeOf(value) }));
    const encoded = this.#encodings.of(entry, given, { inputs: this.#calls.inputs, values: this.#ports });
    const numbers: readonly Numbers[] =
      encoded === undefined ? values.map((value) => numbersOf(entry, value)) : [{ ...encoded, inTime: this.#isStream }];
    const made = this.#lower({ line: entry, collected, owner: entry.owner }, numbers);
    return resultsOf(made, numbers[0], entry.layer.declares !== undefined);
  }

  /** One layer, or one that another wraps. */
  #lower(place: Place, values: readonly Numbers[], { assign = {}, how = place.line.layer.lower }: Lowered = {}): Made {
    const { line, owner } = place;
    const { layer, config, name, path, trainable } = line;
    const xs = values.map(({ y }) => y);
    const sizes = xs.map(sampleShape);
    const goesOn = this.#isStream ? streamed(line, values) : undefined;
    const below = layer.integers?.(config);
    if (below !== undefined) this.#ranges.narrow(xs[0], below);
    // A line that states a shape states that of the whole sequence.
    const problem = goesOn && layer.declares ? undefined : layer.legal?.(config, sizes[0], sizes);
    if (problem !== undefined) throw new CompileError({ code: "layer/config", ...problem, path: joinPath(path, problem.path) });
    if (this.#training !== undefined) checkTrained(line);
    const g = this.#g;
    g.builder.origin = line.origin;
    const specs = layer.weights(config, sizes[0], sizes);
    const weights = Object.fromEntries(specs.map((spec) => [spec.name, this.#params.weight(spec, place, assign)]));
    const earlier = g.builder.made.length;
    const [training, known] = [this.#training, this.#states.length];
    const { carried, ...carrying } = goesOn === undefined ? anew(g) : goingOn(g, name);
    const lowered = how(g, {
      x: xs[0],
      ...(values[0].mask === undefined ? {} : { mask: values[0].mask }),
      xs,
      masks: values.map(({ mask }) => mask),
      weights,
      config,
      trainable,
      ...(training === undefined ? {} : { noise: { seed: seedFor(training.seed, name), step: training.step } }),
      weight: (spec) => this.#params.weight(spec, place),
      ...this.#wrapped(place, goesOn !== undefined),
      ...carrying,
    });
    const results = [lowered.y, ...(lowered.more ?? [])];
    checkValues(layer.name, [...g.builder.made.slice(earlier).filter(isStored), ...results], path);
    this.#losses.push(...(lowered.losses ?? []));
    const activity = line.activityRegularizer;
    if (activity !== null) this.#losses.push(...activityLosses(g, activity, lowered.activities ?? results, path));
    for (const [weight, node] of Object.entries(lowered.updates ?? {})) this.#params.move(`${owner}/${weight}`, node);
    this.#states.push(...carried(lowered));
    // Beside a layer that carries states its further results are those.
    return { ...lowered, inTime: goesOn === "steps", moreInTime: goesOn === "steps" && this.#states.length === known };
  }

  /** `inTime`: what the layer wraps takes chunks as it does. */
  #wrapped(wrapper: Place, inTime: boolean): Pick<Context<object>, "child" | "childAtEachStep" | "childCell"> {
    const { line } = wrapper;
    const lower = (role: string, spec: LayerSpec, values: readonly Numbers[], more: Child = {}): LayerResult => {
      const at = joinPath(line.path, more.key ?? role);
      const made = isStructure(spec.layer)
        ? this.#model(wrapper, role, spec, values, at)
        : this.#child(wrapper, role, spec, values, { ...more, at });
      this.#g.builder.origin = line.origin;
      return made;
    };
    return {
      child: (role, spec, x, mask, more) =>
        lower(role, spec, ([x].flat() as Node[]).map((y, i): Numbers => (i === 0 ? { y, mask, inTime } : { y, inTime })), more), // biome-ignore format: one call
      childCell: ({ role, key, spec, x }, run) => {
        const { collected, owner } = wrapper;
        const child = checkLine(spec, joinPath(line.path, key), `${line.name}/${role}`);
        const { layer, trainable } = child;
        if (layer.cell === undefined) internal(`${layer.name} is no cell`);
        const row = { ...layer, cell: layer.cell };
        const own = { ...child, trainable: trainable && line.trainable };
        const how: AnyLayer["lower"] = (_g, context) => run(row, context);
        const made = this.#lower({ line: own, collected, owner: `${owner}/${role}` }, [{ y: x, inTime }], { how });
        this.#g.builder.origin = line.origin;
        return made;
      },
      // Keras calls the layer itself at each step, past what regularizes its activity.
      childAtEachStep: (role, spec, x, mask) =>
        this.#eachStep(wrapper, role, x, mask, (y, own) => lower(role, spec, [{ y, mask: own }], { isBare: true })),
    };
  }

  #child(
    { line, collected, owner }: Place,
    role: string,
    spec: LayerSpec,
    values: readonly Numbers[],
    { at, assign, isBare = false }: Child & { readonly at: string },
  ): LayerResult {
    const child = checkLine(spec, at, `${line.name}/${role}`);
    checkStands(child);
    checkCount(child, values.length);
    const own = { ...child, trainable: child.trainable && line.trainable, ...(isBare ? { activityRegularizer: null } : {}) };
    return this.#lower({ line: own, collected, owner: `${owner}/${role}` }, values, assign === undefined ? {} : { assign });
  }

  /** A model in a layer: its calls are lowered as if they were all there is. */
  #model(
    { line, collected, owner }: Place,
    role: string,
    spec: LayerSpec,
    values: readonly Numbers[],
    path: string,
  ): LayerResult {
    const outer = [this.#calls, this.#ports, this.#results] as const;
    const { name, trainable } = line;
    const shapes = values.map(({ y }) => sampleShape(y));
    this.#calls = callsWithin(spec, role, { path, prefix: `${name}/`, owner: `${owner}/`, trainable }, shapes);
    [this.#ports, this.#results] = [values, []];
    for (const entry of this.#calls.entries) collected.push(...this.#step(entry).weights);
    const made = this.#calls.outputs.map((output) => this.#resultOf(output.source, output.path) as Numbers);
    [this.#calls, this.#ports, this.#results] = outer;
    const [first, ...rest] = made;
    return { y: first.y, mask: first.mask ?? null, more: rest.map(({ y }) => y), moreMasks: rest.map(({ mask }) => mask) };
  }

  /** The layer is lowered over a hole that stands for a step, and what it leaves behind is of all steps afterwards. */
  #eachStep(
    wrapper: Place,
    role: string,
    x: Node,
    mask: Node | undefined,
    lower: (y: Node, mask?: Node) => LayerResult,
  ): LayerResult {
    const [, length, ...rest] = x.type.shape as readonly number[];
    const g = this.#g;
    const { hole, fillings } = holes(g, `${wrapper.owner}/${role}`);
    const step = hole("step", x, rest);
    this.#ranges.stands(step, x);
    const own = mask === undefined ? undefined : hole("mask", mask, mask.type.shape.slice(2) as number[]);
    const [before, losses, states] = [new Map(this.#params.moved), this.#losses, this.#states];
    [this.#losses, this.#states] = [[], []];
    const made = lower(step, own);
    const moved = this.#params.movedSince(before);
    const { result, left } = atEachStep(g, made, { losses: this.#losses, moved }, { fillings, length });
    // Its loops are over within a step: they carry nothing from call to call.
    [this.#losses, this.#states] = [[...losses, ...left.losses], states];
    for (const { name, now } of left.moved) this.#params.move(name, now);
    return result;
  }
}
