// The pages of the project as data. In: README.md and its neighbours, docs/, bench/. Out: of each page its code, its headings and its links.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
// `.vitepress` holds what makes the site, and `[page].md` is the form of the pages that it makes of files beside docs/.
const below = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (/^[.[]/.test(entry.name)) return [];
    return entry.isDirectory() ? below(path) : entry.name.endsWith(".md") ? [path] : [];
  });

/** What stands on one page. */
export interface Page {
  /** From the root of the repository on. */
  readonly file: string;
  readonly text: string;
  /** Fenced blocks, with the word behind the fence. */
  readonly fences: readonly { readonly language: string; readonly code: string }[];
  /** Code within a line. */
  readonly spans: readonly string[];
  /** Levels and texts, as written. */
  readonly headings: readonly { readonly level: number; readonly text: string }[];
  /** Links and pictures that stay in the repository: the file from the root on, and what stands behind `#`. */
  readonly links: readonly { readonly to: string; readonly anchor: string }[];
}

/** A page as it stands. */
export function readPage(file: string): Page {
  const text = readFileSync(join(root, file), "utf8");
  const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
  const prose = text.replace(fence, "").replace(/<!--[\s\S]*?-->/g, "");
  const named = [...prose.replace(/`[^`\n]*`/g, "").matchAll(/\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)/g)];
  return {
    file,
    text,
    fences: [...text.matchAll(fence)].map(([, language, code]) => ({ language, code })),
    spans: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code),
    headings: [...prose.matchAll(/^(#+) (.*)$/gm)].map(([, { length }, heading]) => ({ level: length, text: heading })),
    links: named.map(([, to, anchor = ""]) => ({ to: to === "" ? file : join(dirname(file), to), anchor })),
  };
}

/** README.md, and what it leads to in docs/: what is there for users. */
export const userPages: readonly Page[] = ["README.md", ...below("docs").sort()].map(readPage);
/** Those, and what is there for whoever works on the project. */
export const allPages: readonly Page[] = [
  ...userPages,
  ...["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md", ...below("bench/results")].map(readPage),
];

/** A heading's anchor as repositories show it: letters, digits and hyphens of the text, in lower case. */
export const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
