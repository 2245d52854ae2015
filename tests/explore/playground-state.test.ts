// The state in the playground's address: there and back, and nothing of what nobody vouches for.
import fc from "fast-check";
import { deflateSync, strToU8 } from "fflate";
import { expect, it } from "vitest";
import { hashOf, type State, stateIn } from "../../src/explore/playground/state.ts";

const state: State = {
  text: "export default sequential([]) // ü 中 🌀",
  data: "iris",
  tab: "training",
  report: "view=passes",
  batch: 32,
};
const hashed = (value: unknown) => `#${Buffer.from(deflateSync(strToU8(JSON.stringify(value)))).toString("base64url")}`;

it("what goes into an address comes out of it", () => {
  expect(stateIn(hashOf(state))).toEqual(state);
  expect(hashOf(state)).toMatch(/^#[\w-]+$/);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 65536 }), (text, batch) => {
      expect(stateIn(hashOf({ ...state, text, batch }))).toEqual({ ...state, text, batch });
    }),
  );
});

it("an address holds less than the list", () => {
  const text = "  dense({ units: 16, activation: 'relu' }),\n".repeat(40);
  expect(hashOf({ ...state, text }).length).toBeLessThan(text.length / 5);
});

it("an older address, without what is new, has the defaults", () => {
  expect(stateIn(hashed({ text: "a", data: "iris" }))).toEqual({
    text: "a",
    data: "iris",
    tab: "list",
    report: "",
    batch: 32,
  });
});

it.each(["", "#", "#some-heading", "#%%%", "#AAAA", hashed(null), hashed([1]), hashed({ text: 1, data: "a" }), hashed({ ...state, batch: 0 }), hashed({ ...state, text: "x".repeat(300_000) })])(
  "nothing comes of %#", (hash) => expect(stateIn(hash)).toBeUndefined(),
); // biome-ignore format: a row of bad ones

it("what would inflate to gigabytes is left", () => {
  const bomb = Buffer.from(deflateSync(new Uint8Array(20_000_000), { level: 9 })).toString("base64url");
  expect(bomb.length).toBeLessThan(300_000);
  expect(stateIn(`#${bomb}`)).toBeUndefined();
});

it.each(fc.sample(fc.string(), 30))("letters as they come give nothing, and throw nothing: %j", (text) => {
  expect(() => stateIn(text)).not.toThrow();
});
