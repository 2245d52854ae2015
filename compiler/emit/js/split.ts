// Long straight lines in pieces: engines do not optimise very long functions, and minifiers take quadratic time over them.
// In: a kernel without loops and registers. Out: kernels in order; a `let` used in a later piece passes through the buffer
// `scratch`, which holds doubles, so every value (a mask as 0 or 1) comes back as it was.
import type { Kernel, Stmt, Value } from "../../program/program.ts";
import { mapOperands, mapStmt, rootsOf, shared, visit } from "../../program/walk.ts";

/** The buffer that carries values from piece to piece. */
export const scratch = "scratch";
/** One kernel as several that run one after the other. */
export interface Pieces {
  readonly kernels: readonly Kernel[];
  /** Elements of `scratch`. */
  readonly crossing: number;
}

/** `budget`: most value nodes of a piece (one statement may have more). */
export function split(kernel: Kernel, budget: number): Pieces {
  const pieces: Stmt[][] = [[]];
  let size = 0;
  for (const statement of kernel.body) {
    if (statement.do === "for" || statement.do === "set") return { kernels: [kernel], crossing: 0 };
    const cost = sizeOf(statement);
    // Greedy: a piece ends where the next statement would not fit.
    if (size > 0 && size + cost > budget) {
      pieces.push([]);
      size = 0;
    }
    pieces[pieces.length - 1].push(statement);
    size += cost;
  }
  if (pieces.length === 1) return { kernels: [kernel], crossing: 0 };
  const definedIn = new Map(pieces.flatMap((piece, p) => piece.flatMap((s) => (s.do === "let" ? [[s.name, p] as const] : []))));
  const slots = new Map<string, number>();
  const kernels = pieces.map((piece, p): Kernel => {
    const body = piece.map((statement) =>
      fetch(statement, (let_) => {
        if (definedIn.get(let_) === p) return undefined;
        const slot = slots.get(let_) ?? slots.size;
        slots.set(let_, slot);
        return slot;
      }),
    );
    return { ...kernel, name: `${kernel.name}_${p + 1}`, body };
  });
  return {
    kernels: kernels.map((piece) => ({ ...piece, body: piece.body.flatMap((statement) => keep(statement, slots)) })),
    crossing: slots.size,
  };
}

/** A `let` of an earlier piece is read from its slot. */
function fetch(statement: Stmt, slotOf: (name: string) => number | undefined): Stmt {
  const replace = shared<Value>((value, visit) => {
    const slot = value.op === "use" ? slotOf(value.name) : undefined;
    return slot === undefined
      ? mapOperands(value, visit)
      : { op: "load", buffer: scratch, index: { base: slot, terms: [] }, fmt: value.fmt };
  });
  return mapStmt(statement, replace);
}

/** A `let` that a later piece reads is stored where it is made. */
function keep(statement: Stmt, slots: ReadonlyMap<string, number>): readonly Stmt[] {
  const slot = statement.do === "let" ? slots.get(statement.name) : undefined;
  if (statement.do !== "let" || slot === undefined) return [statement];
  const value: Value = { op: "use", name: statement.name, fmt: statement.value.fmt };
  return [statement, { do: "store", buffer: scratch, index: { base: slot, terms: [] }, value }];
}

function sizeOf(statement: Stmt): number {
  let count = 1;
  visit(rootsOf(statement), () => count++);
  return count;
}
