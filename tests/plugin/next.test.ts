// `layerc/next` changes nothing of a configuration but what is its business; the real Next is in tests/bundlers.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { layerc } from "../../src/plugin/next.ts";

interface Made {
  readonly reactStrictMode?: boolean;
  readonly distDir?: string;
  readonly turbopack: { readonly root?: string; readonly rules: Record<string, unknown> };
  webpack(config: { plugins: unknown[]; seen?: boolean }, context: object): { plugins: unknown[]; seen?: boolean };
}
const ours = expect.objectContaining({
  as: "*.js",
  loaders: [{ loader: expect.stringMatching(/plugin\/loader\.js$/), options: { train: true } }],
});

it("keeps what is there, and adds a rule of Turbopack and a plugin of webpack", () => {
  const own = { loaders: ["x-loader"] };
  const given = {
    reactStrictMode: true,
    turbopack: { root: "/r", rules: { "*.svg": own, "*": own } },
    webpack: (config: { plugins: unknown[] }) => ({ ...config, seen: true }),
  };
  const made = layerc(given, { train: true }) as unknown as Made;
  expect(made.reactStrictMode).toBe(true);
  expect(made.turbopack).toEqual({ root: "/r", rules: { "*.svg": own, "*": [own, ours] } });
  const config = made.webpack({ plugins: ["theirs"] }, {});
  expect(config.seen).toBe(true);
  expect(config.plugins).toEqual(["theirs", { apply: expect.any(Function) }]);
  // The text of the given object is the user's.
  expect(given.turbopack.rules["*"]).toBe(own);
});

it("takes no configuration, and a function of the phase", async () => {
  expect((layerc(undefined, { train: true }) as unknown as Made).turbopack.rules).toEqual({ "*": [ours] });
  const made = layerc(async (phase: string) => ({ distDir: phase }), { train: true });
  expect(await made("build")).toMatchObject({ distDir: "build", turbopack: { rules: { "*": [ours] } } });
});

it("the loader that it names is built", () => {
  expect(existsSync(join(resolve(import.meta.dirname, "../.."), "dist/src/plugin/loader.js"))).toBe(true);
});
