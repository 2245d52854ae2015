// Pieces that several optimizers share.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Global, Slot } from "../define.ts";

/** How much of the past stays in a running mean. */
export const beta: z.ZodNumber = z.number().min(0).lt(1);
/** What keeps a divisor from 0. */
export const epsilon = (initial: number): z.ZodDefault<z.ZodNumber> => z.number().min(0).default(initial);

/** A scalar at every point of a weight. */
export const everywhere = (g: G, scalar: Node, weight: Node): Node => g.broadcast(scalar, { shape: weight.type.shape, axes: [] });
/** x times a number. */
export const times = (g: G, x: Node, factor: number): Node => g.mul(x, g.like(x, factor));
/** old + (new − old)(1 − β) is Keras' form of a running mean; β·old + (1 − β)·new rounds otherwise. */
export const toward = (g: G, old: Node, next: Node, rest: number): Node =>
  g.add(old, g.mul(g.sub(next, old), g.like(old, 1 - rest)));
/** β·old + (1 − β)·new, where Keras has that. */
export const blend = (g: G, old: Node, next: Node, rest: number): Node => g.add(times(g, old, rest), times(g, next, 1 - rest));

/** A power that is multiplied on: βᵗ. */
export const power = (name: string, base: number): Global => ({ name, initial: 1, at: (updates) => base ** updates });
/** The next power. */
export const raised = (g: G, value: Node, base: number): Node => g.mul(value, g.fill(base, []));

/** Slots that begin at a number. */
export const slotsOf = (names: readonly string[], initial = 0): readonly Slot[] => names.map((name) => ({ name, initial }));
