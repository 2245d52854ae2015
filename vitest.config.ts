import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { SecondsAndExemptions } from "./tests/support/reporter.ts";

/**
 * Files that change what cannot be put back, each with a process of its own: other modules in the place of ours, and an engine without its optimiser (which
 * would make every file behind it ten times as slow).
 */
const alone = ["tests/front/once.test.ts", "tests/property/growth.test.ts"];
const ignored = ["tests/conformance/**", "tests/bundlers/**", "**/node_modules/**"];

/** Files that take a minute and more: begun last, one of them would run alone. */
const long: readonly string[] = [
  "property/models",
  "golden/training",
  "golden/layers",
  "laws/lowering",
  "package",
  "property/limits",
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = long.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return found < 0 ? long.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  // Example models say `import … from "layerc"`; inside the suite that is the source under test, not the last build.
  resolve: {
    alias: [
      { find: /^layerc$/, replacement: fileURLToPath(new URL("./src/index.ts", import.meta.url)) },
      { find: /^layerc\/data$/, replacement: fileURLToPath(new URL("./src/data/index.ts", import.meta.url)) },
    ],
  },
  test: {
    projects: [
      // One after the other in one process: the compiler is loaded once a worker, which is a third of the time of all.
      {
        extends: true,
        test: { name: "suite", include: ["tests/**/*.test.ts"], exclude: [...ignored, ...alone], isolate: false },
      },
      { extends: true, test: { name: "alone", include: alone, exclude: ignored } },
    ],
    // What the run took and did not ask for, then vitest's own report: its last lines say how many passed.
    reporters: [new SecondsAndExemptions(), "default"],
    // By default one core of two would idle.
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    // Random whole models, packed packages and spawned processes share two cores with everything else.
    // The fuzz run draws a hundred times as many.
    testTimeout: Number(process.env.LAYERC_FUZZ ?? 1) > 1 ? 7_200_000 : 60_000,
    hookTimeout: 120_000,
  },
});
