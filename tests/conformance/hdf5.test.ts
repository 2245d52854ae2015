// Every HDF5 file of the conformance data, as Keras wrote it, by another reader: the same groups, attributes and numbers. jsfive is
// trusted with what it was seen to read right: numbers in one piece, in the types that are listed here, and texts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import * as jsfive from "jsfive";
import { expect, it } from "vitest";
import { type H5Dataset, type H5Group, isHdf5, openHdf5 } from "../../src/formats/hdf5/index.ts";
import { part } from "./cases.ts";

/** Types of jsfive that come out right; float16, bfloat16 and int64 beyond 2^53 are read here alone. */
const trusted = ["<f4", "<f8", "<i1", "<u1", "<i2", "<i4", "<i8"];
const folder = part("");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(h5|hdf5|keras)$/.test(name));

/** A file that is HDF5, or the weights within a .keras file. */
function hdf5Of(file: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  return isHdf5(bytes) ? bytes : unzipSync(bytes)["model.weights.h5"];
}

interface Seen {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly names?: readonly string[];
  readonly shape?: readonly number[] | null;
  readonly numbers?: Float32Array;
}

function ours(object: H5Group | H5Dataset, add: (path: string, seen: Seen) => void): void {
  const attributes = Object.fromEntries(object.attributes());
  if (object.kind === "dataset") {
    const values = object.type === "string" ? {} : { numbers: object.numbers() };
    add(object.path, { attributes, shape: object.shape, ...values });
    return;
  }
  const names = object.names();
  add(object.path, { attributes, names });
  for (const name of names) ours(object.get(name) as H5Group | H5Dataset, add);
}

function theirs(object: jsfive.Group | jsfive.Dataset, path: string, add: (path: string, seen: Seen) => void): void {
  // Its datasets are groups to the type, and fixed strings keep their padding.
  const attributes = Object.fromEntries(
    Object.entries((object as jsfive.Group).attrs).map(([name, value]) => [name, trimmed(value)]),
  );
  if (object instanceof jsfive.Dataset) {
    const { shape, dtype, value } = object;
    const isText = dtype.startsWith("S") || Array.isArray(dtype);
    if (!isText) expect(trusted).toContain(dtype);
    add(path, { attributes, shape, ...(isText ? {} : { numbers: Float32Array.from(value) }) });
    return;
  }
  const names = [...object.keys].sort();
  add(path, { attributes, names });
  for (const name of names) {
    const member = object.get(name);
    if (member !== null) theirs(member, `${path === "/" ? "" : path}/${name}`, add);
  }
}

const trimmed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(trimmed);
  return typeof value === "string" ? value.replace(/\0+$/, "") : value;
};

it(`reads what jsfive reads, in ${files.length} files`, () => {
  let datasets = 0;
  for (const file of files) {
    const bytes = hdf5Of(file);
    const [found, wanted] = [new Map<string, Seen>(), new Map<string, Seen>()];
    ours(openHdf5(bytes), (path, seen) => found.set(path, seen));
    theirs(new jsfive.File(bytes.slice().buffer, file), "/", (path, seen) => wanted.set(path, seen));
    expect(found, file).toEqual(wanted);
    datasets += [...found.values()].filter(({ numbers }) => numbers !== undefined).length;
  }
  console.log(`${datasets} datasets in ${files.length} HDF5 files equal jsfive's`);
  expect(datasets).toBeGreaterThan(files.length);
});
