// docs/layers.md leaves no name of Keras' out.
import { expect, it } from "vitest";
import { layers } from "../compiler/layers/index.ts";
import { absent, aliasOf, kerasNames } from "../scripts/keras-layers.ts";

/** Those that stand for keras.ops are of layerc's own. */
const ours = new Set([...layers.values()].map(({ keras }) => keras).filter((keras) => !keras.startsWith("ops.")));

it("has every name of Keras' once: a layer, another name of one, or a reason", () => {
  expect(kerasNames.length).toBe(164);
  expect(new Set(kerasNames).size).toBe(kerasNames.length);
  const missing = kerasNames.filter((name) => !ours.has(aliasOf(name)));
  expect(missing.sort()).toEqual(Object.keys(absent).sort());
  expect([...ours].filter((name) => !kerasNames.includes(name))).toEqual([]);
});
