// Addresses as pointers: accesses whose index has the same terms share one i32 local, bumped where its loop turns; what they
// differ in stands in the instruction's offset. In: the loops as they open and close. Out: a pointer on the stack and an
// offset. Guarantee: pointer and offset are never negative, so that their sum, which the engine takes unsigned, is the address.
//
//   buffer[base + Σ stride·loop + row·stride]   =   load(pointer, offset)          both in bytes
//   pointer = (base +) start + Σ 4·stride·loop (+ 4·stride·row)     offset = 4·(start of the buffer + base) − start
//   base    = where the buffer of a formal starts: a parameter of the function, and the start of the buffer is 0
//   start   = what terms with a negative stride take away at most, so that the pointer never falls below 0
//
// y[8·i + 0], y[8·i + 1], … differ in their offset alone: one local serves them all.
import { internal } from "../../diagnostics/error.ts";
import type { Index, Stmt } from "../../program/program.ts";
import { type Access, accessesOf } from "../../program/walk.ts";
import type { FunctionBody } from "./assembler.ts";
import type { Locals } from "./locals.ts";

/** Loop → its greatest value. */
export type Lasts = ReadonlyMap<string, number>;

/** Where a buffer's element 0 is: `start` elements after the byte address in the local `base`, or after 0. */
export interface Place {
  readonly start: number;
  readonly base?: number;
}

/** An address in bytes: offset + base + start + Σ stride·loop + row. */
interface Path {
  readonly offset: number;
  /** Where the pointer starts: at what falling terms take away at most. */
  readonly start: number;
  readonly base?: number | undefined;
  readonly strides: ReadonlyMap<string, number>;
  readonly row?: NonNullable<Index["row"]>;
}

/** A pointer that a loop moves. */
export interface Moved {
  readonly key: string;
  readonly local: number;
  readonly step: number;
}

/** The pointers of one function: `enter`, `bump` and `leave` follow its loops. */
export class Pointers {
  readonly #body: FunctionBody;
  readonly #locals: Locals;
  readonly #lastOf: (loop: Stmt & { do: "for" }) => number;
  readonly #placeOf: (buffer: string) => Place;
  /** Open loops, outermost first. */
  #loops: Lasts = new Map();
  readonly #pointers = new Map<string, number>();
  /** Rows that a let names, in bytes. */
  readonly #rows = new Map<string, number>();

  constructor(
    body: FunctionBody,
    locals: Locals,
    lastOf: (loop: Stmt & { do: "for" }) => number,
    placeOf: (buffer: string) => Place,
  ) {
    this.#body = body;
    this.#locals = locals;
    this.#lastOf = lastOf;
    this.#placeOf = placeOf;
  }

