// The functions between a caller's arrays and the buffers of kernels, as text. In: buffers and calls of an entry of a fixed number
// of rows. Out: `compute(x, from, out, to)` for one row, `computeTile(x, from, out, to, rows)` for a tile of them;
// with several ports `compute(x_a, x_b, row, out_p, out_q)`, where a caller may leave an output out.
import { braces, type Code, commas, js, lines, literal, type Name, name } from "../code.ts";

/** Kernels over buffers that compute `rows` rows. */
export interface Route {
  readonly rows: number;
  readonly calls: Code;
}

/** A caller's array beside the buffer that it is copied to or from. */
export interface Lane {
  readonly array: Name;
  /** Where the row starts in the array: `from`, `4 * row`. */
  readonly at: Code;
  readonly buffer: Name;
  /** Numbers of a row. */
  readonly size: number;
  /** An output that the caller may not have asked for. */
  readonly optional?: boolean;
}

/** What calls the route of one row. */
export const one: Name = name("compute");
/** What calls the route of a tile of rows. */
export const many: Name = name("computeTile");

/** `784 * row`, `row` or `0`. */
export const times = (row: Name | 0, size: number): Code => (row === 0 ? js`0` : size === 1 ? js`${row}` : js`${size} * ${row}`);

/** The function that computes the rows of one route, of these parameters; `rows` comes behind them where it may be several. */
export function computeFunction(
  id: Name,
  { rows, calls }: Route,
  {
    params,
    inputs,
    outputs,
  }: { readonly params: readonly Name[]; readonly inputs: readonly Lane[]; readonly outputs: readonly Lane[] },
  copy: () => Name,
): Code {
  const when = ({ array, optional }: Lane, text: Code): Code => (optional ? js`if (${array}) ${text}` : text);
  if (rows === 1) {
    const put = ({ array, at, buffer, size }: Lane): Code =>
      size < fewest
        ? js`for (let i = 0; i < ${size}; i++) ${buffer}[i] = ${array}[${plus(at)}i];`
        : js`${copy()}(${array}, ${at}, ${buffer}, 0, ${size});`;
    const get = ({ array, at, buffer, size }: Lane): Code =>
      size < fewest
        ? js`for (let i = 0; i < ${size}; i++) ${array}[${plus(at)}i] = ${buffer}[i];`
        : js`${copy()}(${buffer}, 0, ${array}, ${at}, ${size});`;
    return braces(
      js`function ${id}(${commas(params)})`,
      lines(...inputs.map(put), calls, ...outputs.map((lane) => when(lane, get(lane)))),
    );
  }
  const given = (size: number): Code => times(name("rows"), size);
  const body = lines(
    ...inputs.map(
      ({ array, at, buffer, size }) => js`${copy()}(${array}, ${at}, ${buffer}, 0, ${given(size)});
${buffer}.fill(0, ${given(size)});`,
    ),
    calls,
    ...outputs.map((lane) => when(lane, js`${copy()}(${lane.buffer}, 0, ${lane.array}, ${lane.at}, ${given(lane.size)});`)),
  );
  return js`// ${literal(rows)} rows at once; missing rows are zeros.
${braces(js`function ${id}(${commas([...params, name("rows")])})`, body)}`;
}

/** `from + `. */
const plus = (at: Code): Code => js`${at} + `;

/** All `size` numbers of an array to another. */
export const copied = (from: Name, to: Name, size: number, copy: () => Name): Code =>
  size < fewest ? js`for (let i = 0; i < ${size}; i++) ${to}[i] = ${from}[i];` : js`${copy()}(${from}, 0, ${to}, 0, ${size});`;

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
