// The functions between a caller's arrays and the buffers of kernels, as text. In: buffers and calls of an entry of a fixed number
// of rows. Out: `compute(x, from, out, to)` for one row, `computeTile(x, from, out, to, rows)` for a tile of them.
import { type Code, js, literal, type Name, name } from "../code.ts";

/** Kernels over buffers that compute `rows` rows. */
export interface Route {
  readonly rows: number;
  readonly input: Name;
  readonly output: Name;
  readonly calls: Code;
}

/** What calls the route of one row. */
export const one: Name = name("compute");
/** What calls the route of a tile of rows. */
export const many: Name = name("computeTile");

/** `784 * row`, `row` or `0`. */
export const times = (row: Name | 0, size: number): Code => (row === 0 ? js`0` : size === 1 ? js`${row}` : js`${size} * ${row}`);

/** The function that computes the rows of one route. */
export function computeFunction(id: Name, route: Route, inputSize: number, outputSize: number, copy: () => Name): Code {
  const { rows, input, output, calls } = route;
  if (rows === 1) {
    return js`function ${id}(x, from, out, to) {
  ${inputSize < fewest ? js`for (let i = 0; i < ${inputSize}; i++) ${input}[i] = x[from + i];` : js`${copy()}(x, from, ${input}, 0, ${inputSize});`}
  ${calls}
  ${outputSize < fewest ? js`for (let i = 0; i < ${outputSize}; i++) out[to + i] = ${output}[i];` : js`${copy()}(${output}, 0, out, to, ${outputSize});`}
}`;
  }
  const [given, found] = [times(name("rows"), inputSize), times(name("rows"), outputSize)];
  return js`// ${literal(rows)} rows at once; missing rows are zeros.
function ${id}(x, from, out, to, rows) {
  ${copy()}(x, from, ${input}, 0, ${given});
  ${input}.fill(0, ${given});
  ${calls}
  ${copy()}(${output}, 0, out, to, ${found});
}`;
}

// Numbers from which a copy goes through `set`.
const fewest = 64;
/**
 * `copy(source, from, to, at, length)`: `set` costs about 60 ns and little for each number, the loop about 1 ns a number. Seen
 * with 32 rows of 784 numbers: 34 and 3 µs, of a call's 143.
 */
export const copyFunction: Code = js`function copy(source, from, to, at, length) {
  if (length >= ${fewest}) to.set(length === source.length ? source : source.subarray(from, from + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = source[from + i];
}`;
