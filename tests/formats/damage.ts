// Damage to files: values of a JSON text replaced, left out, doubled or moved; bytes turned over, and cut off.
import type { Random } from "../../compiler/base/random.ts";

const strange: readonly unknown[] = [null, true, 0, -1, 1e9, 0.5, 2 ** 53, "", "dense", "__proto__", [], [[]], {}, [null], { class_name: "Dense" }, { class_name: "Lambda", config: { name: "l" } }, { class_name: "Merge", config: { name: "m" } }, { class_name: "Sequential", config: [] }, ["a", 0, 0, {}]]; // biome-ignore format: one list

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
    owner[key] = structuredClone(draw.pick(strange));
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

/** A JSON text in which one to three places are damaged. */
export function damagedJson(text: string, draw: Random): Uint8Array {
  const value: unknown = JSON.parse(text);
  for (let left = draw.integer(1, 3); left > 0; left--) {
    const places = placesIn(value);
    if (places.length === 0) break;
    const [[owner, key], [from, name]] = [draw.pick(places), draw.pick(places)];
    draw.pick(damages)(owner, key, from[name], draw);
  }
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Bytes of which up to four stretches are others; one in ten is cut off. */
export function damagedBytes(bytes: Uint8Array, draw: Random): Uint8Array {
  const copy = bytes.slice();
  for (let left = draw.integer(1, 4); left > 0 && copy.length > 0; left--) {
    const at = draw.integer(0, copy.length - 1);
    if (draw.uniform() < 0.5) copy[at] ^= 1 << draw.integer(0, 7);
    else copy.fill(draw.integer(0, 255), at, at + draw.integer(1, 16));
  }
  return draw.uniform() < 0.1 ? copy.subarray(0, draw.integer(0, copy.length)) : copy;
}
