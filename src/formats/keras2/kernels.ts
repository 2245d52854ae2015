// Arrays of weights as older files hold them, and the same as layers read them today. In: stored arrays, row-major. Out: new ones.
// Guarantee: what does not fit is a CompileError, and no array is read beyond its end.
//
//   CuDNN    kernel [in, k·u]: each gate lies transposed in its columns     recurrent [u, k·u]: likewise     bias [2·k·u]: of x, of h
//   Keras 1  LSTM: W, U, b of i, c, f, o; today i | f | c | o side by side     GRU: of z, r, h; today z | r | h
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { showShape, sizeOf } from "../../../compiler/graph/graph.ts";
import type { Stored } from "./item.ts";

function wrong(message: string): never {
  throw new CompileError({ code: "format/tensor", path: "", message });
}

/** Where each number of an array with its axes in another order comes from. */
export function transposed({ shape, values }: Stored, order: readonly number[]): Stored {
  if (order.length !== shape.length) wrong(`an array of ${order.length} axes is needed, found ${showShape(shape)}`);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const sizes = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const result = new Float32Array(values.length);
  const at = sizes.map(() => 0);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = values[from];
    // Counts up like a clock: the last axis first.
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++at[axis] < sizes[axis]) break;
      from -= steps[axis] * sizes[axis];
      at[axis] = 0;
    }
  }
  return { shape: sizes, values: result };
}

/** A kernel turned round along all axes but its last two: Theano's convolutions are those of mathematics. */
export function turned({ shape, values }: Stored): Stored {
  const [taps, rest] = [sizeOf(shape.slice(0, -2)), sizeOf(shape.slice(-2))];
  const result = new Float32Array(values.length);
  for (let tap = 0; tap < taps; tap++) result.set(values.subarray((taps - 1 - tap) * rest, (taps - tap) * rest), tap * rest);
  return { shape, values: result };
}

/** Arrays side by side along their last axis. */
function beside(parts: readonly Stored[]): Stored {
  const [{ shape }] = parts;
  const outer = shape.slice(0, -1);
  const rows = sizeOf(outer);
  const widths = parts.map((part) => part.shape[part.shape.length - 1]);
  const width = widths.reduce((sum, one) => sum + one, 0);
  if (parts.some((part) => part.values.length !== rows * part.shape[part.shape.length - 1]))
    wrong(`the gates of a layer have different shapes: ${parts.map((part) => showShape(part.shape)).join(", ")}`);
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let at = row * width;
    for (const [k, part] of parts.entries()) {
      values.set(part.values.subarray(row * widths[k], (row + 1) * widths[k]), at);
      at += widths[k];
    }
  }
  return { shape: [...outer, width], values };
}

/** Kernel, recurrent kernel and bias of gates that Keras 1 kept apart, three arrays a gate; `order`: which gate stands where. */
export function gatesTogether(arrays: readonly Stored[], order: readonly number[]): readonly Stored[] {
  if (arrays.length !== 3 * order.length || arrays.some(({ shape }) => shape.length === 0))
    wrong(`${3 * order.length} arrays of gates are needed, found ${arrays.length}`);
  return [0, 1, 2].map((part) => beside(order.map((gate) => arrays[3 * gate + part])));
}

/** CuDNN's gates as columns of x · kernel. */
function fromCudnn(kernel: Stored, gates: number): Stored {
  const [rows, columns] = kernel.shape;
  const units = columns / gates;
  if (kernel.shape.length !== 2 || !Number.isSafeInteger(units))
    wrong(`a kernel of ${gates} gates is needed, found ${showShape(kernel.shape)}`);
  const values = new Float32Array(kernel.values.length);
  for (let gate = 0; gate < gates; gate++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < units; j++) {
        // The numbers of a gate, read row by row, are a matrix [units, rows].
        const k = j * rows + i;
        values[i * columns + gate * units + j] = kernel.values[Math.floor(k / units) * columns + gate * units + (k % units)];
      }
  return { shape: kernel.shape, values };
}

/** The arrays of a CuDNN layer as those of the layer it stands for: two biases are added up, or one array of two rows. */
export function cudnnArrays(arrays: readonly Stored[], gates: number, biases: "added" | "rows"): readonly Stored[] {
  if (arrays.length !== 3) wrong(`a CuDNN layer has 3 arrays, found ${arrays.length}`);
  const [kernel, recurrent, bias] = arrays;
  const half = bias.values.length / 2;
  if (bias.shape.length !== 1 || !Number.isSafeInteger(half)) wrong(`two biases are needed, found ${showShape(bias.shape)}`);
  const added = (): Stored => ({
    shape: [half],
    values: bias.values.slice(0, half).map((one, i) => one + bias.values[half + i]),
  });
  return [
    fromCudnn(kernel, gates),
    fromCudnn(recurrent, gates),
    biases === "added" ? added() : { shape: [2, half], values: bias.values },
  ];
}
