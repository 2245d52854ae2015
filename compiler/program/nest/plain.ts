// A nest as the loops a textbook would write: one accumulator, the dims in their order, nothing tiled. In: trees of nests.
// Out: statements of the same meaning, to the bit. It is what the verifier checks a nest by, and what every schedule is judged
// against: a schedule that says nothing of partial sums has these very bits.
import type { Kernel, Program, Stmt, Value } from "../program.ts";
import * as v from "../value.ts";
import { mapOperands, shared } from "../walk.ts";
import { isLoop, type Nest, type NestKernel, storesOf, type Tree } from "./nest.ts";

/** The Program with every nest written out plainly. */
export const plainProgram = (program: Program<NestKernel>): Program => ({
  ...program,
  kernels: program.kernels.map(({ parts, ...head }): Kernel => {
    const taken = new Set([...program.scalars.map((scalar) => scalar.name), ...parts.flatMap(namesIn)]);
    let sums = 0;
    const fresh = (): string => {
      const acc = `acc${sums++}`;
      return taken.has(acc) ? fresh() : acc;
    };
    return { ...head, body: parts.flatMap((part) => plainTree(part, fresh)) };
  }),
});

/** Loops and dims: all of them become loops. */
const namesIn = (tree: Tree): readonly string[] =>
  isLoop(tree) ? [tree.loop, ...tree.parts.flatMap(namesIn)] : [...tree.map, ...tree.reduce].map(([dim]) => dim);

function plainTree(tree: Tree, fresh: () => string): readonly Stmt[] {
  if (!isLoop(tree)) return plain(tree, fresh());
  return [{ do: "for", loop: tree.loop, to: tree.to, body: tree.parts.flatMap((part) => plainTree(part, fresh)) }];
}

/** The loops of one nest; `acc` names its register. Dims become the loops. */
export function plain(nest: Nest, acc: string): readonly Stmt[] {
  const { fold } = nest;
  const sum: Value | undefined = fold === undefined ? undefined : { op: "reg", name: acc, fmt: fold.init.fmt };
  const finished = shared<Value>((node, visit) => (node.op === "acc" && sum !== undefined ? sum : mapOperands(node, visit)));
  const body: Stmt[] = storing(nest, finished, acc);
  if (fold !== undefined && sum !== undefined) {
    const [first] = fold.term;
    const next =
      fold.how === "madd" ? v.madd(first, fold.term[1], sum) : { add: v.add, max: v.max, min: v.min }[fold.how](sum, first);
    body.unshift({ do: "set", reg: acc, value: fold.init }, ...around(nest.reduce, [{ do: "set", reg: acc, value: next }]));
  }
  return around(nest.map, body);
}

/** The stores of a point; where there are several, all values come first. */
function storing(nest: Nest, finished: (value: Value) => Value, name: string): Stmt[] {
  const stores = storesOf(nest);
  const values = stores.map(({ finish }) => finished(finish));
  const named: Stmt[] = stores.length === 1 ? [] : values.map((value, i) => ({ do: "let", name: `${name}.${i}`, value }));
  const to = stores.map(({ out: { buffer, index } }, i): Stmt => {
    const { fmt } = values[i];
    const value: Value = named.length === 0 ? values[i] : { op: "use", name: `${name}.${i}`, fmt };
    return {
      do: "store",
      buffer,
      index,
      value: nest.into === "add" ? v.add(v.convert(v.load(buffer, index), fmt), value) : value,
    };
  });
  return [...named, ...to];
}

const around = (dims: Nest["map"], body: readonly Stmt[]): readonly Stmt[] =>
  dims.reduceRight<readonly Stmt[]>((inner, [loop, to]) => [{ do: "for", loop, to, body: inner }], body);
