// NumPy's arrays: `.npy`, one array, and `.npz`, a zip archive of such. In: bytes nobody vouches for. Out: shapes, and numbers when they
// are asked for, row-major. Guarantee: an array has exactly the bytes that its header says; objects, which are Python code in disguise, are
// refused by name, as is every type that is no number.
//
//   93 "NUMPY"   version u8 u8   length of the header u16, from version 2 on u32   {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { showShape, sizeOf } from "../../compiler/graph/graph.ts";
import { largestMemory } from "../../compiler/graph/limits.ts";
import { floatFormats, integerFormats } from "./hdf5/numbers.ts";
import { shorten } from "./header.ts";
import { isZip, openZip } from "./zip.ts";

/** An array as its header describes it. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** NumPy's name, such as `<f4`. */
  readonly type: string;
  /** Row-major, whatever order the file has, as doubles. */
  readonly numbers: () => Float64Array;
  /** The same rounded once to float32, also what no double holds. */
  readonly singles: () => Float32Array;
}

type Read = (view: DataView, at: number, little: boolean) => number;
interface Layout {
  readonly size: number;
  readonly read: Read;
  readonly readSingle: Read;
}

const magic: readonly number[] = [0x93, ...new TextEncoder().encode("NUMPY")];
/** A header is a line; NumPy itself refuses longer ones. */
const longestHeader = 10_000;
const mostAxes = 64;

const letters: Readonly<Record<string, string>> = { float: "f", int: "i", uint: "u" };
/** By NumPy's letter and size: f4, i8, b1. */
const layouts: ReadonlyMap<string, Layout> = new Map<string, Layout>([
  ...[...floatFormats, ...integerFormats].flatMap(({ name, size, read, readSingle = read }): [string, Layout][] => {
    const letter = letters[name.replace(/\d+$/, "")];
    return letter === undefined ? [] : [[`${letter}${size}`, { size, read, readSingle }]];
  }),
  [
    "b1",
    { size: 1, read: (view, at) => Number(view.getUint8(at) !== 0), readSingle: (view, at) => Number(view.getUint8(at) !== 0) },
  ],
]);

/** What else NumPy's letters stand for. */
const others: Readonly<Record<string, string>> = {
  O: "Python objects (a pickle), which cannot be read without running Python",
  U: "texts",
  S: "texts",
  V: "records",
  c: "complex numbers",
  M: "dates",
  m: "spans of time",
  f: "numbers of another width",
};

/** Whether bytes begin as an array does. */
export const isNpy = (head: Uint8Array): boolean => magic.every((code, i) => head[i] === code);

/** The array of a `.npy` file; `path`: what an error calls it. Throws CompileError `format/npy` or format/unsupported. */
export function openNpy(bytes: Uint8Array, path = ""): NpyArray {
  if (!isNpy(bytes)) fail(path, "it does not begin as an array of NumPy does");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (!(major >= 1 && major <= 3)) fail(path, `its version is ${major}; NumPy writes 1, 2 and 3`);
  const start = major === 1 ? 10 : 12;
  const length =
    bytes.length < start
      ? fail(path, "it ends within its header")
      : major === 1
        ? view.getUint16(8, true)
        : view.getUint32(8, true);
  if (length > longestHeader || start + length > bytes.length) fail(path, `its header says ${length} bytes`);
  const { descr, fortran, shape } = headerOf(bytes.subarray(start, start + length), path);
  const { layout, little } = layoutOf(descr, path);
  const count = sizeOf(shape);
  if (count > largestMemory) fail(path, `its shape ${showShape(shape)} has more numbers than layerc can hold`);
  const data = bytes.subarray(start + length);
  if (data.length !== count * layout.size) {
    const needed = `its shape ${showShape(shape)} and type ${descr} need ${count * layout.size} bytes of numbers, it has ${data.length}`;
    fail(path, needed);
  }
  const into = <A extends Float32Array | Float64Array>(array: A, read: Read): A =>
    decoded(array, data, shape, fortran, (numbers, at) => read(numbers, at * layout.size, little));
  return {
    shape,
    type: descr,
    numbers: () => into(new Float64Array(count), layout.read),
    singles: () => into(new Float32Array(count), layout.readSingle),
  };
}

