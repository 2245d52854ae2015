// Functions around the entries of a module without a host language: rows between arrays that the caller fills and the buffers of kernels. In: where
// arrays and buffers lie, in bytes, and which functions compute. Out: functions. Guarantee: rows are taken as emitted JavaScript takes them, by tiles
// while at least half a tile is left, then one by one; nothing outside the arrays is read or written, for any argument.
import { FunctionBody } from "./assembler.ts";

/** A caller's array beside the buffer of an entry. */
export interface Lane {
  /** Where its first row starts. */
  readonly array: number;
  readonly buffer: number;
  /** Numbers of a row. */
  readonly size: number;
}

/** A function that computes a fixed number of rows, and its arrays. */
export interface Route {
  readonly rows: number;
  readonly index: number;
  readonly inputs: readonly Lane[];
  readonly outputs: readonly Lane[];
}

/** Numbers up to which loads and stores cost less than a copy, which engines make a call of. */
const fewest = 16;

/** `predict(rows)`: computes the first rows of the arrays, at most `most`; with more of them, or less than none, it traps. */
export function predictFunction(most: number, one: Route, tile?: Route): FunctionBody {
  const body = new FunctionBody(["i32"]);
  const rows = 0;
  const row = body.local("i32");
  const count = body.local("i32");
  const at = body.local("i32");
  // Without a sign, so that −1 is too many.
  body
    .block()
    .local_get(rows)
    .i32_const(most + 1)
    .op("i32.lt_u")
    .br_if(0)
    .op("unreachable")
    .op("end");
  const left = (): FunctionBody => body.local_get(rows).local_get(row).op("i32.sub");
  /** Goes on while at least `least` rows are left. */
  const turns = (step: number, least: number, write: () => void): void => {
    left().local_set(count);
    body.block().local_get(count).i32_const(least).op("i32.lt_s").br_if(0).loop();
    write();
    body.local_get(row).i32_const(step).op("i32.add").local_set(row);
    left().local_tee(count).i32_const(least).op("i32.ge_s").br_if(0).op("end").op("end");
  };
  const rowAt = (size: number): FunctionBody =>
    body
      .local_get(row)
      .i32_const(4 * size)
      .op("i32.mul");
  if (tile !== undefined) {
    turns(tile.rows, Math.ceil(tile.rows / 2), () => {
      const bytes = (size: number): FunctionBody =>
        body
          .local_get(count)
          .i32_const(4 * size)
          .op("i32.mul");
      body
        .i32_const(tile.rows)
        .local_get(count)
        .i32_const(tile.rows)
        .local_get(count)
        .op("i32.lt_s")
        .op("select")
        .local_set(count);
      for (const { array, buffer, size } of tile.inputs) {
        body.i32_const(buffer);
        rowAt(size).i32_const(array).op("i32.add");
        bytes(size).memory_copy();
        // Missing rows are zeros.
        bytes(size)
          .i32_const(buffer)
          .op("i32.add")
          .i32_const(0)
          .i32_const(4 * size * tile.rows);
        bytes(size).op("i32.sub").memory_fill();
      }
      body.call(tile.index);
      for (const { array, buffer, size } of tile.outputs) {
        rowAt(size).i32_const(array).op("i32.add").i32_const(buffer);
        bytes(size).memory_copy();
      }
    });
  }
  turns(1, 1, () => {
    for (const { array, buffer, size } of one.inputs) {
      rowAt(size).local_set(at);
      if (size <= fewest)
        for (let i = 0; i < size; i++)
          body
            .i32_const(buffer)
            .local_get(at)
            .f32_load(array + 4 * i)
            .f32_store(4 * i);
      else
        body
          .i32_const(buffer)
          .local_get(at)
          .i32_const(array)
          .op("i32.add")
          .i32_const(4 * size)
          .memory_copy();
    }
    body.call(one.index);
    for (const { array, buffer, size } of one.outputs) {
      rowAt(size).local_set(at);
      if (size <= fewest)
        for (let i = 0; i < size; i++)
          body
            .local_get(at)
            .i32_const(buffer)
            .f32_load(4 * i)
            .f32_store(array + 4 * i);
      else
        body
          .local_get(at)
          .i32_const(array)
          .op("i32.add")
          .i32_const(buffer)
          .i32_const(4 * size)
          .memory_copy();
    }
  });
  return body;
}

/** `reset()`: what a stream keeps is zeros again. */
export function resetFunction(kept: readonly { readonly at: number; readonly bytes: number }[]): FunctionBody {
  const body = new FunctionBody();
  for (const { at, bytes } of kept) body.i32_const(at).i32_const(0).i32_const(bytes).memory_fill();
  return body;
}
