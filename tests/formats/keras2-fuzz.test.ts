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
import { damagedBytes, damagedJson } from "./damage.ts";

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;
const mutations = isLong ? 100_000 : 400;
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

function damagedFile(draw: Random): { readonly name: string; readonly bytes: Uint8Array } {
  const { name, bytes } = draw.pick(files);
  return { name, bytes: damagedBytes(bytes, draw) };
}

it(`${mutations} damaged files (seed ${seed}) give a Model or a CompileError`, () => {
  const draw = random(seed);
  const ends = new Map<string, number>();
  for (let i = 0; i < mutations; i++) {
    const { name, bytes } =
      i % 2 === 0 ? damagedFile(draw) : { name: "model.json", bytes: damagedJson(draw.pick(configs), draw) };
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
