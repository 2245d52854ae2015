// Unrolling with a budget: the kernels of one entry become one straight line, weights become literals, and what went through
// memory goes through `let`s. In: an entry's kernels, contents of constant buffers. Out: one kernel without loops that only
// reads inputs and writes outputs, with the bits of the loops; or undefined where it would be too long or cannot be done.

import { identities } from "../program/nest/fold.ts";
import type { Buffer, Folding, Index, Kernel, Stmt, Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import { mapOperands, operandsOf, shared } from "../program/walk.ts";
import { isAtom, lets } from "./lets.ts";

export interface UnrollSite {
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly contents: ReadonlyMap<string, Float32Array>;
  /** Most statements of the straight line. */
  readonly budget: number;
  /** Told of each name which of the kernels it is of. */
  readonly named?: (name: string, kernel: number) => void;
}

/** The kernels of an entry, in order, as one straight line; undefined where that is too long or cannot be said without a loop. */
export function unroll(kernels: readonly Kernel[], site: UnrollSite): Kernel | undefined {
  let steps = 0;
  for (const kernel of kernels) {
    if (!isStraightenable(kernel.body)) return undefined;
    steps += turns(kernel.body);
  }
  if (steps > site.budget) return undefined;
  const out: Stmt[] = [];
  const memory = new Map<string, Value>();
  const registers = new Map<string, Value>();
  const narrow = new Set<string>();
  const names = new Map<string, number>();
  const fresh = (stem: string): string => {
    const k = names.get(stem) ?? 0;
    names.set(stem, k + 1);
    return `${stem}${k}`;
  };
  for (const [i, kernel] of kernels.entries()) {
    const start = out.length;
    run(kernel.body, { site, out, memory, registers, fresh, loops: new Map(), uses: new Map(), narrow });
    for (const made of out.slice(start)) if (made.do === "let") site.named?.(made.name, i);
  }
  return { name: kernels[0]?.name ?? "predict", origin: kernels.map(({ origin }) => origin).join("\n"), body: out };
}

interface Machine {
  readonly site: UnrollSite;
  readonly out: Stmt[];
  /** `buffer[i]` → what was stored there. */
  readonly memory: Map<string, Value>;
  readonly registers: Map<string, Value>;
  readonly fresh: (stem: string) => string;
  readonly loops: Map<string, number>;
  /** Lets of the loop body being run → their values. */
  readonly uses: Map<string, Value>;
  /** Names of the straight line whose f64 values are f32 numbers. */
  readonly narrow: Set<string>;
}

function run(body: readonly Stmt[], machine: Machine): void {
  for (const statement of body) {
    switch (statement.do) {
      case "for":
        for (let i = 0; i < (statement.to as number); i++) {
          machine.loops.set(statement.loop, i);
          run(statement.body, machine);
        }
        machine.loops.delete(statement.loop);
        break;
      case "let":
        machine.uses.set(statement.name, name(evaluate(statement.value, machine), machine, "v"));
        break;
      case "set":
        machine.registers.set(statement.reg, evaluate(statement.value, machine));
        break;
      case "store":
        remember(statement.buffer, address(statement.index, machine), evaluate(statement.value, machine), machine);
        break;
    }
  }
}

function remember(buffer: string, at: number, value: Value, machine: Machine): void {
  if (machine.site.buffers.get(buffer)?.role === "output") {
    const statements = lets([{ do: "store", buffer, index: { base: at, terms: [] }, value }], (stem) => machine.fresh(stem));
    machine.out.push(...statements);
    // A later read gets the stored, rounded value: through the buffer, once, where it is read.
    machine.memory.delete(`${buffer}[${at}]`);
    return;
  }
  const rounded = isNarrow(value, machine) ? value : v.convert(v.convert(value, "f32"), value.fmt);
  const stored = name(rounded, machine, stem(buffer));
  if (stored.op === "use") machine.narrow.add(stored.name);
  machine.memory.set(`${buffer}[${at}]`, stored);
}

/** Whether rounding to f32 would change nothing. */
function isNarrow(value: Value, machine: Machine): boolean {
  if (value.fmt === "f32") return true;
  switch (value.op) {
    case "const":
      return Object.is(Math.fround(value.value), value.value);
    case "use":
      return machine.narrow.has(value.name);
    case "convert":
      return value.a.fmt === "f32";
    case "abs":
    case "neg":
      return isNarrow(value.a, machine);
    case "max":
    case "min":
    case "most":
    case "least":
    case "select":
      return isNarrow(value.a, machine) && isNarrow(value.b, machine);
    default:
      return false;
  }
}

/** Gives a value a name in the straight line, unless it is one already. */
function name(value: Value, machine: Machine, stem: string): Value {
  if (isAtom(value)) return value;
  const statements = lets([{ do: "set", reg: "", value }], (stem) => machine.fresh(stem));
  const last = statements[statements.length - 1];
  machine.out.push(...statements.slice(0, -1));
  const made = machine.fresh(stem);
  machine.out.push({ do: "let", name: made, value: last.do === "set" ? last.value : value });
  return { op: "use", name: made, fmt: value.fmt };
}

const stem = (buffer: string): string => `${buffer}_`;

function evaluate(value: Value, machine: Machine): Value {
  return shared<Value>((node, visit) => step(node, machine, visit))(value);
}

function step(node: Value, machine: Machine, visit: (value: Value) => Value): Value {
  switch (node.op) {
    case "use":
      return machine.uses.get(node.name) ?? node;
    case "reg":
      return machine.registers.get(node.name) ?? node;
    case "loop":
      return v.lit(machine.loops.get(node.name) ?? 0, "i32");
    case "load": {
      // What went through memory is an f32 number; where it is read as one, it becomes one.
      const value = load(node.buffer, address(node.index, machine), machine);
      return v.convert(value, node.fmt);
    }
    case "convert": {
      const a = node.a.op === "load" ? load(node.a.buffer, address(node.a.index, machine), machine) : visit(node.a);
      // A load already widened: its f32 value in the wider format.
      if (a.fmt === node.fmt) return a;
      if (a.op === "const" && a.fmt !== "mask" && node.fmt !== "mask") return v.lit(a.value, node.fmt);
      return { ...node, a };
    }
    default:
      return simpler(mapOperands(node, visit, (index) => index));
  }
}

/** Without the identity that a fold starts from: the same bits for every x. */
function simpler(node: Value): Value {
  const isLit = (value: Value, number: number): boolean => value.op === "const" && Object.is(value.value, number);
  if (isFolding(node) && isLit(node.a, identities[node.op])) return node.b;
  if (node.op === "madd" && isLit(node.c, -0)) return v.mul(node.a, node.b);
  return node;
}

const isFolding = (node: Value): node is Value & { readonly op: Folding; readonly a: Value; readonly b: Value } =>
  Object.hasOwn(v.foldings, node.op);

function load(buffer: string, at: number, machine: Machine): Value {
  const stored = machine.memory.get(`${buffer}[${at}]`);
  if (stored !== undefined) return stored;
  const content = machine.site.contents.get(buffer);
  if (content !== undefined) return v.lit(content[at], "f32");
  // An input element: read once, under a name.
  const read = name(v.load(buffer, { base: at, terms: [] }), machine, stem(buffer));
  machine.memory.set(`${buffer}[${at}]`, read);
  return read;
}

const address = (index: Index, machine: Machine): number =>
  index.terms.reduce((sum, [loop, stride]) => sum + stride * (machine.loops.get(loop) ?? 0), index.base);

/** What is no loop, or what `weigh` says of it, as often as it runs; a loop over a scalar counts as endless. */
export function turns(body: readonly Stmt[], weigh: (statement: Straight) => number = () => 1): number {
  return body.reduce((sum, statement) => {
    if (statement.do !== "for") return sum + weigh(statement);
    const inside = turns(statement.body, weigh);
    if (inside === 0) return sum;
    return sum + (typeof statement.to === "number" ? statement.to : Number.POSITIVE_INFINITY) * inside;
  }, 0);
}
type Straight = Exclude<Stmt, { readonly do: "for" }>;

/** Loops from 0 with known bounds, scalar values, and addresses that do not depend on data. */
function isStraightenable(body: readonly Stmt[]): boolean {
  const affine = (value: Value): boolean => {
    if (value.op === "scalar" || v.isVector(value.fmt)) return false;
    if (value.op === "load") return value.index.row === undefined;
    return operandsOf(value).every(affine);
  };
  return body.every((statement) => {
    if (statement.do === "for")
      return typeof statement.to === "number" && statement.from === undefined && isStraightenable(statement.body);
    if (statement.do === "store" && statement.index.row !== undefined) return false;
    return affine(statement.value);
  });
}
