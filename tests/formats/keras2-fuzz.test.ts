// Damaged files of older Keras, hundreds of them, 100,000 with LAYERC_FUZZ: bytes that are turned over, and configs in which values are
// replaced, left out, doubled or moved. Each ends in a Model or in a CompileError. LAYERC_SEED sets the seed, which is new in longer runs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { openHdf5 } from "../../src/formats/hdf5/index.ts";
import { open } from "../../src/formats/index.ts";

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;
const mutations = isLong ? 100_000 : 300;
const seed = Number(process.env.LAYERC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20261127));

const folder = join(import.meta.dirname, "../fixtures/keras2");
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".gz"))
  .map((name) => ({ name: name.slice(0, -3), bytes: new Uint8Array(gunzipSync(readFileSync(join(folder, name)))) }));
const architecture = readFileSync(join(folder, "alone.json"), "utf8");
const configs = [
  architecture,
  ...files.flatMap(({ name, bytes }) => {
    const config = name.endsWith(".h5") ? openHdf5(bytes).attribute("model_config") : undefined;
    return typeof config === "string" ? [config] : [];
  }),
];
const beside = (name: string): Uint8Array | undefined =>
  name === "alone.json" ? new TextEncoder().encode(architecture) : undefined;

const strange: readonly unknown[] = [null, true, 0, -1, 1e9, 0.5, 2 ** 53, "", "dense", "__proto__", [], [[]], {}, [null], { class_name: "Dense" }, { class_name: "Sequential", config: [] }, ["a", 0, 0, {}]]; // biome-ignore format: one list

/** The places in a value: each an object or list, and a key of it. */
function placesIn(value: unknown, found: [owner: Record<string, unknown>, key: string][] = []) {
  if (typeof value !== "object" || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Record<string, unknown>, key]);
    placesIn((value as Record<string, unknown>)[key], found);
  }
  return found;
}

/** A row of damage to a config: what is done at a place. */
const damages: readonly ((owner: Record<string, unknown>, key: string, other: unknown, draw: Random) => void)[] = [
  (owner, key, _other, draw) => {
    owner[key] = draw.pick(strange);
  },
  (owner, key) => {
    delete owner[key];
  },
  (owner, key, other) => {
    owner[key] = structuredClone(other);
  },
  (owner, key) => {
    if (Array.isArray(owner)) owner.splice(Number(key), 0, structuredClone(owner[key as never]));
  },
];

function damagedConfig(draw: Random): Uint8Array {
  const value: unknown = JSON.parse(draw.pick(configs));
  for (let left = draw.integer(1, 3); left > 0; left--) {
    const places = placesIn(value);
    if (places.length === 0) break;
    const [[owner, key], [from, name]] = [draw.pick(places), draw.pick(places)];
    draw.pick(damages)(owner, key, from[name], draw);
  }
  return new TextEncoder().encode(JSON.stringify(value));
}

function damagedFile(draw: Random): { readonly name: string; readonly bytes: Uint8Array } {
  const { name, bytes } = draw.pick(files);
  const copy = bytes.slice();
  for (let left = draw.integer(1, 4); left > 0; left--) {
    const at = draw.integer(0, copy.length - 1);
    if (draw.uniform() < 0.5) copy[at] ^= 1 << draw.integer(0, 7);
    else copy.fill(draw.integer(0, 255), at, at + draw.integer(1, 16));
  }
  return { name, bytes: draw.uniform() < 0.1 ? copy.subarray(0, draw.integer(0, copy.length)) : copy };
}

it(`${mutations} damaged files (seed ${seed}) give a Model or a CompileError`, () => {
  const draw = random(seed);
  const ends = new Map<string, number>();
  for (let i = 0; i < mutations; i++) {
    const { name, bytes } = i % 2 === 0 ? damagedFile(draw) : { name: "model.json", bytes: damagedConfig(draw) };
    let end = "opened";
    try {
      open(bytes, name, { beside, ...(name.startsWith("alone") ? { inputShape: [4, 3] } : {}) });
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === "internal/bug") throw new Error(`mutation ${i}`, { cause: error });
      end = error.code;
    }
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  console.log(`${mutations} damaged files:`, Object.fromEntries(ends));
  // Damage that never got past the first line would show nothing, nor would damage that hurts nobody.
  for (const end of ["opened", "format/spec", "format/tensor", "format/archive", "format/hdf5"])
    expect(ends.get(end), end).toBeGreaterThan(0);
});
