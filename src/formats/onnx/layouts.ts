// What helpers that move values between layouts are given, and what they throw where rows would see each other.
import type { Node } from "../../../compiler/graph/graph.ts";
import type { G } from "../../../compiler/ops/index.ts";
import type { Value } from "./values.ts";

/** Thrown where rows would see each other: the batch cannot be free. */
export class Kept extends Error {
  readonly path: string;
  readonly operator: string;
  constructor(path: string, operator: string) {
    super(`${operator} does not keep the batch apart`);
    this.path = path;
    this.operator = operator;
  }
}

/** What the helpers need of whoever imports. */
export interface Layouts {
  readonly g: G;
  readonly rows: number;
  readonly node: (value: Value) => Node;
  readonly mixed: () => never;
  readonly refuse: (what: string) => never;
}
