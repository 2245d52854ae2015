// The weights of a model as params of the Graph. In: what layers ask for, call after call. Out: the nodes that they read, and what became
// of each weight. Guarantee: calls that share weights share the params; a weight that every call moves on (a moving mean) is moved by the
// second from where the first left it.
import type { WeightInfo } from "../artifact.ts";
import { CompileError } from "../diagnostics/error.ts";
import { type Node, sameShape, showShape } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import type { Assign, WeightSpec } from "../layers/define.ts";
import type { G } from "../ops/index.ts";
import type { Moved } from "./each-step.ts";
import type { Line } from "./lines.ts";
import { isFrozen } from "./patterns.ts";
import { type Regularized, weightLosses } from "./penalties.ts";

/** A weight with what its first value depends on. */
export interface Weight extends WeightInfo {
  readonly spec: WeightSpec;
  /** Path of the layer it belongs to. */
  readonly path: string;
}

/** Where a layer's weights go: the list of its call, and what their names begin with. */
export interface Place {
  readonly line: Line;
  readonly collected: Weight[];
  readonly owner: string;
}

/** The params of a model, as its calls ask for them. */
export class Params {
  readonly #g: G;
  readonly #isTraining: boolean;
  /** Patterns of weights that are not trained. */
  readonly #frozen: readonly string[];
  /** Of every weight so far. */
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #moved = new Map<string, Node>();
  readonly #regularized: Regularized[] = [];

  constructor(g: G, isTraining: boolean, frozen: readonly string[] = []) {
    this.#g = g;
    this.#frozen = frozen;
    this.#isTraining = isTraining;
  }

  /** Weights that have another value now, by full name. */
  get moved(): ReadonlyMap<string, Node> {
    return this.#moved;
  }

  /** The weight has this value from here on. */
  move(name: string, value: Node): void {
    this.#moved.set(name, value);
  }

  /** What has become of the weights since `before`, which was `moved` once. */
  movedSince(before: ReadonlyMap<string, Node>): readonly Moved[] {
    return [...this.#moved].flatMap(([name, now]): Moved[] => {
      const old = before.get(name) ?? this.#g.param({ name, shape: [...(this.#shapes.get(name) ?? [])] });
      return old === now ? [] : [{ name, old, now }];
    });
  }

  /** What regularizers add to the loss, of the weights as they stand now. */
  losses(): readonly Node[] {
    return weightLosses(this.#g, this.#regularized, this.#moved);
  }

  /** The weight as the layer reads it; the first call that does collects it. `assign`: what it is given before, in training. */
  weight(spec: WeightSpec, place: Place, assign: Assign = {}): Node {
    const { line, owner } = place;
    const name = `${owner}/${spec.name}`;
    const isTrained = spec.trainable && line.trainable && !isFrozen(name, this.#frozen);
    checkSize(spec.name, spec.shape, line.path);
    const node = this.#g.as(spec.name, () => this.#g.param({ name, shape: [...spec.shape] }));
    this.#note(spec, place, isTrained);
    const now = this.#moved.get(name) ?? node;
    if (!Object.hasOwn(assign, spec.name)) return now;
    const next = this.#g.as(spec.name, () => assign[spec.name](now));
    if (!this.#isTraining || next === undefined) return now;
    // The gradient for the weight is that for its last value: of two in a step, the first would get none.
    if (isTrained && this.#moved.has(name)) {
      const message = `${JSON.stringify(owner)} is called twice, and each call would give its ${spec.name} another value in training`;
      const hint = "call it once, or freeze it: trainable: false";
      throw new CompileError({ code: "layer/unsupported", path: line.path, message, hint });
    }
    this.#moved.set(name, next);
    return next;
  }

  #note(spec: WeightSpec, { line: { path, origin }, collected, owner }: Place, isTrained: boolean): void {
    const name = `${owner}/${spec.name}`;
    const { regularizer = null, name: part, shape } = spec;
    const before = this.#shapes.get(name);
    if (before === undefined) {
      this.#shapes.set(name, shape);
      collected.push({ name, shape, trainable: isTrained, spec, path });
      if (isTrained && regularizer !== null) this.#regularized.push({ name, part, shape, regularizer, origin });
    } else if (!sameShape(before, shape)) {
      const message = `the weights of ${JSON.stringify(owner)} are used again, whose ${part} is ${showShape(before)}; this input needs ${showShape(shape)}`;
      throw new CompileError({ code: "shape/mismatch", path, message, hint: "give it an input of the same shape" });
    }
  }
}
