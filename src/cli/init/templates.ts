// The projects that `layerc init` makes. In: a template, what takes the place of its marks. Out: files by path. The templates are files of
// the package, `templates/<name>/`, as they will stand in a project, so that editors and tests read them as what they are.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

interface Row {
  /** What it is, as it is asked for. */
  readonly says: string;
  /** What to type once it is installed. */
  readonly start: string;
  /** Whether it is about one model, which somebody may bring. */
  readonly hasModel: boolean;
  /** Folders and files of the package that go along: where to → where from. */
  readonly brings: Readonly<Record<string, string>>;
}

/** THE table of templates, by name. */
export const templates = {
  vite: { says: "a page, bundled by Vite", start: "npm run dev", hasModel: true, brings: {} },
  node: { says: "a script for Node", start: "npm start", hasModel: true, brings: {} },
  worker: { says: "a Cloudflare Worker", start: "npm run dev", hasModel: true, brings: {} },
  course: {
    says: "the six lessons of the course, to run and to change",
    start: "npm start -- 1",
    hasModel: false,
    // The lessons import these by the paths that they have beside each other.
    brings: {
      course: "examples/course",
      "mnist/data.ts": "examples/mnist/data.ts",
      "support/data.ts": "examples/support/data.ts",
    },
  },
} as const satisfies Readonly<Record<string, Row>>;
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
  const own = [...textsIn(join(packageFolder(), "templates", template))].map(([path, text]) => {
    const filled = text.replaceAll("__NAME__", name).replaceAll("__MODEL__", model).replaceAll("__LAYERC__", layerc);
    // npm leaves files called .gitignore out of a package.
    return [path === "gitignore" ? ".gitignore" : path, filled] as const;
  });
  const brought = Object.entries(templates[template].brings).flatMap(([to, from]) =>
    [...textsIn(join(packageFolder(), from))].map(([path, text]) => [`${to}${path && `/${path}`}`, text] as const),
  );
  return new Map([...own, ...brought]);
}

/** A file (its path is "" then) or all files of a folder but what its programs wrote, by their paths with `/`. */
function textsIn(place: string): ReadonlyMap<string, string> {
  if (statSync(place).isFile()) return new Map([["", readFileSync(place, "utf8")]]);
  const found = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map((entry) => relative(place, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return new Map(paths.filter((path) => !path.startsWith("out/")).map((path) => [path, readFileSync(join(place, path), "utf8")]));
}
