// The sidebar: THE list of pages, by what a reader looks for. Out: groups of pages, each under its own heading, and where a link that leaves docs/
// leads. A page that is not there is left out; tests/site.test.ts finds a page that no group names.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, posix, resolve } from "node:path";

/** The repository. */
export const root: string = resolve(import.meta.dirname, "../..");

/** A folder ends with a slash: its index, then its other pages by name. A page has its heading for a name, but where it is given one. */
const groups: readonly (readonly [
  title: string,
  entries: readonly (string | { readonly page: string; readonly text: string })[],
])[] = [
  ["Begin", [{ page: "project/readme", text: "First steps" }, "course/", "walk", "playground", "examples", "migration"]],
  ["Use", ["command-line", "in-code", "bundlers", "modules", "smaller", "wasm", "hosts", "scale", "errors"]],
  ["Models", ["layers", "graphs", "formats/"]],
  ["Training", ["training", "fit", "training-reference"]],
  ["Know", ["limits", "safety", "speed", "inspect", "report", "report-panes"]],
  ["Project", ["project/architecture", "project/contributing", "project/changelog"]],
];

/** Files beside docs/ that are pages of the site too, since its pages lead to them: `docs/project/[page].md` shows each. */
const besides = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...readdirSync(join(root, "bench/results")).flatMap((name) => (name.endsWith(".md") ? [`bench/results/${name}`] : [])),
];
const nameOf = (file: string): string => basename(file, ".md").toLowerCase();

/** Of each such page its name, and what stands on it. */
export const neighbours: readonly { readonly page: string; readonly file: string; readonly text: string }[] = besides.map(
  (file) => ({
    page: nameOf(file),
    file,
    text: readFileSync(join(root, file), "utf8"),
  }),
);

/** The file of the repository that a page of the site shows; both from their roots on. */
export function fileOf(page: string): string {
  const shown = neighbours.find((each) => `project/${each.page}.md` === page);
  return shown?.file ?? `docs/${page}`;
}

/**
 * Where a link of a page leads on the site, as a relative path; undefined where the site does not have it. In the repository the same link leads to
 * the file itself.
 */
export function linkOf(page: string, link: string): string | undefined {
  const [path, ...anchor] = link.split(/(?=#)/);
  const file = posix.join(posix.dirname(fileOf(page)), decodeURI(path));
  if (!existsSync(join(root, file))) return undefined;
  const shown = besides.includes(file) ? `docs/project/${nameOf(file)}.md` : file;
  return shown.startsWith("docs/") || /\.(svg|png)$/.test(file)
    ? [posix.relative(posix.dirname(`docs/${page}`), shown), ...anchor].join("")
    : undefined;
}

/** A page in the sidebar, with those below it. */
export interface Item {
  readonly text: string;
  readonly link: string;
  readonly items?: Item[];
  readonly collapsed?: boolean;
}

function itemOf(page: string, text?: string): Item[] {
  const path = join(root, fileOf(`${page}.md`));
  if (!existsSync(path)) return [];
  const heading = /^# (.*)$/m.exec(readFileSync(path, "utf8"))?.[1] ?? page;
  return [{ text: text ?? heading.replaceAll("`", ""), link: `/${page.replace(/(^|\/)index$/, "$1")}` }];
}

function folderOf(folder: string): Item[] {
  const path = join(root, "docs", folder);
  const names = existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".md") && name !== "index.md") : [];
  const items = names.sort().flatMap((name) => itemOf(`${folder}${name.slice(0, -3)}`));
  return itemOf(`${folder}index`).map((index) => ({ ...index, items, collapsed: true }));
}

/** The groups of the sidebar that have pages. */
export const sidebar: readonly { readonly text: string; readonly items: Item[] }[] = groups.flatMap(([text, entries]) => {
  const items = entries.flatMap((entry) => {
    if (typeof entry !== "string") return itemOf(entry.page, entry.text);
    return entry.endsWith("/") ? folderOf(entry) : itemOf(entry);
  });
  return items.length > 0 ? [{ text, items }] : [];
});

/** What stands above every page, of those that are there. */
export const nav: readonly Item[] = [
  ...itemOf("project/readme", "First steps"),
  // Short, so that all fit beside the search on a narrow screen.
  ...itemOf("course/index", "Course"),
  ...["layers", "training", "formats/index", "command-line"].flatMap((page) => itemOf(page)),
  ...itemOf("errors", "Errors"),
];
