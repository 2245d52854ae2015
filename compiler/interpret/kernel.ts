// One kernel of a Program as closures, compiled once and run often. In: a Kernel and the address space. Out: a step that
// reads and writes it by the letter of compiler/program/program.ts. Guarantee: no reading before writing (where tracked), no
// address outside its own buffer, no integer from a number that is none; each is an error naming kernel, buffer and index.
import { internal } from "../diagnostics/error.ts";
import type { Buffer, Extent, Index, Kernel, Stmt, Value } from "../program/program.ts";
import { binary, type Eval, laneOf, madd, select, unary } from "./arithmetic.ts";
import { sharedIn } from "./shared.ts";

/** A piece of a kernel, ready to run. */
export type Step = () => void;

/** What all kernels of a machine share; `written` is absent when reads are not tracked. */
export interface Space {
  readonly memory: Float32Array;
  readonly written: Uint8Array | undefined;
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly scalars: ReadonlyMap<string, number>;
}

/** A value while it is compiled: one closure, or one for each of four lanes. */
type Lanes = readonly Eval[];
/** Name → cells of the frame, one for each lane; inner bodies see outer names, not the other way round. */
type Scope = Map<string, readonly number[]>;

/** The kernel as one closure. */
export const kernelStep = (kernel: Kernel, space: Space): Step => new KernelCompiler(kernel, space).body(kernel.body, new Map());

