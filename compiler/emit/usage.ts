// What an emitter must know before it prints a kernel: how often and where each `let` is used, what it reads, which nodes
// a statement shares, and the addresses under a loop. In: a Kernel. Out: tables by statement; nothing is changed.
import type { Fmt, Kernel, Stmt, Value } from "../program/program.ts";
import { operandsOf, rootsOf, statementsIn, valuesOf, visit } from "../program/walk.ts";

/** How one `let` is used. */
export interface LetUse {
  count: number;
  /** Some use stands in a loop that the let does not: moving it there would repeat it. */
  insideLoop: boolean;
  /** Through the lets it uses as well, since those may be printed inside it. */
  readonly reads: { memory: boolean; readonly registers: Set<string> };
}
/** Per `let` statement of a kernel. */
export interface Usage {
  readonly lets: ReadonlyMap<Stmt, LetUse>;
}

/** Nodes with operands that the roots reach on more than one way. */
export function sharedIn(roots: readonly Value[]): ReadonlySet<Value> {
  const seen = new Set<Value>();
  const shared = new Set<Value>();
  visit(roots, (value) => {
    if (operandsOf(value).length === 0) return;
    // `visit` calls once for each way to a node, and walks below it the first time.
    if (seen.has(value)) shared.add(value);
    seen.add(value);
  });
  return shared;
}

/** Counts uses in one walk. A name means the nearest `let` around it, as in the kernel. */
export function usageOf(kernel: Kernel): Usage {
  const lets = new Map<Stmt, LetUse>();
  const scopes: { readonly uses: Map<string, LetUse>; readonly depth: number }[] = [];
  const find = (letName: string) => scopes.findLast(({ uses }) => uses.has(letName));
  const walk = (body: readonly Stmt[]): void => {
    const uses = new Map<string, LetUse>();
    scopes.push({ uses, depth: scopes.length });
    for (const statement of body) {
      if (statement.do === "for") {
        walk(statement.body);
        continue;
      }
      const reads = { memory: false, registers: new Set<string>() };
      visit(rootsOf(statement), (value) => {
        if (value.op === "load") reads.memory = true;
        if (value.op === "reg") reads.registers.add(value.name);
        if (value.op !== "use") return;
        const scope = find(value.name);
        const use = scope?.uses.get(value.name);
        if (scope === undefined || use === undefined) return;
        use.count++;
        // The scope of the let is not the innermost one, so a loop lies between them.
        use.insideLoop ||= scope.depth < scopes.length - 1;
        reads.memory ||= use.reads.memory;
        for (const register of use.reads.registers) reads.registers.add(register);
      });
      if (statement.do !== "let") continue;
      const use: LetUse = { count: 0, insideLoop: false, reads };
      uses.set(statement.name, use);
      lets.set(statement, use);
    }
    scopes.pop();
  };
  walk(kernel.body);
  return { lets };
}

/** Scalars a kernel reads, as values or as loop bounds, sorted. */
export function scalarsOf(kernel: Kernel): readonly string[] {
  const names = new Set<string>();
  for (const statement of statementsIn(kernel.body)) {
    if (statement.do !== "for") continue;
    for (const extent of [statement.to, statement.from?.blocks ?? 0]) if (typeof extent !== "number") names.add(extent.scalar);
  }
  valuesOf(kernel, (value) => {
    if (value.op === "scalar") names.add(value.name);
  });
  return [...names].sort();
}

/** The formats a kernel computes in. */
export function formatsOf(kernel: Kernel): ReadonlySet<Fmt> {
  const formats = new Set<Fmt>();
  valuesOf(kernel, (value) => {
    if (value.op !== "load" && value.op !== "const") formats.add(value.fmt);
  });
  return formats;
}

/** What a reader takes in at a glance inside a longer expression; the rest keeps its name. */
export function isShort(value: Value): boolean {
  let operations = 0;
  visit([value], (node) => {
    if (operandsOf(node).length > 0) operations++;
  });
  return operations <= 6;
}
