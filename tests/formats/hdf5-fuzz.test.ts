// Damaged HDF5 files, thousands of them, 100,000 with LAYERC_FUZZ: each ends in values or in a CompileError, and in no more values
// than the length of the file allows for. Files of the new layout carry checksums that would stop most damage at the door: half of
// the mutations put them right again. LAYERC_SEED sets the seed, which is new in every longer run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { lookup3 } from "../../src/formats/hdf5/checksum.ts";
import { type H5Dataset, type H5Group, openHdf5 } from "../../src/formats/hdf5/index.ts";

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;
const mutations = isLong ? 100_000 : 2000;
const seed = Number(process.env.LAYERC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20261126));

const names = "types strings attributes many-attributes order layouts refused shared-type user-block".split(" ");
const folder = join(import.meta.dirname, "../fixtures/hdf5");
const files = [...names.flatMap((name) => [`${name}-earliest`, `${name}-latest`]), "layouts-v110", "pages-v110"].map((name) => {
  const bytes = new Uint8Array(gunzipSync(readFileSync(join(folder, `${name}.h5.gz`))));
  return { bytes, sealed: sealedRanges(bytes) };
});

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Blocks that a checksum follows, found by their four letters: the range whose checksum stands behind it. */
function sealedRanges(bytes: Uint8Array): Range[] {
  const view = new DataView(bytes.buffer);
  const letters = new Set("OHDR OCHK BTHD BTLF BTIN FRHP FHIB FAHD FADB EAHD EAIB EASB EADB \x89HDF".split(" "));
  const found: Range[] = [];
  for (let start = 0; start + 16 < bytes.length; start++) {
    if (!letters.has(String.fromCharCode(...bytes.subarray(start, start + 4)))) continue;
    const last = Math.min(start + 400, bytes.length - 4);
    for (let end = start + 8; end <= last; end++) {
      if (view.getUint32(end, true) !== lookup3(bytes.subarray(start, end))) continue;
      found.push({ start, end });
      break;
    }
  }
  return found;
}

/** What numbers in a file may be mistaken for. */
const values = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 2 ** 53];

/** A row of damage: what is done to the bytes. */
const damages: readonly ((bytes: Uint8Array, draw: Random) => Uint8Array)[] = [
  (bytes, draw) => bytes.fill(draw.integer(0, 255), draw.integer(0, bytes.length - 1)).subarray(0),
  (bytes, draw) => bytes.slice(0, draw.integer(0, bytes.length)),
  (bytes, { integer }) => {
    for (let left = integer(1, 4); left > 0; left--) bytes[integer(0, bytes.length - 1)] ^= 1 << integer(0, 7);
    return bytes;
  },
  (bytes, { integer }) => bytes.copyWithin(integer(0, bytes.length), integer(0, bytes.length), integer(0, bytes.length)),
  (bytes, { integer }) => {
    const [from, to, length] = [integer(0, bytes.length - 65), integer(0, bytes.length - 65), integer(1, 64)];
    return bytes.copyWithin(to, from, from + length);
  },
  // A number that means something, where numbers stand.
  (bytes, draw) => {
    const view = new DataView(bytes.buffer);
    const at = 4 * draw.integer(0, Math.floor(bytes.length / 4) - 2);
    const value = draw.pick([...values, bytes.length, draw.integer(0, bytes.length), at]);
    if (draw.uniform() < 0.5) view.setUint32(at, value % 2 ** 32, true);
    else view.setBigUint64(at, BigInt(value), true);
    return bytes;
  },
];

interface Harvest {
  objects: number;
  numbers: number;
}

/** Reads everything there is; an error of one object is no reason to leave the others. */
function harvest(bytes: Uint8Array, errors: Map<Code, number>): Harvest {
  const sum: Harvest = { objects: 0, numbers: 0 };
  const attempt = <T>(run: () => T): T | undefined => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      errors.set(error.code, (errors.get(error.code) ?? 0) + 1);
      return undefined;
    }
  };
  const visit = (object: H5Group | H5Dataset): void => {
    sum.objects++;
    attempt(() => object.attributes());
    if (object.kind === "dataset") {
      if (object.type === "string") attempt(() => object.strings());
      else sum.numbers += attempt(() => object.numbers())?.length ?? 0;
      return;
    }
    for (const name of attempt(() => object.names()) ?? []) {
      const member = attempt(() => object.get(name));
      if (member !== undefined) visit(member);
    }
  };
  const root = attempt(() => openHdf5(bytes));
  if (root !== undefined) visit(root);
  return sum;
}

it(`${mutations} damaged files (seed ${seed}) give values or a CompileError, within bounds`, () => {
  const draw = random(seed);
  const errors = new Map<Code, number>();
  let whole = 0;
  for (let i = 0; i < mutations; i++) {
    const { bytes, sealed } = draw.pick(files);
    let damaged: Uint8Array = bytes.slice();
    for (let left = draw.integer(1, 2); left > 0 && damaged.length > 128; left--) damaged = draw.pick(damages)(damaged, draw);
    if (draw.uniform() < 0.5) {
      const view = new DataView(damaged.buffer, 0, damaged.length);
      for (const { start, end } of sealed)
        if (end + 4 <= damaged.length) view.setUint32(end, lookup3(damaged.subarray(start, end)), true);
    }
    const { objects, numbers } = harvest(damaged, errors);
    if (objects > 0) whole++;
    expect(objects, `objects of mutation ${i}`).toBeLessThanOrEqual(1 + damaged.length / 8);
    expect(4 * numbers, `numbers of mutation ${i}`).toBeLessThanOrEqual(100 * damaged.length + 2 ** 20);
  }
  console.log(`${mutations} damaged HDF5 files: ${whole} opened;`, Object.fromEntries(errors));
  // Damage that never got past the first block would show nothing.
  expect(whole).toBeGreaterThan(mutations / 4);
  for (const code of ["format/hdf5", "format/hdf5-unsupported", "format/truncated"] as const)
    expect(errors.get(code), code).toBeGreaterThan(0);
});
