// Two lanes stored side by side are one store. In: bodies. Out: the stores that begin such a pair, and those that end one.
// Guarantee: nothing stands between the two, both are lanes of one vector, in its order, and the second lies right behind the first.
import type { Index, Stmt } from "../../program/program.ts";
import { isSame } from "./constants.ts";

export interface Pairs {
  readonly firsts: ReadonlySet<Stmt>;
  readonly seconds: ReadonlySet<Stmt>;
}

/** The pairs in bodies and in their loops. */
export function pairsIn(bodies: readonly (readonly Stmt[])[]): Pairs {
  const [firsts, seconds] = [new Set<Stmt>(), new Set<Stmt>()];
  const visit = (body: readonly Stmt[]): void => {
    body.forEach((statement, i) => {
      if (statement.do === "for") visit(statement.body);
      const before = body[i - 1];
      if (before === undefined || seconds.has(before) || !isPair(before, statement)) return;
      firsts.add(before);
      seconds.add(statement);
    });
  };
  bodies.forEach(visit);
  return { firsts, seconds };
}

function isPair(a: Stmt, b: Stmt): boolean {
  if (a.do !== "store" || b.do !== "store" || a.value.op !== "extract" || b.value.op !== "extract") return false;
  const isHalf = a.value.lane % 2 === 0 && b.value.lane === a.value.lane + 1 && isSame(a.value.a, b.value.a);
  return isHalf && a.buffer === b.buffer && isNext(a.index, b.index);
}

const isNext = (a: Index, b: Index): boolean =>
  a.row === undefined && b.row === undefined && b.base === a.base + 1 && termsOf(a) === termsOf(b);
const termsOf = ({ terms }: Index): string => terms.map(([name, stride]) => `${stride}*${name}`).join();
