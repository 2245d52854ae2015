// The page of reports, bundled. In: src/explore/page. Out: a script and a style sheet in dist/, and the script that draws curves. Guarantee: a report
// has them within it, so they are all that it needs.
import { build } from "esbuild";

/** Writes `shell.js`, `shell.css` and `curves.js` into dist/src/explore/page. */
export async function buildPage(): Promise<void> {
  await build({
    entryPoints: { shell: "src/explore/page/main.tsx", curves: "src/explore/page/curves.ts" },
    outdir: "dist/src/explore/page",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  await build({
    entryPoints: ["src/explore/page/shell.css"],
    outdir: "dist/src/explore/page",
    bundle: true,
    minify: true,
    // Pairs of colours are as old as what the script asks for.
    target: ["chrome123", "firefox120", "safari17.5"],
    logLevel: "warning",
  });
}
