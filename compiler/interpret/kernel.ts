// One kernel of a Program as closures, compiled once and run often. In: a Kernel and the address space. Out: a step that
// reads and writes it by the letter of compiler/program/ir.ts. Guarantee: no reading before writing (where tracked), no
// address outside its own buffer, no integer from a number that is none; each is an error naming kernel, buffer and index.
import { internal } from "../diagnostics/error.ts";
import type { Buffer, Extent, Index, Kernel, Stmt, Value } from "../program/ir.ts";
import { binary, type Eval, unary } from "./arithmetic.ts";

export type Step = () => void;

/** What all kernels of a machine share; `written` is absent when reads are not tracked. */
export interface Space {
  readonly memory: Float32Array;
  readonly written: Uint8Array | undefined;
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly scalars: ReadonlyMap<string, number>;
}

/** Name → cell of the frame; inner bodies see outer names, not the other way round. */
type Scope = Map<string, number>;

/** The kernel as one closure. */
export const kernelStep = (kernel: Kernel, space: Space): Step => new KernelCompiler(kernel, space).body(kernel.body, new Map());

/** Turns one kernel into closures over a frame with one cell per loop, let and register. */
class KernelCompiler {
  readonly #kernel: Kernel;
  readonly #space: Space;
  /** Grows while compiling; closures index it by cell. */
  readonly #frame: number[] = [];

  constructor(kernel: Kernel, space: Space) {
    this.#kernel = kernel;
    this.#space = space;
  }