/** Turns one kernel into closures over a frame with one cell per loop and per lane of a let or register. */
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

  /** New cells for `count` lanes. */
  #cells(count: number): readonly number[] {
    return Array.from({ length: count }, () => this.#frame.push(Number.NaN) - 1);
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
        const cells = this.#cells(1);
        const [cell] = cells;
        const body = this.body(stmt.body, new Map(scope).set(`loop ${stmt.loop}`, cells));
        const { size = 0, blocks = 0 } = stmt.from ?? {};
        const [start, end] = [this.#extent(blocks), this.#extent(stmt.to)];
        return [
          () => {
            const to = end();
            for (let i = start() * size; i < to; i++) {
              frame[cell] = i;
              body();
            }
          },
        ];
      }
      case "let": {
        const { first, value } = this.#value(stmt.value, scope);
        const cells = this.#cells(value.length);
        scope.set(`use ${stmt.name}`, cells);
        return [...first, assign(frame, cells, value)];
      }
      case "set": {
        const { first, value } = this.#value(stmt.value, scope);
        const key = `reg ${stmt.reg}`;
        const cells = scope.get(key) ?? this.#cells(value.length);
        scope.set(key, cells);
        return [...first, assign(frame, cells, value)];
      }
      case "store": {
        const memo: Memo = new Map();
        const first: Step[] = [];
        const shared = sharedIn([stmt.value, ...(stmt.index.row === undefined ? [] : [stmt.index.row.index])]);
        const value = this.#eval(stmt.value, scope, { memo, first, shared });
        const address = this.#address(stmt.buffer, stmt.index, value.length, scope, { memo, first, shared });
        return [...first, this.#store(address, value)];
      }
    }
  }

  /** All lanes are computed before the first is written. */
  #store(address: Eval, value: Lanes): Step {
    const { memory, written } = this.#space;
    const [one, ...more] = value;
    if (more.length === 0) {
      return () => {
        const at = address();
        memory[at] = one();
        if (written !== undefined) written[at] = 1;
      };
    }
    return () => {
      const at = address();
      memory.set(numbers(value), at);
      written?.fill(1, at, at + value.length);
    };
  }

  #extent(extent: Extent): Eval {
    if (typeof extent === "number") return () => extent;
    const { scalar, per, round } = extent;
    const whole = round === "down" ? Math.floor : Math.ceil;
    return () => whole(this.#scalar(scalar) / per);
  }

  #scalar(name: string): number {
    return this.#space.scalars.get(name) ?? this.#bug(`scalar ${JSON.stringify(name)} was not given`);
  }

  #value(value: Value, scope: Scope): { first: Step[]; value: Lanes } {
    const first: Step[] = [];
    return { value: this.#eval(value, scope, { memo: new Map(), first, shared: sharedIn([value]) }), first };
  }

  /** A shared node is computed once: before the statement, in operand order. */
  #eval(value: Value, scope: Scope, site: Evaluation): Lanes {
    if (!site.shared.has(value)) return this.#node(value, scope, site);
    const known = site.memo.get(value) ?? this.#once(this.#node(value, scope, site), site);
    site.memo.set(value, known);
    return known;
  }

  /** Computed before the statement, read as often as one likes. */
  #once(lanes: Lanes, { first }: Evaluation): Lanes {
    const cells = this.#cells(lanes.length);
    first.push(assign(this.#frame, cells, lanes));
    return this.#read(cells);
  }

  #read(cells: readonly number[]): Lanes {
    const frame = this.#frame;
    return cells.map((cell) => () => frame[cell]);
  }

  #scalarEval(value: Value, scope: Scope, site: Evaluation): Eval {
    const [one, ...more] = this.#eval(value, scope, site);
    return more.length === 0 ? one : this.#bug(`${value.op} gives ${value.fmt} where one number is needed`);
  }

  #node(value: Value, scope: Scope, site: Evaluation): Lanes {
    const fmt = laneOf(value.fmt);
    const count = fmt === value.fmt ? 1 : 4;
    const f32 = fmt === "f32";
    /** The operands of an op that takes lane to lane. */
    const lanewise = <T extends readonly Value[]>(...operands: T): { [k in keyof T]: Lanes } => {
      const lanes = operands.map((operand) => this.#eval(operand, scope, site));
      const other = lanes.findIndex(({ length }) => length !== count);
      if (other >= 0) this.#bug(`${value.op} gives ${value.fmt}, an operand is ${operands[other].fmt}`);
      return lanes as { [k in keyof T]: Lanes };
    };
    switch (value.op) {
      case "const": {
        const number = value.value;
        return new Array<Eval>(count).fill(() => number);
      }
      case "scalar":
        return [() => this.#scalar(value.name)];
      case "loop":
      case "use":
      case "reg":
        return this.#read(
          scope.get(`${value.op} ${value.name}`) ?? this.#bug(`${value.op} ${JSON.stringify(value.name)} is not in scope`),
        );
      case "acc":
        return this.#bug("acc stands in a nest only");
      case "load":
        return this.#load(value.buffer, this.#address(value.buffer, value.index, count, scope, site), count, site);
      case "lanes":
        return value.items.map((item) => this.#scalarEval(item, scope, site));
      case "splat": {
        const [one] = this.#once([this.#scalarEval(value.a, scope, site)], site);
        return [one, one, one, one];
      }
      case "across": {
        const [l0, l1, l2, l3] = this.#eval(value.a, scope, site);
        if (l3 === undefined) this.#bug(`across takes a vector, found ${value.a.fmt}`);
        const both = (a: Eval, b: Eval): Eval => binary[value.how](a, b, f32);
        return [both(both(l0, l2), both(l1, l3))];
      }
      case "extract":
        return [this.#eval(value.a, scope, site)[value.lane] ?? this.#bug(`extract takes a vector, found ${value.a.fmt}`)];
      case "madd": {
        const [a, b, c] = lanewise(value.a, value.b, value.c);
        return a.map((of, i) => madd(of, b[i], c[i], f32));
      }
      case "select": {
        const [mask, a, b] = lanewise(value.mask, value.a, value.b);
        return mask.map((of, i) => select(of, a[i], b[i]));
      }
      case "neg":
      case "abs":
      case "sqrt":
      case "floor":
      case "not":
      case "convert":
      case "pow2":
      case "exponent": {
        const of = unary[value.op];
        return lanewise(value.a)[0].map((lane) => of(lane, fmt, laneOf(value.a.fmt), (message) => this.#bug(message)));
      }
      default: {
        const [a, b] = lanewise(value.a, value.b);
        const of = binary[value.op];
        return a.map((lane, i) => of(lane, b[i], f32));
      }
    }
  }

  #load(buffer: string, address: Eval, count: number, site: Evaluation): Lanes {
    const { memory, written } = this.#space;
    const { name, at: start } = this.#buffer(buffer);
    const read = (at: number): number => {
      if (written?.[at] === 0) this.#bug(`reads ${JSON.stringify(name)}[${at - start}], which was never written`);
      return memory[at];
    };
    if (count === 1) return written === undefined ? [() => memory[address()]] : [() => read(address())];
    const [from] = this.#once([address], site);
    return [0, 1, 2, 3].map((lane) => () => read(from() + lane));
  }

  #buffer(name: string): Buffer {
    return this.#space.buffers.get(name) ?? this.#bug(`there is no buffer ${JSON.stringify(name)}`);
  }

  /** Where `count` elements start in the address space; every address is checked against its own buffer. */
  #address(buffer: string, { base, terms, row }: Index, count: number, scope: Scope, site: Evaluation): Eval {
    const frame = this.#frame;
    const { name, at, length } = this.#buffer(buffer);
    const cells = terms.map(
      ([loop]) => (scope.get(`loop ${loop}`) ?? this.#bug(`loop ${JSON.stringify(loop)} is not in scope`))[0],
    );
    const strides = terms.map(([, stride]) => stride);
    const affine: Eval = () => {
      let index = base;
      for (let i = 0; i < cells.length; i++) index += frame[cells[i]] * strides[i];
      return index;
    };
    const checked = (index: number): number => {
      const last = index + count - 1;
      if (!(index >= 0 && last < length))
        this.#bug(`index ${index < 0 ? index : last} of ${JSON.stringify(name)} is not in 0..${length - 1}`);
      return at + index;
    };
    if (row === undefined) return () => checked(affine());
    const { limit, stride } = row;
    const wanted = this.#scalarEval(row.index, scope, site);
    return () => {
      // The law of a row: clamp(floor(index), 0, limit − 1).
      const floored = Math.floor(wanted());
      const clamped = floored > 0 ? Math.min(floored, limit - 1) : 0; // NaN is 0
      return checked(affine() + clamped * stride);
    };
  }
}

/** While one statement is compiled: which nodes are shared, the cells they got, the steps that fill them. */
interface Evaluation {
  readonly shared: ReadonlySet<Value>;
  readonly memo: Memo;
  readonly first: Step[];
}
type Memo = Map<Value, Lanes>;

const numbers = (lanes: Lanes): number[] => lanes.map((lane) => lane());

/** All lanes are computed before the first cell changes: a register may be read by its own new value. */
function assign(frame: number[], cells: readonly number[], lanes: Lanes): Step {
  const [cell] = cells;
  const [one, ...more] = lanes;
  if (more.length === 0) {
    return () => {
      frame[cell] = one();
    };
  }
  return () => {
    for (const [i, number] of numbers(lanes).entries()) frame[cells[i]] = number;
  };
}
