import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SecondsAndExemptions } from "./tests/support/reporter.ts";

export default defineConfig({
  // Example models say `import … from "layerc"`; inside the suite that is the source under test, not the last build.
  resolve: { alias: [{ find: /^layerc$/, replacement: fileURLToPath(new URL("./src/index.ts", import.meta.url)) }] },
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/conformance/**", "**/node_modules/**"],
    // What the run took and did not ask for, then vitest's own report: its last lines say how many passed.
    reporters: [new SecondsAndExemptions(), "default"],
    // By default one core of two would idle.
    maxWorkers: "100%",
    // Random whole models, packed packages and spawned processes share two cores with everything else.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
