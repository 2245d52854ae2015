// The site of docs/: its sidebar names every page, and what `npm run docs` builds holds together where it lies under a path of its own: every link
// leads to a page and a heading of it, and nothing is fetched from elsewhere.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileOf, type Item, linkOf, neighbours, sidebar } from "../docs/.vitepress/pages.ts";
import { userPages } from "./support/pages.ts";

const root = resolve(import.meta.dirname, "..");
const pages = userPages.flatMap(({ file }) => (file.startsWith("docs/") ? [file.slice("docs/".length)] : []));

describe("the sidebar", () => {
  const flat = (items: readonly Item[]): string[] => items.flatMap(({ link, items: below = [] }) => [link, ...flat(below)]);
  const named = sidebar.flatMap(({ items }) => flat(items)).map((link) => `${link.slice(1).replace(/(^|\/)$/, "$1index")}.md`);

  it("names every page once, but for the front page", () => {
    const own = named.filter((page) => fileOf(page) === `docs/${page}`);
    expect(own.sort()).toEqual(pages.filter((page) => page !== "index.md").sort());
    expect(new Set(named).size).toBe(named.length);
  });

  it("names the files beside docs/ that a reader may want, but no run of the bench", () => {
    const beside = named.map(fileOf).filter((file) => !file.startsWith("docs/"));
    expect(beside.sort()).toEqual(
      neighbours
        .map(({ file }) => file)
        .filter((file) => !file.startsWith("bench/"))
        .sort(),
    );
  });
});

describe("a link of the repository", () => {
  it.each([
    ["index.md", "../README.md#your-first-project", "project/readme.md#your-first-project"],
    ["formats/keras.md", "../layers.md", "../layers.md"],
    ["formats/keras.md", "../../CHANGELOG.md", "../project/changelog.md"],
    ["project/readme.md", "docs/formats/index.md", "../formats/index.md"],
    ["project/readme.md", "ARCHITECTURE.md", "architecture.md"],
    ["project/readme.md", "bench/results/chart.svg", "../../bench/results/chart.svg"],
    ["hosts.md", "../package.json", undefined],
    ["hosts.md", "nowhere.md", undefined],
  ])("of %s, %s, leads on the site to %s", (page, link, to) => {
    expect(linkOf(page, link)).toBe(to);
  });
});

describe("npm run docs", () => {
  const base = "/some/where/";
  const home = mkdtempSync(join(tmpdir(), "site-"));
  const site = join(home, "docs/.vitepress/dist");
  const html = new Map<string, string>();

  beforeAll(async () => {
    // In a copy: the generator leaves files beside its sources while it runs, and other tests read and pack those.
    // The playground is built of the sources.
    const sources = ["src", "compiler", "runtime", "scripts", "tsconfig.json"];
    for (const name of ["package.json", "docs", "bench/results", ...sources, ...neighbours.map(({ file }) => file)])
      cpSync(join(root, name), join(home, name), {
        recursive: true,
        filter: (path) => !/\.vitepress\/(dist|cache|\.temp)/.test(path),
      });
    symlinkSync(join(root, "node_modules"), join(home, "node_modules"));
    const build = spawn("npm", ["run", "--silent", "docs"], {
      cwd: home,
      env: { ...process.env, DOCS_BASE: base },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [build.stdout, build.stderr]) stream.on("data", (text) => (said += text));
    const [status] = await once(build, "close");
    expect(status, said).toBe(0);
    for (const name of readdirSync(site, { recursive: true, encoding: "utf8" }))
      if (name.endsWith(".html")) html.set(name, readFileSync(join(site, name), "utf8"));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("makes every page, with the text that it has in the repository", () => {
    const wanted = [...pages, ...neighbours.map(({ page }) => `project/${page}.md`)].map((page) => page.replace(/md$/, "html"));
    expect([...html.keys()].sort()).toEqual([...wanted, "404.html", "playground/index.html"].sort());
    for (const { page, text } of neighbours) expect(html.get(`project/${page}.html`)).toContain(/^# (.*)$/m.exec(text)?.[1]);
  });

  it("leads every link to a page and a heading that are there", () => {
    const astray: string[] = [];
    for (const [name, text] of html) {
      for (const [, link] of text.matchAll(/\b(?:href|src|srcset)="([^"]*)"/g)) {
        if (/^(https?:|data:)/.test(link)) continue;
        const [path, anchor = ""] = link.split("#");
        const from = path.startsWith("/") ? path : posix.join(base, dirname(name), path);
        const inside = path === "" ? name : from.slice(base.length).replace(/(^|\/)$/, "$1index.html");
        const isThere = (path === "" || from.startsWith(base)) && existsSync(join(site, inside));
        if (!isThere || (anchor !== "" && !html.get(inside)?.includes(` id="${decodeURIComponent(anchor)}"`)))
          astray.push(`${name}: ${link}`);
      }
    }
    expect(astray).toEqual([]);
  });

  it("loads nothing from elsewhere", () => {
    for (const [name, text] of html) {
      const loaded = [...text.matchAll(/<(?:script|link|img|iframe)\b[^>]*\b(?:href|src)="([^"]*)"/g)].map(([, link]) => link);
      expect(loaded.length, name).toBeGreaterThan(0);
      expect(
        loaded.filter((link) => /^(https?:)?\/\//.test(link)),
        name,
      ).toEqual([]);
    }
    const styles = readdirSync(join(site, "assets")).filter((name) => name.endsWith(".css"));
    for (const name of styles)
      expect(readFileSync(join(site, "assets", name), "utf8")).not.toMatch(/url\(\s*["']?(https?:)?\/\//);
  });
});
