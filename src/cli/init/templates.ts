// The projects that `layerc init` makes. In: a template, what takes the place of its marks. Out: files by path. The templates are files of
// the package, `templates/<name>/`, as they will stand in a project, so that editors and tests read them as what they are.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Name → what it is, as it is asked for. */
export const templates = {
  vite: "a page, bundled by Vite",
  node: "a script for Node",
  worker: "a Cloudflare Worker",
} as const;
/** The name of a template. */
export type Template = keyof typeof templates;

/** What a project is called, the name of its model file, and where npm finds layerc. */
export interface Marks {
  readonly name: string;
  readonly model: string;
  readonly layerc: string;
}

/** The folder of the package that this file belongs to: of the built code and of the source. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "templates"))) folder = dirname(folder);
  return folder;
}

/** The model of a project that brings none: its name, and its text. */
export const sampleModel = (): readonly [name: string, text: string] => [
  "xor.model.ts",
  readFileSync(join(packageFolder(), "templates/model/xor.model.ts"), "utf8"),
];

/** The files of a template, by path with `/`, with the marks filled in. */
export function filesOf(template: Template, { name, model, layerc }: Marks): ReadonlyMap<string, string> {
  const folder = join(packageFolder(), "templates", template);
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    found.map((entry) => {
      const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/");
      const text = readFileSync(join(folder, path), "utf8");
      const filled = text.replaceAll("__NAME__", name).replaceAll("__MODEL__", model).replaceAll("__LAYERC__", layerc);
      // npm leaves files called .gitignore out of a package.
      return [path === "gitignore" ? ".gitignore" : path, filled];
    }),
  );
}
