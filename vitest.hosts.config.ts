import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// Emitted modules on every host: those of npm are large, and installed before the run.
process.env.LAYERC_HOSTS = "all";
const { projects: _, ...test } = base.test ?? {};
export default defineConfig({
  ...base,
  test: { ...test, include: ["tests/hosts/*.test.ts"], globalSetup: "tests/hosts/install.ts", testTimeout: 300_000 },
});
