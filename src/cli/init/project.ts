// A new project. In: a folder, a template, perhaps a model file. Out: its files, on the disk. Guarantee: nothing is written into a folder
// that holds anything, and nothing at all where the model cannot be opened; a model brings every file that it is made of.
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { reasonOf, showFile } from "../../files.ts";
import { loadModel } from "../../source/load.ts";
import { originOf } from "./origin.ts";
import { filesOf, sampleModel, type Template, templates } from "./templates.ts";

/** What `layerc init` was told. */
export interface Wanted {
  readonly folder: string;
  readonly template: Template;
  /** A model file to copy; without one, a small model of ours. */
  readonly model?: string;
  /** Where npm finds layerc; without it, where this layerc came from. */
  readonly layerc?: string;
}

/** Makes the project and gives the paths of its files. Throws CompileError `file/not-ours`, `file/write`, and what opening the model throws. */
export async function makeProject({ folder, template, model, layerc }: Wanted): Promise<readonly string[]> {
  const root = resolve(folder);
  checkEmpty(root);
  const { hasModel } = templates[template];
  if (!hasModel && model !== undefined) {
    const message = `template ${template} has models of its own, found --model ${showFile(model)}`;
    throw new CompileError({ code: "cli/option", path: "", message, hint: "leave --model out, or choose another template" });
  }
  const brought = model === undefined ? new Map([sampleModel()]) : await filesOfModel(model);
  const [modelName] = brought.keys();
  const marks = { name: nameOf(root), model: modelName, layerc: layerc ?? originOf(root) };
  const files = new Map<string, string | Uint8Array>(filesOf(template, marks));
  for (const [path, content] of hasModel ? brought : []) {
    const at = `src/${path}`;
    if (files.has(at)) throw new CompileError({ code: "file/write", path: "", message: `the template has a file ${at} of its own`, hint: `rename ${path}` }); // biome-ignore format: one line
    files.set(at, content);
  }
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      // Whatever has come there in the meantime stays.
      writeFileSync(join(root, path), content, { flag: "wx" });
    }
  } catch (error) {
    throw new CompileError({ code: "file/write", path: "", message: `cannot write into ${showFile(root)}: ${reasonOf(error)}` });
  }
  return [...files.keys()].sort();
}

/** Throws CompileError `file/not-ours` where something is there already. */
export function checkEmpty(root: string): void {
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) return;
  const holds = found.isDirectory() ? readdirSync(root).filter((name) => name !== ".git") : undefined;
  if (holds?.length === 0) return;
  const message = holds === undefined ? "is there already, and no folder" : `holds something already: ${holds[0]}`;
  throw new CompileError({
    code: "file/not-ours",
    path: "",
    message: `${showFile(root)} ${message}`,
    hint: "give another folder",
  });
}

/** The model file first, and every file that it is made of, by their paths from its folder. */
async function filesOfModel(model: string): Promise<Map<string, Uint8Array>> {
  const { files } = await loadModel(model);
  const home = realpathSync(dirname(resolve(model)));
  const own = files.map((file) => realpathSync(file)).filter((file) => !file.includes(`${sep}node_modules${sep}`));
  return new Map(
    own.map((file, i) => {
      const path = i === 0 ? basename(model) : relative(home, file).split(sep).join("/");
      if (path.startsWith("..") || /^[A-Za-z]:/.test(path)) {
        throw new CompileError({
          code: "file/input",
          path: "",
          message: `the model needs ${showFile(file)}, which does not lie beside it or below`,
          hint: "move it there, or bring the model as one file: npx layerc convert",
        });
      }
      return [path, readFileSync(file)];
    }),
  );
}

/** What npm takes for a name. */
function nameOf(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? "model" : name;
}