/** The arrays of a `.npz` file by name. Throws CompileError `format/npy`, format/archive or format/unsupported. */
export function openNpz(bytes: Uint8Array): ReadonlyMap<string, NpyArray> {
  const archive = openZip(bytes);
  return new Map(
    archive.names.map((member) => {
      if (!member.endsWith(".npy"))
        fail(member, `the archive holds ${shorten(JSON.stringify(member))}, which is no array of NumPy`);
      return [member.slice(0, -".npy".length), openNpy(archive.read(member), shorten(member))] as const;
    }),
  );
}

/** Whether bytes are an archive, which may be of arrays. */
export const isNpz = isZip;

/** The three keys of the header, each once and in any order; Python's literal and nothing more. */
function headerOf(bytes: Uint8Array, path: string) {
  const text = new TextDecoder("latin1").decode(bytes).trim();
  const inner = /^\{(.*)\}$/s.exec(text)?.[1] ?? fail(path, "its header is no dict");
  const item = /^\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d,\sL]*\)|\[.*\])\s*(?:,|$)/s;
  const found = new Map<string, string>();
  let rest = inner;
  while (rest.trim() !== "") {
    const [whole, key, value] = item.exec(rest) ?? fail(path, `its header holds ${shorten(rest)}`);
    if (found.has(key)) fail(path, `its header says ${key} twice`);
    found.set(key, value);
    rest = rest.slice(whole.length);
  }
  const of = (key: string): string => found.get(key) ?? fail(path, `its header does not say ${key}`);
  const [descr, order, sizes] = [of("descr"), of("fortran_order"), of("shape")];
  if (!["True", "False"].includes(order) || !sizes.startsWith("(")) fail(path, "its header is of another form");
  if (descr.startsWith("[")) unsupported(path, "records", descr);
  const shape = sizes.slice(1, -1).split(",").map((size) => size.trim().replace(/L$/, "")).filter((size) => size !== "").map(Number); // biome-ignore format: one line
  if (shape.length > mostAxes || !shape.every(Number.isSafeInteger)) fail(path, `its shape is ${shorten(sizes)}`);
  return { descr: descr.slice(1, -1), fortran: order === "True", shape };
}

function layoutOf(descr: string, path: string): { readonly layout: Layout; readonly little: boolean } {
  const [, order, letter, size] = /^([<>=|]?)([A-Za-z?])(\d*)/.exec(descr) ?? fail(path, `its type is ${shorten(descr)}`);
  const layout = layouts.get(`${letter === "?" ? "b1" : `${letter}${size}`}`);
  if (layout === undefined || /\[/.test(descr)) return unsupported(path, others[letter] ?? "values", descr);
  return { layout, little: order !== ">" };
}

function unsupported(path: string, what: string, descr: string): never {
  throw new CompileError({
    code: "format/unsupported",
    path,
    message: `the array holds ${what} (${shorten(descr)})`,
    hint: "save numbers: np.save(file, array.astype(np.float32))",
  });
}

/** Every number at its row-major place. */
function decoded<A extends Float32Array | Float64Array>(
  array: A,
  data: Uint8Array,
  shape: readonly number[],
  fortran: boolean,
  read: (view: DataView, at: number) => number,
): A {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (!fortran || shape.length < 2) {
    for (let i = 0; i < array.length; i++) array[i] = read(view, i);
    return array;
  }
  // The first axis is the one whose neighbours lie side by side.
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const coords = shape.map(() => 0);
  for (let i = 0, to = 0; i < array.length; i++) {
    array[to] = read(view, i);
    for (let axis = 0; axis < shape.length; axis++) {
      to += strides[axis];
      if (++coords[axis] < shape[axis]) break;
      to -= strides[axis] * shape[axis];
      coords[axis] = 0;
    }
  }
  return array;
}

function fail(path: string, message: string): never {
  throw new CompileError({ code: "format/npy", path, message, hint: "save it again with numpy.save or numpy.savez" });
}
