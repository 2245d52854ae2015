// RowBinary, ClickHouse's format of columns: an input is a column, Float32 or String where a row has one of it, else an Array of them, which
// begins with its length.
import { js } from "../../../code.ts";
import type { RowFormat } from "./define.ts";

export const rowbinary: RowFormat = {
  name: "rowbinary",
  says: "a column an input: Float32, String, or an Array of them",
  hasTexts: true,
  passes: false,
  read: js`function (limit) {
  let rows = 0, next = 0;
  // A length; -1 where it is not there as a whole.
  const lengthAt = (at) => {
    let value = 0, scale = 1;
    for (; at < to && scale < 1e15; at++, scale *= 128) {
      value += (bytes[at] & 127) * scale;
      if (bytes[at] < 128) {
        next = at + 1;
        return value;
      }
    }
    return -1;
  };
  // Where the row ends; -1 where it is not there as a whole, or at fault.
  const rowAt = (at) => {
    for (let port = 0; port < inputs.length; port++) {
      const size = inputs[port].size;
      if (size > 1) {
        const length = lengthAt(at);
        if (length < 0) return -1;
        if (length !== size) {
          fault = inputs[port].name + " has " + length + " values, " + size + " are wanted";
          return -1;
        }
        at = next;
      }
      if (inputs[port].isText) for (let i = 0; i < size; i++) {
        const length = lengthAt(at);
        if (length < 0 || next + length > to) return -1;
        x[port][rows * size + i] = textIn(next, next + length);
        if (fault !== "") return -1;
        at = next + length;
      } else {
        if (at + 4 * size > to) return -1;
        bytes.copy(views[port], 4 * rows * size, at, at + 4 * size);
        at += 4 * size;
      }
    }
    return at;
  };
  while (rows < limit) {
    const end = rowAt(from);
    if (end < 0) {
      if (fault === "" && isLast && from < to) fault = "the input ends within the row";
      break;
    }
    from = end;
    rows++;
  }
  turn(rows);
  return rows;
}`,
  write: js`function (y, rows) {
  const parts = [];
  const lengthOf = (value) => {
    const list = [];
    for (; value > 127; value = Math.floor(value / 128)) list.push(value % 128 + 128);
    list.push(value);
    parts.push(Buffer.from(list));
  };
  if (y.length === 1 && y[0].length === rows && !outputs[0].isText) return asBytes(y[0]);
  for (let row = 0; row < rows; row++) for (let port = 0; port < y.length; port++) {
    const size = y[port].length / rows;
    if (size > 1) lengthOf(size);
    if (outputs[port].isText) for (let i = 0; i < size; i++) {
      const word = Buffer.from(y[port][row * size + i], "utf8");
      lengthOf(word.length);
      parts.push(word);
    } else parts.push(asBytes(y[port].subarray(row * size, (row + 1) * size)));
  }
  return Buffer.concat(parts);
}`,
};
