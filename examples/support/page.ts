// The page of the pen for one model: index.html beside its only script, so that it opens from a folder. In: the entry of the script, the
// folder, what the page says of the model. Out: two files.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { layerc } from "layerc/esbuild";

/** Writes `index.html` and `draw.js`; the model in the entry is compiled while it is bundled. */
export async function penPage(entry: string, folder: string, says: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // A page that is opened from a folder can load no modules: one script with the model inside.
  const outfile = join(folder, "draw.js");
  await build({ entryPoints: [entry], outfile, bundle: true, minify: true, format: "iife", plugins: [layerc()] });
  const html = readFileSync(join(import.meta.dirname, "pen.html"), "utf8");
  writeFileSync(join(folder, "index.html"), html.replace("%says%", says));
}
