// A nest as the loops a textbook would write: one accumulator, the dims in their order, nothing tiled. In: trees of nests.
// Out: statements of the same meaning, to the bit. It is what the verifier checks a nest by, and what every schedule is judged
// against: every schedule has these very bits.
import type { Kernel, Program, Stmt, Value } from "../program.ts";
import * as v from "../value.ts";
import { mapOperands, shared } from "../walk.ts";
import { halved, identities, joins, withTerm } from "./fold.ts";
import { type Fold, isLoop, type Nest, type NestKernel, storesOf, type Tree } from "./nest.ts";
import { substitute } from "./substitute.ts";
import type { Coord } from "./view.ts";

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
  const sum: Register | undefined = fold === undefined ? undefined : { op: "reg", name: acc, fmt: fold.init.fmt };
  const finished = shared<Value>((node, visit) => (node.op === "acc" && sum !== undefined ? sum : mapOperands(node, visit)));
  const body: Stmt[] = storing(nest, finished, acc);
  if (fold !== undefined && sum !== undefined)
    body.unshift({ do: "set", reg: acc, value: fold.init }, ...folding(nest, fold, sum));
  return around(nest.map, body);
}

type Register = Value & { readonly op: "reg" };

/** Every term into the register, in the order of the nest. */
function folding({ reduce }: Nest, fold: Fold, sum: Register): readonly Stmt[] {
  const into = (reg: Register, at: (value: Value) => Value = (value) => value): Stmt => ({
    do: "set",
    reg: reg.name,
    value: withTerm(fold, reg, at),
  });
  const { partial, how } = fold;
  const [last, count] = reduce.at(-1) ?? [];
  if (partial === undefined || last === undefined || typeof count !== "number") return around(reduce, [into(sum)]);
  const whole = Math.floor(count / partial);
  const sums = Array.from({ length: partial }, (_, i): Register => ({ ...sum, name: `${sum.name}.sum${i}` }));
  const at = (base: number, terms: Coord["terms"]) => (value: Value) => substitute(value, new Map([[last, { base, terms }]]));
  const parts: readonly Stmt[] = [
    ...sums.map(({ name }): Stmt => ({ do: "set", reg: name, value: v.lit(identities[how], sum.fmt) })),
    { do: "for", loop: last, to: whole, body: sums.map((one, i) => into(one, at(i, [[last, partial]]))) },
    { do: "set", reg: sum.name, value: joins[how](sum, halved(how, sums)) },
  ];
  const rest = Array.from({ length: count - whole * partial }, (_, i) => into(sum, at(whole * partial + i, [])));
  return around(reduce.slice(0, -1), [...(whole === 0 ? [] : parts), ...rest]);
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
