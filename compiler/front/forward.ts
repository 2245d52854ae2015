// The layers of a model as Graph, call after call. In: calls of checked lines. Out: the outputs with their masks, losses and updates of
// the layers, and every weight in Keras' order.
// Guarantee: a layer is lowered only after its own `legal` has seen its inputs; every node carries its layer's origin; calls that share
// weights share the params.
import type { Range, WeightInfo } from "../artifact.ts";
import { seedFor } from "../base/random.ts";
import { CompileError, internal, joinPath } from "../diagnostics/error.ts";
import type { Encoded, Words } from "../encode/define.ts";
import { type Node, sameShape, showShape, sizeOf } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import { showOrigin } from "../graph/origin.ts";
import type { AnyLayer, Assign, ChildOptions, Context, LayerResult, Port, WeightSpec } from "../layers/define.ts";
import type { LayerSpec } from "../model.ts";
import { type G, ops } from "../ops/index.ts";
import { type Calls, callsWithin, type Entry, type Source } from "./calls.ts";
import { atEachStep, type Moved } from "./each-step.ts";
import { checkCount, checkLine, checkStands, isStructure, type Line } from "./lines.ts";
import { activityLosses, type Regularized, weightLosses } from "./penalties.ts";

/** What a port is called in a Graph, where a step has names of its own. */
export const graphName = (port: string): string => (ownNames.has(port) ? `x:${port}` : port);
const ownNames: ReadonlySet<string> = new Set(["y", "sampleWeight", "learningRate", "step", "loss"]);

/** Training mode: the model's seed and the step counter drive the noise. */
export interface Training {
  readonly seed: number;
  readonly step: Node;
}

/** A weight with what its first value depends on. */
export interface Weight extends WeightInfo {
  readonly spec: WeightSpec;
  /** Path of the layer it belongs to. */
  readonly path: string;
}

/** What one call made of its inputs (shapes without the batch axis). */
export interface Step {
  readonly entry: Entry;
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  /** None where another call has made them. */
  readonly weights: readonly Weight[];
}

/** What a recurrent layer carries from one step to the next: after the last one here, it is what a stream goes on with. */
export interface State {
  /** `layer name/h` */
  readonly name: string;
  readonly shape: readonly number[];
  readonly next: Node;
}

/** Items of ports as the numbers that a layer takes for them: an input of the Graph of its own. */
export interface Encoding extends Encoded {
  /** Indices of the model's inputs. */
  readonly ports: readonly number[];
  /** The Graph's input. */
  readonly name: string;
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

/** Numbers on their way, with Keras' mask. */
interface Numbers {
  readonly y: Node;
  readonly mask?: Node | undefined;
  /** They stand for text. */
  readonly words?: Words | undefined;
}
/** A value on its way: numbers, or the text of an input. */
type Value = Numbers | { readonly text: number };
const isText = (value: Value): value is { readonly text: number } => "text" in value;

/** Lowers the calls. Throws CompileError with the layer's path when one does not fit its inputs. */
export const forward = (g: G, calls: Calls, training?: Training): Forward => new Lowering(g, calls, training).run();

/** The layer that wraps another: its own line, where its weights are collected, and what their names begin with. */
interface Wrapper {
  readonly line: Line;
  readonly collected: Weight[];
  readonly owner: string;
}

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
  /** The model's inputs. */
  readonly #given: readonly Value[];
  /** Of the model, or of one that a layer wraps: its calls, its inputs, and what each call gave. */
  #calls: Calls;
  #ports: readonly Value[];
  #results: (readonly Value[])[] = [];
  #losses: Node[] = [];
  #states: State[] = [];
  /** What stands for a step of a sequence within a layer that works on each: the sequence. */
  readonly #steps = new Map<Node, Node>();
  readonly #regularized: Regularized[] = [];
  /** A weight that every call moves on (a moving mean) is moved by the second from where the first left it. */
  readonly #moved = new Map<string, Node>();
  /** Of every weight so far. */
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #ranges = new Map<number, Range>();
  readonly #encodings: Encoding[] = [];

