import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// The plugin in every bundler it is for: they are large, and installed before the run.
const { projects: _, ...test } = base.test ?? {};
export default defineConfig({
  ...base,
  test: { ...test, include: ["tests/bundlers/*.test.ts"], globalSetup: "tests/bundlers/install.ts", testTimeout: 180_000 },
});
