// Rows as bare float32 numbers, the low byte first, the inputs one behind the other: also what RowBinary is of Float32 columns.
import { js } from "../../../code.ts";
import type { RowFormat } from "./define.ts";

export const float32: RowFormat = {
  name: "float32",
  says: "bare numbers of four bytes, the low one first",
  hasTexts: false,
  passes: false,
  read: js`function (limit) {
  const rows = Math.min(limit, Math.floor((to - from) / (4 * width)));
  if (inputs.length === 1) {
    bytes.copy(views[0], 0, from, from + 4 * width * rows);
    from += 4 * width * rows;
  } else for (let row = 0; row < rows; row++) for (let port = 0; port < inputs.length; port++) {
    const size = 4 * inputs[port].size;
    bytes.copy(views[port], row * size, from, from + size);
    from += size;
  }
  turn(rows);
  if (rows < limit && isLast && from < to) fault = "the input ends behind " + (to - from) + " of " + 4 * width + " bytes";
  return rows;
}`,
  write: js`function (y, rows) {
  if (y.length === 1) return asBytes(y[0]);
  const made = new Float32Array(rows * y.reduce((sum, values) => sum + values.length / rows, 0));
  let at = 0;
  for (let row = 0; row < rows; row++) for (let port = 0; port < y.length; port++) {
    const size = y[port].length / rows;
    for (let i = 0; i < size; i++) made[at++] = y[port][row * size + i];
  }
  return asBytes(made);
}`,
};
