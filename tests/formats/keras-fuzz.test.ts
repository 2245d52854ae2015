// Damaged files of Keras 3 and of our own, hundreds of them, 100,000 with LAYERC_FUZZ: the archive's bytes, its config, its weights, packed
// again so that sizes and checksums are right; a .safetensors file's header and bytes. Each ends in a Model or in a CompileError.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { open, save } from "../../src/formats/index.ts";
import { damagedBytes, damagedJson } from "./damage.ts";

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;
const mutations = isLong ? 100_000 : 400;
const seed = Number(process.env.LAYERC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20261128));

const folder = join(import.meta.dirname, "../fixtures/keras");
const names = ["training/mlp--sgd", "training/mlp-bn--adam", "training/cnn--sgd", "training/birnn--adam", "training/embed--sgd", "state/adam", "state/rmsprop-schedule", "state/graph"]; // biome-ignore format: one line
const archives = names.map((name) => new Uint8Array(readFileSync(join(folder, `${name}.keras`))));
const members = archives.map((bytes) => unzipSync(bytes));
const tensors = archives.map((bytes) => save(open(bytes, "a.keras")));
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What is damaged of a file, by turns. */
const kinds: readonly ((draw: Random) => readonly [name: string, bytes: Uint8Array])[] = [
  (draw) => ["a.keras", damagedBytes(draw.pick(archives), draw)],
  (draw) => {
    const files = draw.pick(members);
    return ["a.keras", zipSync({ ...files, "config.json": damagedJson(textOf(files["config.json"]), draw) }, { level: 0 })];
  },
  (draw) => {
    const files = draw.pick(members);
    return ["a.keras", zipSync({ ...files, "model.weights.h5": damagedBytes(files["model.weights.h5"], draw) }, { level: 0 })];
  },
  (draw) => {
    const bytes = draw.pick(tensors);
    const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (draw.uniform() < 0.5) return ["a.safetensors", damagedBytes(bytes, draw)];
    const header = damagedJson(textOf(bytes.subarray(8, end)), draw);
    const file = new Uint8Array(8 + header.length + bytes.length - end);
    new DataView(file.buffer).setUint32(0, header.length, true);
    file.set(header, 8);
    file.set(bytes.subarray(end), 8 + header.length);
    return ["a.safetensors", file];
  },
];

it(`${mutations} damaged files (seed ${seed}) give a Model or a CompileError`, () => {
  const draw = random(seed);
  const ends = new Map<string, number>();
  for (let i = 0; i < mutations; i++) {
    const [name, bytes] = kinds[i % kinds.length](draw);
    let end = "opened";
    try {
      open(bytes, name);
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === "internal/bug") throw new Error(`mutation ${i}`, { cause: error });
      end = error.code;
    }
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  console.log(`${mutations} damaged files:`, Object.fromEntries(ends));
  for (const end of ["opened", "format/tensor", "format/archive", "format/hdf5"]) expect(ends.get(end), end).toBeGreaterThan(0);
});
