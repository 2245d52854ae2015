// Loads that loops do not change, in front of the loops. In: statements and the buffers whose elements are to be held. Out: the same
// statements, every such load a `let` before them. Guarantee: the same numbers; no buffer that is held is written inside, which
// verify.ts sees to, and what an address depends on stands outside.
import type { Nest } from "../program/nest/nest.ts";
import type { Stmt, Value } from "../program/program.ts";
import { mapOperands, mapStmt, shared, statementsIn, visit } from "../program/walk.ts";
import { strideOf } from "./facts.ts";
import type { Namer } from "./namer.ts";

/** The buffers of a sum's loads that none of these dims moves. */
export function buffersHeld({ fold }: Nest, inner: readonly string[]): ReadonlySet<string> {
  const buffers = new Set<string>();
  visit(fold?.term ?? [], (value) => {
    if (value.op === "load" && value.index.row === undefined && inner.every((dim) => strideOf(value.index, dim) === 0))
      buffers.add(value.buffer);
  });
  return buffers;
}

/** `body` with its loads from `buffers` held, where no loop inside moves them. */
export function held(body: readonly Stmt[], buffers: ReadonlySet<string>, fresh: Namer): readonly Stmt[] {
  const loops = new Set([...statementsIn(body)].flatMap((statement) => (statement.do === "for" ? [statement.loop] : [])));
  const found = new Map<string, Stmt & { do: "let" }>();
  // A `let` of the body that is nothing but a held value, and the value that stands for it.
  const renamed = new Map<string, Value>();
  const keyOf = shared<string | undefined>((value, keyed) => {
    if (value.op === "load") {
      const { base, terms, row } = value.index;
      const stays = row === undefined && buffers.has(value.buffer) && terms.every(([name]) => !loops.has(name));
      return stays
        ? `${value.fmt} ${value.buffer}@${base}:${terms.map(([name, stride]) => `${name}*${stride}`).join()}`
        : undefined;
    }
    // A load in the format or the vector that is wanted of it.
    if (value.op !== "convert" && value.op !== "splat") return undefined;
    const of = keyed(value.a);
    return of && `${value.op} ${value.fmt} ${of}`;
  });
  const replaced = shared<Value>((value, inner) => {
    if (value.op === "use") return renamed.get(value.name) ?? value;
    const key = keyOf(value);
    if (key === undefined) return mapOperands(value, inner);
    const { name } = found.get(key) ?? { name: fresh("w") };
    if (!found.has(key)) found.set(key, { do: "let", name, value });
    return { op: "use", name, fmt: value.fmt };
  });
  const rest = (statements: readonly Stmt[]): readonly Stmt[] =>
    statements.flatMap((statement): readonly Stmt[] => {
      if (statement.do === "for") return [{ ...statement, body: rest(statement.body) }];
      const made = mapStmt(statement, replaced);
      if (made.do !== "let" || made.value.op !== "use") return [made];
      renamed.set(made.name, made.value);
      return [];
    });
  const inside = rest(body);
  return [...found.values(), ...inside];
}