  constructor(g: G, calls: Calls, training: Training | undefined) {
    this.#g = g;
    this.#calls = calls;
    this.#training = training;
    this.#given = calls.inputs.map(({ name, shape, type, below }, input): Value => {
      if (type === "string") return { text: input };
      if (below !== undefined) this.#ranges.set(input, { below });
      return { y: g.input({ name: graphName(name), shape: ["n", ...shape] }) };
    });
    this.#ports = this.#given;
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
    const losses = [...this.#losses, ...weightLosses(this.#g, this.#regularized, this.#moved)];
    const [states, ranges, encodings] = [this.#states, this.#ranges, this.#encodings];
    return { outputs, steps, losses, states, updates: [...this.#moved], ranges, encodings };
  }

  #step(entry: Entry): Step {
    const weights: Weight[] = [];
    const values = entry.sources.map((source) => this.#resultOf(source, joinPath(entry.path, "inputs")));
    const inputs = values.map((value) => this.#shapeOf(value));
    try {
      const results = this.#call(entry, values, weights);
      this.#results.push(results);
      return { entry, inputs, output: this.#shapeOf(results[0]), weights };
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
      const path = error.path.startsWith(entry.path) ? "" : entry.path;
      const placed = error.with({ under: path, note: `in ${showOrigin(entry.origin)}` });
      if (!error.code.startsWith("shape/")) throw placed;
      throw entry.sources.reduce((all, source, i) => all.with({ note: this.#told(source, inputs[i]) }), placed);
    }
  }

  /** What an input of a call was, for a note. */
  #told(source: Source, shape: readonly number[]): string {
    const { inputs, entries } = this.#calls;
    if ("call" in source) return `${entries[source.call].path} ${entries[source.call].layer.name} gave ${showShape(shape)}`;
    return `${inputs.length === 1 ? "a sample" : inputs[source.input].name} is ${showShape(shape)}`;
  }

  #resultOf(source: Source, path: string): Value {
    if ("input" in source) return this.#ports[source.input];
    const results = this.#results[source.call];
    if (results[source.result] !== undefined) return results[source.result];
    const { layer, name } = this.#calls.entries[source.call];
    const gives = `${results.length} result${results.length === 1 ? "" : "s"}`;
    const message = `${layer.name} ${JSON.stringify(name)} gives ${gives}, counted from 0, found ${source.result}`;
    throw new CompileError({ code: "model/inputs", path, message });
  }

  #shapeOf(value: Value): readonly number[] {
    return isText(value) ? this.#calls.inputs[value.text].shape : sampleShape(value.y);
  }

  #call(entry: Entry, values: readonly Value[], collected: Weight[]): readonly Value[] {
    // A line that only states a shape lets text through.
    if (entry.layer.declares !== undefined && values.some(isText)) return values;
    const encoded = this.#encoded(entry, values);
    const numbers = encoded === undefined ? values.map((value) => numbersOf(entry, value)) : [encoded];
    const { y, mask, words, more = [], moreMasks } = this.#lower(entry, numbers, collected, entry.owner);
    const first: Numbers = {
      y,
      mask: mask === undefined ? numbers[0].mask : (mask ?? undefined),
      words: words ?? (entry.layer.declares === undefined ? undefined : numbers[0].words),
    };
    return [first, ...more.map((value, i) => ({ y: value, mask: moreMasks?.[i] }))];
  }

  /** The numbers that a layer makes of items of the model's inputs; one input of the Graph for all that make the same. */
  #encoded({ layer, config, path, name }: Entry, values: readonly Value[]): Numbers | undefined {
    if (layer.encodes === undefined) return undefined;
    const ports = values.map((value) => this.#ports.findIndex((port) => isSamePort(port, value)));
    const given = values.map((value): Port => ({ shape: this.#shapeOf(value), isText: isText(value) }));
    const made = layer.encodes(config, given);
    if (made === undefined) return undefined;
    if ("message" in made) throw new CompileError({ code: "layer/config", ...made, path: joinPath(path, made.path) });
    if (ports.includes(-1)) {
      const message = `${layer.name} takes inputs of the model, and gets what a layer computes`;
      const hint = "texts and whole numbers are encoded before the net: give it the input itself";
      throw new CompileError({ code: "layer/config", path, message, hint });
    }
    const used = this.#encodings.some((other) => ports.some((port) => other.ports.includes(port)));
    const [first] = ports.map((port) => this.#calls.inputs[port].name);
    const own = ports.length === 1 && given[0].isText && !used ? graphName(first) : `${first}:${name}`;
    const encoding = this.#encodings.find((other) => isSame(other, { ...made, ports })) ?? { ...made, ports, name: own };
    if (!this.#encodings.includes(encoding)) this.#encodings.push(encoding);
    return { y: this.#g.input({ name: encoding.name, shape: ["n", ...encoding.shape] }) };
  }

  /** One layer, or one that another wraps. `owner`: what the names of its weights begin with. */
  #lower(
    line: Line,
    values: readonly Numbers[],
    collected: Weight[],
    owner: string,
    { assign = {}, how = line.layer.lower }: Lowered = {},
  ): LayerResult {
    const { layer, config, name, path, trainable } = line;
    const xs = values.map(({ y }) => y);
    const sizes = xs.map(sampleShape);
    const below = layer.integers?.(config);
    if (below !== undefined) this.#narrow(xs[0], below);
    const problem = layer.legal?.(config, sizes[0], sizes);
    if (problem !== undefined) throw new CompileError({ code: "layer/config", ...problem, path: joinPath(path, problem.path) });
    if (this.#training !== undefined && layer.untrained !== undefined) throw notTrained(layer.name, layer.untrained, path);
    const g = this.#g;
    g.builder.origin = line.origin;
    const specs = layer.weights(config, sizes[0], sizes);
    const weights = Object.fromEntries(specs.map((spec) => [spec.name, this.#weight(spec, line, collected, owner, assign)]));
    const earlier = g.builder.made.length;
    const training = this.#training;
    const lowered = how(g, {
      x: xs[0],
      ...(values[0].mask === undefined ? {} : { mask: values[0].mask }),
      xs,
      masks: values.map(({ mask }) => mask),
      weights,
      config,
      trainable,
      ...(training === undefined ? {} : { noise: { seed: seedFor(training.seed, name), step: training.step } }),
      weight: (spec) => this.#weight(spec, line, collected, owner, {}),
      ...this.#wrapped({ line, collected, owner }),
      begin: (_state, shape) => g.fill(0, ["n", ...shape]),
    });
    for (let i = earlier; i < g.builder.made.length; i++)
      if (isStored(g.builder.made[i])) checkValue(layer, g.builder.made[i], path);
    const results = [lowered.y, ...(lowered.more ?? [])];
    for (const y of results) checkValue(layer, y, path);
    this.#losses.push(...(lowered.losses ?? []));
    const activity = line.activityRegularizer;
    if (activity !== null) this.#losses.push(...activityLosses(g, activity, lowered.activities ?? results, path));
    for (const [weight, node] of Object.entries(lowered.updates ?? {})) this.#moved.set(`${owner}/${weight}`, node);
    for (const [state, next] of Object.entries(lowered.states ?? {}))
      this.#states.push({ name: `${owner}/${state}`, shape: sampleShape(next), next });
    return lowered;
  }

  #wrapped(wrapper: Wrapper): Pick<Context<object>, "child" | "childAtEachStep" | "childCell"> {
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
        lower(role, spec, ([x].flat() as Node[]).map((y, i): Numbers => (i === 0 ? { y, mask } : { y })), more), // biome-ignore format: one call
      childCell: ({ role, key, spec, x }, run) => {
        const { collected, owner } = wrapper;
        const child = checkLine(spec, joinPath(line.path, key), `${line.name}/${role}`);
        const { layer, trainable } = child;
        if (layer.cell === undefined) internal(`${layer.name} is no cell`);
        const row = { ...layer, cell: layer.cell };
        const own = { ...child, trainable: trainable && line.trainable };
        const how: AnyLayer["lower"] = (_g, context) => run(row, context);
        const made = this.#lower(own, [{ y: x }], collected, `${owner}/${role}`, { how });
        this.#g.builder.origin = line.origin;
        return made;
      },
      // Keras calls the layer itself at each step, past what regularizes its activity.
      childAtEachStep: (role, spec, x, mask) =>
        this.#eachStep(wrapper, role, x, mask, (y, own) => lower(role, spec, [{ y, mask: own }], { isBare: true })),
    };
  }

  #child(
    { line, collected, owner }: Wrapper,
    role: string,
    spec: LayerSpec,
    values: readonly Numbers[],
    { at, assign, isBare = false }: Child & { readonly at: string },
  ): LayerResult {
    const child = checkLine(spec, at, `${line.name}/${role}`);
    checkStands(child);
    checkCount(child, values.length);
    const own = { ...child, trainable: child.trainable && line.trainable, ...(isBare ? { activityRegularizer: null } : {}) };
    return this.#lower(own, values, collected, `${owner}/${role}`, assign === undefined ? {} : { assign });
  }

  /** A model in a layer: its calls are lowered as if they were all there is. */
  #model(
    { line, collected, owner }: Wrapper,
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
    wrapper: Wrapper,
    role: string,
    x: Node,
    mask: Node | undefined,
    lower: (y: Node, mask?: Node) => LayerResult,
  ): LayerResult {
    const [, length, ...rest] = x.type.shape as readonly number[];
    const g = this.#g;
    const at = `${wrapper.owner}/${role}`;
    const fillings = new Map<Node, Node>();
    const hole = (name: string, filling: Node, shape: readonly number[]): Node => {
      const made = g.input({ name: `${at}:${name}`, shape: ["n", ...shape] });
      fillings.set(made, filling);
      return made;
    };
    const step = hole("step", x, rest);
    this.#steps.set(step, x);
    const own = mask === undefined ? undefined : hole("mask", mask, mask.type.shape.slice(2) as number[]);
    const [before, losses, states] = [new Map(this.#moved), this.#losses, this.#states];
    [this.#losses, this.#states] = [[], []];
    const made = lower(step, own);
    const moved = [...this.#moved].flatMap(([name, now]): Moved[] => {
      const old = before.get(name) ?? g.param({ name, shape: [...(this.#shapes.get(name) ?? [])] });
      return old === now ? [] : [{ name, old, now }];
    });
    const { result, left } = atEachStep(g, made, { losses: this.#losses, moved }, { fillings, length });
    // Its loops are over within a step: they carry nothing from call to call.
    [this.#losses, this.#states] = [[...losses, ...left.losses], states];
    for (const { name, now } of left.moved) this.#moved.set(name, now);
    return result;
  }

  /** The weight as the layer reads it; the first call that does collects it. */
  #weight(spec: WeightSpec, { path, trainable, origin }: Line, collected: Weight[], owner: string, assign: Assign): Node {
    const name = `${owner}/${spec.name}`;
    checkSize(spec.name, spec.shape, path);
    const node = this.#g.as(spec.name, () => this.#g.param({ name, shape: [...spec.shape] }));
    const before = this.#shapes.get(name);
    const isTrained = spec.trainable && trainable;
    if (before === undefined) {
      this.#shapes.set(name, spec.shape);
      collected.push({ name, shape: spec.shape, trainable: isTrained, spec, path });
      const { regularizer = null, name: part, shape } = spec;
      if (isTrained && regularizer !== null) this.#regularized.push({ name, part, shape, regularizer, origin });
    } else if (!sameShape(before, spec.shape)) {
      const message = `the weights of ${JSON.stringify(owner)} are used again, whose ${spec.name} is ${showShape(before)}; this input needs ${showShape(spec.shape)}`;
      throw new CompileError({ code: "shape/mismatch", path, message, hint: "give it an input of the same shape" });
    }
    if (!Object.hasOwn(assign, spec.name)) return this.#moved.get(name) ?? node;
    const next = this.#g.as(spec.name, () => assign[spec.name](this.#moved.get(name) ?? node));
    if (this.#training === undefined || next === undefined) return this.#moved.get(name) ?? node;
    // The gradient for the weight is that for its last value: of two in a step, the first would get none.
    if (isTrained && this.#moved.has(name)) {
      const message = `${JSON.stringify(owner)} is called twice, and each call would give its ${spec.name} another value in training`;
      throw new CompileError({
        code: "layer/unsupported",
        path,
        message,
        hint: "call it once, or freeze it: trainable: false",
      });
    }
    this.#moved.set(name, next);
    return next;
  }

  /** Ids below `below`, where they are those of an input. */
  #narrow(value: Node, below: number): void {
    for (const [input, port] of this.#given.entries()) {
      if (isText(port) || !isPlainly(this.#g.ops, value, port.y, this.#steps)) continue;
      this.#ranges.set(input, { below: Math.min(below, this.#ranges.get(input)?.below ?? below) });
    }
  }
}

const notTrained = (name: string, reason: string, path: string): CompileError =>
  new CompileError({
    code: "layer/untrained",
    path,
    message: `a model with ${name} cannot be trained: ${reason}`,
    hint: `take ${name} out of the model that is trained; what it predicts is the same without`,
  });

/** Whether two layers make the same numbers of their items. */
const isSame = ({ name: _, ...own }: Encoding, made: Omit<Encoding, "name">): boolean =>
  JSON.stringify(own.ports) === JSON.stringify(made.ports) &&
  own.encoder.kind === made.encoder.kind &&
  JSON.stringify([own.shape, own.encoder]) === JSON.stringify([made.shape, made.encoder]);

const isSamePort = (port: Value, value: Value): boolean =>
  isText(port) || isText(value) ? isText(port) && isText(value) && port.text === value.text : port.y === value.y;

/** What a layer computes with. */
function numbersOf({ layer, path }: Entry, value: Value): Numbers {
  // A line that only states a shape lets words through.
  if (!isText(value) && (value.words === undefined || layer.declares !== undefined)) return value;
  const message = `${layer.name} takes numbers, and gets text`;
  const hint = "make numbers of it first: stringLookup({ vocabulary: […] }), textVectorization or hashing";
  throw new CompileError({ code: "layer/config", path, message, hint });
}

/** A view is read where the value lies that it is of: the patches of a convolution are many times what it reads. */
function isStored({ op }: Node): boolean {
  const found = ops[op];
  return found.kind === "composite" || found.lower.kind !== "view";
}

const checkValue = ({ name }: AnyLayer, { type }: Node, path: string): void =>
  checkSize(`a value of ${name}`, type.shape[0] === "n" ? (type.shape.slice(1) as number[]) : (type.shape as number[]), path);

/**
 * Whether a value holds all numbers of the input, in whatever order, and nothing else. Ids that a caller gives are checked when the
 * module is called; ids that the net computes, or cuts out of the input, are clamped.
 */
function isPlainly(ops: G["ops"], value: Node, input: Node, steps: ReadonlyMap<Node, Node>): boolean {
  if (value === input) return true;
  const sequence = steps.get(value);
  if (sequence !== undefined) return isPlainly(ops, sequence, input, steps);
  const op = ops[value.op];
  if (op.kind !== "primitive" || op.lower.kind !== "view") return false;
  const [from] = value.inputs;
  return sizeOf(sampleShape(value)) >= sizeOf(sampleShape(from)) && isPlainly(ops, from, input, steps);
}

const sampleShape = (x: Node): readonly number[] => x.type.shape.slice(1) as number[];