  #bug(message: string): never {
    return internal(`kernel ${JSON.stringify(this.#kernel.name)}: ${message}`);
  }

  #cell(): number {
    this.#frame.push(Number.NaN);
    return this.#frame.length - 1;
  }

  body(stmts: readonly Stmt[], outer: Scope): Step {
    const scope: Scope = new Map(outer);
    const steps = stmts.flatMap((stmt) => this.#stmt(stmt, scope));
    if (steps.length === 1) return steps[0];
    return () => {
      for (let i = 0; i < steps.length; i++) steps[i]();
    };
  }

  #stmt(stmt: Stmt, scope: Scope): Step[] {
    const frame = this.#frame;
    switch (stmt.do) {
      case "for": {
        const cell = this.#cell();
        const body = this.body(stmt.body, new Map(scope).set(`loop ${stmt.loop}`, cell));
        const extent = this.#extent(stmt.to);
        return [
          () => {
            const to = extent();
            for (let i = 0; i < to; i++) {
              frame[cell] = i;
              body();
            }
          },
        ];
      }
      case "let": {
        const { first, value } = this.#value(stmt.value, scope);
        const cell = this.#cell();
        scope.set(`use ${stmt.name}`, cell);
        return [...first, assign(frame, cell, value)];
      }
      case "set": {
        const { first, value } = this.#value(stmt.value, scope);
        const key = `reg ${stmt.reg}`;
        const cell = scope.get(key) ?? this.#cell();
        scope.set(key, cell);
        return [...first, assign(frame, cell, value)];
      }
      case "store": {
        const { memory, written } = this.#space;
        const memo: Memo = new Map();
        const first: Step[] = [];
        const shared = sharedIn([stmt.value, ...(stmt.index.row === undefined ? [] : [stmt.index.row.index])]);
        const value = this.#eval(stmt.value, scope, { memo, first, shared });
        const address = this.#address(stmt.buffer, stmt.index, scope, { memo, first, shared });
        return [
          ...first,
          () => {
            const at = address();
            memory[at] = value();
            if (written !== undefined) written[at] = 1;
          },
        ];
      }
    }
  }

  #extent(extent: Extent): Eval {
    if (typeof extent === "number") return () => extent;
    const { scalar, per } = extent;
    return () => Math.ceil(this.#scalar(scalar) / per);
  }

  #scalar(name: string): number {
    return this.#space.scalars.get(name) ?? this.#bug(`scalar ${JSON.stringify(name)} was not given`);
  }

  #value(value: Value, scope: Scope): { first: Step[]; value: Eval } {
    const first: Step[] = [];
    return { value: this.#eval(value, scope, { memo: new Map(), first, shared: sharedIn([value]) }), first };
  }

  /** A shared node is computed once: before the statement, in operand order. */
  #eval(value: Value, scope: Scope, site: Site): Eval {
    if (!site.shared.has(value)) return this.#node(value, scope, site);
    const frame = this.#frame;
    let cell = site.memo.get(value);
    if (cell === undefined) {
      const compute = this.#node(value, scope, site);
      const to = this.#cell();
      site.first.push(assign(frame, to, compute));
      site.memo.set(value, to);
      cell = to;
    }
    const from = cell;
    return () => frame[from];
  }

  #node(value: Value, scope: Scope, site: Site): Eval {
    const frame = this.#frame;
    const f32 = value.fmt === "f32";
    switch (value.op) {
      case "const": {
        const number = value.value;
        return () => number;
      }
      case "scalar":
        return () => this.#scalar(value.name);
      case "loop":
      case "use":
      case "reg": {
        const cell =
          scope.get(`${value.op} ${value.name}`) ?? this.#bug(`${value.op} ${JSON.stringify(value.name)} is not in scope`);
        return () => frame[cell];
      }
      case "acc":
        return this.#bug("acc stands in a nest only");
      case "load": {
        const { memory, written } = this.#space;
        const address = this.#address(value.buffer, value.index, scope, site);
        if (written === undefined) return () => memory[address()];
        const start = this.#buffer(value.buffer).at;
        return () => {
          const at = address();
          if (written[at] === 0) this.#bug(`reads ${JSON.stringify(value.buffer)}[${at - start}], which was never written`);
          return memory[at];
        };
      }
      case "madd": {
        const a = this.#eval(value.a, scope, site);
        const b = this.#eval(value.b, scope, site);
        const c = this.#eval(value.c, scope, site);
        return f32 ? () => Math.fround(Math.fround(a() * b()) + c()) : () => a() * b() + c();
      }
      case "select": {
        const mask = this.#eval(value.mask, scope, site);
        const a = this.#eval(value.a, scope, site);
        const b = this.#eval(value.b, scope, site);
        // Both sides are computed, as lanes do, so that an error hides in neither.
        return () => {
          const first = a();
          const second = b();
          return mask() !== 0 ? first : second;
        };
      }
      case "neg":
      case "abs":
      case "sqrt":
      case "floor":
      case "not":
      case "convert":
      case "pow2":
      case "exponent":
        return unary[value.op](this.#eval(value.a, scope, site), value, (message) => this.#bug(message));
      default: {
        const a = this.#eval(value.a, scope, site);
        const b = this.#eval(value.b, scope, site);
        return binary[value.op](a, b, f32);
      }
    }
  }

  #buffer(name: string): Buffer {
    return this.#space.buffers.get(name) ?? this.#bug(`there is no buffer ${JSON.stringify(name)}`);
  }

  /** Where an element lies in the address space; every address is checked against its own buffer. */
  #address(buffer: string, { base, terms, row }: Index, scope: Scope, site: Site): Eval {
    const frame = this.#frame;
    const { at, length } = this.#buffer(buffer);
    const cells = terms.map(([name]) => scope.get(`loop ${name}`) ?? this.#bug(`loop ${JSON.stringify(name)} is not in scope`));
    const strides = terms.map(([, stride]) => stride);
    const affine: Eval = () => {
      let index = base;
      for (let i = 0; i < cells.length; i++) index += frame[cells[i]] * strides[i];
      return index;
    };
    const checked = (index: number): number => {
      if (!(index >= 0 && index < length)) this.#bug(`index ${index} of ${JSON.stringify(buffer)} is not in 0..${length - 1}`);
      return at + index;
    };
    if (row === undefined) return () => checked(affine());
    const { limit, stride } = row;
    const wanted = this.#eval(row.index, scope, site);
    return () => {
      const floored = Math.floor(wanted());
      const clamped = floored > 0 ? Math.min(floored, limit - 1) : 0; // NaN is 0
      return checked(affine() + clamped * stride);
    };
  }
}

/** While one statement is compiled: which nodes are shared, the cells they got, the steps that fill them. */
interface Site {
  readonly shared: ReadonlySet<Value>;
  readonly memo: Memo;
  readonly first: Step[];
}
type Memo = Map<Value, number>;

const operands = (value: Value): readonly Value[] => {
  if (value.op === "load") return value.index.row === undefined ? [] : [value.index.row.index];
  if (value.op === "select") return [value.mask, value.a, value.b];
  if (value.op === "madd") return [value.a, value.b, value.c];
  return "b" in value ? [value.a, value.b] : "a" in value ? [value.a] : [];
};

/** Nodes with more than one user; leaves are not worth a cell. */
function sharedIn(roots: readonly Value[]): Set<Value> {
  const seen = new Set<Value>();
  const shared = new Set<Value>();
  const visit = (value: Value): void => {
    const under = operands(value);
    if (seen.has(value)) {
      if (under.length > 0) shared.add(value);
      return;
    }
    seen.add(value);
    under.forEach(visit);
  };
  roots.forEach(visit);
  return shared;
}

const assign =
  (frame: number[], cell: number, value: Eval): Step =>
  () => {
    frame[cell] = value();
  };
