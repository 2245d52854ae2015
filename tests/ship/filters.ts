// A filter here: its script, with a standard input that comes in pieces and an output that takes pieces, so that every cut can be tried without
// a process for each.

import * as l from "../../src/index.ts";
import { sequential } from "../../src/index.ts";

/** What a filter did. */
export interface Filtered {
  readonly status: number;
  readonly output: Buffer;
  readonly said: string;
}

class Exit extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

/** Runs the script. `cuts`: how many bytes each read and each write takes, over and over; without, all that there is room for. */
export function filtered(code: string, input: Uint8Array, args: readonly string[] = [], cuts: readonly number[] = []): Filtered {
  const output: Buffer[] = [];
  let [at, turn, said] = [0, 0, ""];
  const most = (length: number): number => (cuts.length === 0 ? length : Math.min(length, cuts[turn++ % cuts.length]));
  const fs = {
    readSync: (_: number, buffer: Buffer, offset: number, length: number): number => {
      const part = input.subarray(at, at + most(length));
      buffer.set(part, offset);
      at += part.length;
      return part.length;
    },
    writeSync: (to: number, part: Buffer | string, from = 0): number => {
      if (typeof part === "string") {
        said += part;
        return part.length;
      }
      const piece = part.subarray(from, from + most(part.length - from));
      if (to === 1) output.push(Buffer.from(piece));
      return piece.length;
    },
  };
  const process = {
    argv: ["node", "filter.cjs", ...args],
    exit: (status: number) => {
      throw new Exit(status);
    },
  };
  const done = (status: number): Filtered => ({ status, output: Buffer.concat(output), said });
  try {
    new Function("require", "process", code.replace(/^#!.*\n/, ""))(() => fs, process);
  } catch (error) {
    if (error instanceof Exit) return done(error.status);
    throw error;
  }
  return done(0);
}

const dense = (units: number, more: object = {}) => l.dense({ units, ...more });
/** One input with names, one output. */
export const plain = sequential([dense(5, { activation: "tanh", inputShape: [3] }), dense(2)], {
  about: { features: ["width", "height", "depth"] },
});
/** One number, one answer. */
export const single = sequential([dense(1, { inputShape: [1] })]);
/** Inputs and outputs by name, with texts among both. */
export const ported = l.model({
  inputs: { a: [2], word: { shape: [1], type: "string" } },
  outputs: { p: "dense", q: "back" },
  layers: [
    dense(3, { inputs: ["a"] }),
    l.stringLookup({ vocabulary: ["low", "a\tb", "ü"], inputs: ["word"] }),
    l.stringLookup({ vocabulary: ["low", "a\tb", "ü"], invert: true, name: "back" }),
  ],
});

/** Numbers as bytes. */
export const bytesOf = (numbers: readonly number[]): Buffer => Buffer.from(Float32Array.from(numbers).buffer);
/** A column of RowBinary with several values. */
export const listOf = (numbers: readonly number[]): Buffer => Buffer.concat([Buffer.from([numbers.length]), bytesOf(numbers)]);
/** A text of RowBinary. */
export const textOf = (text: string): Buffer => {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};
