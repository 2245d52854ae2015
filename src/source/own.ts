// Where a process of its own finds layerc: the script that runs a model file, and what `layerc` means in that file. Out: a path and
// an address, of modules that share their classes. Run from its TypeScript, as its tests do, layerc is first made JavaScript.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

/** The files of this layerc that another process runs. */
export interface Own {
  /** A path. */
  readonly child: string;
  /** An address. */
  readonly index: string;
}

let found: Own | undefined;

/** The same for every model file of this process. */
export function own(): Own {
  found ??=
    extname(import.meta.url) === ".ts"
      ? fromSource()
      : { child: here("./child.js"), index: pathToFileURL(here("../index.js")).href };
  return found;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

function fromSource(): Own {
  const outdir = mkdtempSync(join(tmpdir(), "layerc-own-"));
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  buildSync({
    entryPoints: { child: here("./child.ts"), index: here("../index.ts") },
    bundle: true,
    // Two entries over the same chunks: an error that one throws is of the class that the other knows.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    outdir,
    outExtension: { ".js": ".mjs" },
  });
  return { child: join(outdir, "child.mjs"), index: pathToFileURL(join(outdir, "index.mjs")).href };
}
