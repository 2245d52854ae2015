// How many batches an optimizer has seen, and what depends on that. In: the keys that count. Out: scalars, and choices between what an
// update makes and what was there. Guarantee: a Graph counts only where somebody asks; the count is a float32 that never stands still
// where something is done every so often.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type Common, periodOf } from "../../training/optimizers/common.ts";

/** Below this float32 counts exactly. */
const exact = 2 ** 24;

/** The state `optimizer/iteration`, as Keras counts: batches, not updates. */
export class Counter {
  readonly #g: G;
  readonly #config: Common;
  #state: Node | undefined;

  constructor(g: G, config: Common) {
    this.#g = g;
    this.#config = config;
  }

  #number(value: number): Node {
    return this.#g.fill(value, []);
  }

  /** Whether somebody asked. */
  get isUsed(): boolean {
    return this.#state !== undefined;
  }

  /** Batches before this one. */
  get iteration(): Node {
    this.#state ??= this.#g.state({ name: "optimizer/iteration", shape: [], initial: 0 });
    return this.#state;
  }

  /** Batches with this one: what the count is next. At its end it goes back by a whole period. */
  get next(): Node {
    const g = this.#g;
    const next = g.add(this.iteration, this.#number(1));
    const period = periodOf(this.#config);
    if (period === 1) return next;
    return g.select(g.less(next, this.#number(exact)), next, g.sub(next, this.#number(period)));
  }

  /** Updates before this one. */
  get updates(): Node {
    const { gradientAccumulationSteps: steps } = this.#config;
    return steps === null ? this.iteration : this.#g.floor(this.#g.div(this.iteration, this.#number(steps)));
  }

  /** The number of this update, from 1. */
  get count(): Node {
    return this.#g.add(this.updates, this.#number(1));
  }

  /** 1 until the first update is done, else 0. */
  get isFirst(): Node {
    return this.#g.equal(this.updates, this.#number(0));
  }

  /** 1 where `count` is a multiple, else 0. */
  isTurn(count: Node, every: number): Node {
    const g = this.#g;
    const turns = g.floor(g.div(count, this.#number(every)));
    return g.equal(g.mul(turns, this.#number(every)), count);
  }

  /** `made` where this batch updates, else `kept`. */
  onUpdate(made: Node, kept: Node): Node {
    const { gradientAccumulationSteps: steps } = this.#config;
    if (steps === null) return made;
    return this.pick(this.isTurn(this.#g.add(this.iteration, this.#number(1)), steps), made, kept);
  }

  /** A choice by a scalar of 1 or 0. */
  pick(mask: Node, a: Node, b: Node): Node {
    return this.#g.select(this.#g.broadcast(mask, { shape: a.type.shape, axes: [] }), a, b);
  }
}