  /** Starts the pointers that `loop` moves; `first` pushes its first value where that is not 0. */
  enter(loop: Stmt & { do: "for" }, first: number | (() => void)): readonly Moved[] {
    const outer = this.#loops;
    const inner = new Map(outer).set(loop.loop, this.#lastOf(loop));
    const moved = new Map<string, Moved>();
    for (const path of this.#paths(loop.body, inner)) {
      const step = path.strides.get(loop.loop);
      if (step === undefined) continue;
      const key = this.#key(path, inner);
      if (moved.has(key)) continue;
      this.#sum(path, outer, typeof first === "number" ? first * step : 0);
      if (typeof first !== "number") {
        first();
        this.#body.i32_const(step).op("i32.mul").op("i32.add");
      }
      const local = this.#locals.take("i32");
      this.#body.local_set(local);
      moved.set(key, { key, local, step });
    }
    this.#loops = inner;
    for (const { key, local } of moved.values()) this.#pointers.set(key, local);
    return [...moved.values()];
  }

  /** At the end of a turn. */
  bump(moved: readonly Moved[]): void {
    for (const { local, step } of moved) this.#body.local_get(local).i32_const(step).op("i32.add").local_set(local);
  }

  /** When the loop is done: its pointers' locals are free again. */
  leave(loop: string, moved: readonly Moved[]): void {
    this.#loops = new Map([...this.#loops].filter(([name]) => name !== loop));
    for (const { key, local } of moved) {
      this.#pointers.delete(key);
      this.#locals.give(local);
    }
  }

  /** Computes the rows that accesses in `rest` take from the let `name`, which is in `local`. Gives what `forget` wants. */
  name(name: string, local: number, rest: readonly Stmt[]): readonly string[] {
    const added: string[] = [];
    for (const { row } of this.#paths(rest, this.#loops)) {
      if (row === undefined || row.index.op !== "use" || row.index.name !== name) continue;
      const key = rowKey(row);
      if (this.#rows.has(key)) continue;
      this.#body.local_get(local);
      this.#clamp(row);
      const to = this.#locals.take("i32");
      this.#body.local_set(to);
      this.#rows.set(key, to);
      added.push(key);
    }
    return added;
  }
  /** The rows that `name` gave: their let is out of scope. */
  forget(keys: readonly string[]): void {
    for (const key of keys) {
      const local = this.#rows.get(key);
      if (local !== undefined) this.#locals.give(local);
      this.#rows.delete(key);
    }
  }

  /** Pushes the pointer of an access; `value` pushes its row index. Gives the offset. */
  push(access: Access, value: () => void): number {
    const path = this.#path(access, this.#loops);
    if (path.row === undefined || this.#rows.has(rowKey(path.row))) {
      this.#sum(path, this.#loops, 0);
    } else {
      const { row, ...affine } = path;
      value();
      this.#clamp(row);
      if (affine.strides.size > 0 || affine.base !== undefined) {
        this.#sum(affine, this.#loops, 0);
        this.#body.op("i32.add");
      }
    }
    return path.offset;
  }

  /** Pushes the sum of the terms of open loops, the row where it is known, the start, and `more`. */
  #sum(path: Path, open: Lasts, more: number): void {
    const { row, ...affine } = path;
    const bare = [...path.strides.keys()].every((loop) => !open.has(loop));
    const pointer = this.#pointers.get(this.#key(path, open));
    const known = row === undefined ? undefined : this.#rows.get(rowKey(row));
    if (pointer !== undefined) {
      this.#body.local_get(pointer);
      if (more !== 0) this.#body.i32_const(more).op("i32.add");
    } else if (known !== undefined) {
      this.#body.local_get(known);
      if (bare && path.start + more !== 0) this.#body.i32_const(path.start + more).op("i32.add");
      if (bare && path.base !== undefined) this.#body.local_get(path.base).op("i32.add");
      if (bare) return;
      this.#sum(affine, open, more);
      this.#body.op("i32.add");
    } else {
      if (!bare) internal(`no pointer for ${this.#key(path, open)}`);
      if (path.base === undefined) this.#body.i32_const(path.start + more);
      else this.#body.local_get(path.base);
      if (path.base !== undefined && path.start + more !== 0) this.#body.i32_const(path.start + more).op("i32.add");
    }
  }

  #key({ start, base, strides, row }: Path, open: Lasts): string {
    const terms = [...open.keys()].filter((loop) => strides.has(loop)).map((loop) => `${loop}*${strides.get(loop)}`);
    const at = row !== undefined && this.#rows.has(rowKey(row)) ? [rowKey(row)] : [];
    return JSON.stringify([start, base, ...terms, ...at]);
  }

  *#paths(body: readonly Stmt[], loops: Lasts): Generator<Path> {
    for (const statement of body) {
      for (const access of accessesOf(statement)) yield this.#path(access, loops);
      if (statement.do === "for") yield* this.#paths(statement.body, new Map(loops).set(statement.loop, this.#lastOf(statement)));
    }
  }

  /** The f32 on the stack as a row in bytes: floor, clamped, NaN is 0; counted from the end where rows fall. */
  #clamp({ limit, stride }: NonNullable<Index["row"]>): void {
    const whole = this.#locals.take("i32");
    const last = limit - 1;
    this.#body.op("i32.trunc_sat_f32_u").local_tee(whole).i32_const(last);
    this.#body.local_get(whole).i32_const(last).op("i32.lt_u").op("select");
    if (stride < 0) this.#body.local_set(whole).i32_const(last).local_get(whole).op("i32.sub");
    this.#locals.give(whole);
    this.#body.i32_const(4 * Math.abs(stride)).op("i32.mul");
  }

  /** An access in bytes, with everything that may fall turned so that it rises. */
  #path({ buffer, index: { base, terms, row } }: Access, loops: Lasts): Path {
    const strides = new Map<string, number>();
    for (const [loop, stride] of terms) strides.set(loop, (strides.get(loop) ?? 0) + 4 * stride);
    let start = 0;
    for (const [loop, stride] of strides) {
      const last = loops.get(loop) ?? internal(`loop ${loop} is not open`);
      if (stride === 0) strides.delete(loop);
      else if (stride < 0) start -= stride * Math.max(last, 0);
    }
    const moves = row !== undefined && row.limit > 1 && row.stride !== 0;
    // Falling rows are counted from the last one.
    const least = moves && row.stride < 0 ? base + row.stride * (row.limit - 1) : base;
    const place = this.#placeOf(buffer);
    const offset = 4 * (place.start + least) - start;
    // A loop that starts late may have its buffer's element 0 before address 0.
    if (offset < 0) start += offset;
    return { offset: Math.max(offset, 0), start, base: place.base, strides, ...(moves ? { row } : {}) };
  }
}

const rowKey = ({ index, limit, stride }: NonNullable<Index["row"]>): string =>
  index.op === "use" ? JSON.stringify([index.name, limit, stride]) : "";
