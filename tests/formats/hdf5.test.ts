// HDF5 files that h5py wrote, old layout and new, against what h5py read in them: every group, dataset and attribute is right, or
// refused by name. In: tests/fixtures/hdf5, each file compressed; expected.json says what stands in them.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type H5Dataset, type H5Group, type H5Value, openHdf5 } from "../../src/formats/hdf5/index.ts";
import { diagnosticOf } from "../support/error.ts";

/** What h5py read. Attributes of no finite value are spelt; numbers are the float32 themselves, in base 64. */
interface Expected {
  readonly names?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly shape?: readonly number[] | null;
  readonly type?: string;
  readonly numbers?: string;
  readonly strings?: readonly string[];
}
interface Case {
  readonly file: string;
  /** Path, path# for the values of a dataset, path@name for an attribute → what the refusal names. */
  readonly refused: Readonly<Record<string, string>>;
  readonly objects: Readonly<Record<string, Expected>>;
}

const folder = join(import.meta.dirname, "../fixtures/hdf5");
const cases: readonly Case[] = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const fixture = (file: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(folder, `${file}.gz`))));
const base64 = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

/** Long texts are as good as their hash, nested lists as their members. */
const brief = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(brief);
  const isLong = typeof value === "string" && value.length > 1000;
  return isLong ? `sha256 ${createHash("sha256").update(value).digest("hex")}` : value;
};

/** The same of our reader; what is to be refused is left out. */
function found(root: H5Group, refused: Case["refused"]): Record<string, Expected> {
  const objects: Record<string, Expected> = {};
  const add = (path: string, values: Expected): void => {
    const some = Object.entries(values).filter(([, value]) => value !== undefined);
    if (some.length > 0) objects[path] = Object.fromEntries(some);
  };
  const visit = (object: H5Group | H5Dataset): void => {
    const attributes = attributesOf(object, refused);
    const names = object.kind === "dataset" || object.names().length === 0 ? undefined : object.names();
    add(object.path, { attributes, names, ...(object.kind === "dataset" ? valuesOf(object, refused) : {}) });
    for (const name of names ?? []) {
      const path = `${object.path === "/" ? "" : object.path}/${name}`;
      if (path in refused) continue;
      const member = (object as H5Group).get(name);
      expect(member?.path).toBe(path);
      if (member !== undefined) visit(member);
    }
  };
  visit(root);
  return objects;
}

function attributesOf(object: H5Group | H5Dataset, refused: Case["refused"]): Record<string, unknown> | undefined {
  const isRefused = Object.keys(refused).some((path) => path.startsWith(`${object.path}@`));
  const entries = isRefused ? [["right", object.attribute("right")] as const] : [...object.attributes()];
  const some = entries.filter((entry): entry is [string, H5Value] => entry[1] !== undefined);
  return some.length === 0 ? undefined : Object.fromEntries(some.map(([name, value]) => [name, brief(value)]));
}

function valuesOf(dataset: H5Dataset, refused: Case["refused"]): Expected {
  if (`${dataset.path}#` in refused) return {};
  const { shape, type } = dataset;
  return type === "string" ? { shape, type, strings: dataset.strings() } : { shape, type, numbers: base64(dataset.numbers()) };
}

it("knows a file of each kind", () => {
  expect(cases.length).toBeGreaterThan(20);
  expect(cases.flatMap(({ objects }) => Object.keys(objects)).length).toBeGreaterThan(200);
});

describe.each(cases)("$file", ({ file, objects, refused }) => {
  it("gives what h5py gives", () => {
    expect(found(openHdf5(fixture(file)), refused)).toEqual(objects);
  });

  it.each(Object.entries(refused))("refuses %s by name: %s", (path, what) => {
    const root = openHdf5(fixture(file));
    const [, object, kind = "", name] = /^([^#@]*)([#@]?)(.*)$/.exec(path) as unknown as readonly string[];
    const read = (): unknown => {
      const at = root.get(object);
      if (kind === "@") return at?.attribute(name);
      return kind === "#" ? (at as H5Dataset).numbers() : at;
    };
    const diagnostic = diagnosticOf(read);
    expect(diagnostic).toMatchObject({ code: "format/hdf5-unsupported", path: path.replace("#", "") });
    expect(diagnostic.message).toContain(what);
  });
});
