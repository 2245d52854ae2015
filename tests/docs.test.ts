// docs/layers.md says what the list of layers says, and leaves no name of Keras' out. After a change: npm run update-examples.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { layers } from "../compiler/layers/index.ts";
import { absent, aliasOf, kerasNames } from "../scripts/keras-layers.ts";
import { fill, layerBlocks } from "../scripts/readme.ts";

const page = readFileSync(join(resolve(import.meta.dirname, ".."), "docs/layers.md"), "utf8");
const ours = new Set([...layers.values()].map(({ keras }) => keras));

it("shows what the code says now", () => {
  expect(page, "npm run update-examples").toBe(fill(page, layerBlocks()));
});

it("has every name of Keras' once: a layer, another name of one, or a reason", () => {
  expect(kerasNames.length).toBe(164);
  expect(new Set(kerasNames).size).toBe(kerasNames.length);
  const missing = kerasNames.filter((name) => !ours.has(aliasOf(name)));
  expect(missing.sort()).toEqual(Object.keys(absent).sort());
  expect([...ours].filter((name) => !kerasNames.includes(name))).toEqual([]);
});
