// README.md and docs/ say what the code says: their generated parts are what scripts/readme.ts makes now, their TypeScript compiles, the
// programs in them run, their commands exist, their links lead somewhere. After a change: npm run update-examples.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import * as ts from "typescript";
import { describe, expect, it } from "vitest";
import { blockOf } from "../scripts/markdown.ts";
import { pages, renewed, runStart, startPage, timeless } from "../scripts/readme.ts";
import { layerc } from "./cli/bin.ts";
import { allPages, anchorOf, readPage, userPages } from "./support/pages.ts";

const root = resolve(import.meta.dirname, "..");
// Others know better what these show: tests/bundlers has the bundlers, tests/course.test.ts the programs whose text it is, and
// tests/cli/explain.test.ts runs what is wrong.
const heldElsewhere = /^docs\/(bundlers|course\/.*|errors)\.md$/;
const snippets = userPages.flatMap(({ file, fences }) =>
  heldElsewhere.test(file) ? [] : fences.filter(({ language }) => language === "ts").map(({ code }) => ({ file, code })),
);

describe("generated parts", () => {
  it.each(Object.keys(pages))("%s shows what the code says now", (name) => {
    const { text } = readPage(name);
    expect(text, "npm run update-examples").toBe(renewed(name, text));
  });

  it("what npm start prints stands there, but for the times", () => {
    const { text } = readPage(startPage);
    expect(timeless(blockOf(text, "start")), "npm run update-examples").toBe(timeless(runStart()));
  });
});

describe("README.md", () => {
  it("fits in a screen and a half, and says how to set up", () => {
    const { text, fences } = readPage("README.md");
    expect(text.split("\n").length).toBeLessThanOrEqual(120);
    const lines = fences.map(({ code }) => code.trim());
    expect(lines).toEqual(expect.arrayContaining(["npm ci && npm start", "npm ci && npm test"]));
  });
});

describe("code", () => {
  it("TypeScript compiles", () => {
    expect(snippets.length).toBeGreaterThanOrEqual(10);
    const [program] = snippets.filter(({ code }) => code.includes("epochs: 100"));
    const wrong = { file: "a key that is none", code: program.code.replace("epochs:", "epoch:") };
    expect(errorsIn([...snippets, wrong])).toEqual([expect.stringMatching(/^a key that is none: .*'epoch' does not exist/s)]);
  });

  it("every program that prints something runs", () => {
    const programs = snippets.filter(({ code }) => code.includes("console.log(") && !/from "\./.test(code));
    expect(programs.map(({ file }) => file)).toEqual(
      expect.arrayContaining(["docs/in-code.md", "docs/graphs.md", "docs/training.md"]),
    );
    const folder = mkdtempSync(join(tmpdir(), "readme-"));
    try {
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(root, join(folder, "node_modules/layerc"));
      for (const { file, code } of programs) {
        writeFileSync(join(folder, "program.mjs"), transformSync(code, { loader: "ts" }).code);
        expect(execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" }), file).toMatch(/\S/);
      }
      expect(readdirSync(folder)).toEqual(expect.arrayContaining(["product.safetensors", "product.js", "product.d.ts"]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names commands and options that exist", async () => {
    const lines = userPages.flatMap(({ file, fences, spans }) =>
      [...spans, ...fences.flatMap(({ code }) => code.split("\n"))].map((line) => ({ file, line })),
    );
    const helps = new Map<string, string>();
    const unknown: string[] = [];
    for (const { file, line } of lines) {
      const [, command, rest = ""] = /^(?:npx )?layerc ([a-z]\w*)(.*)/.exec(line) ?? [];
      if (command === undefined) continue;
      if (!helps.has(command)) {
        const { status, stdout } = await layerc(root, [command, "--help"]);
        expect(status, `${file}: ${line}`).toBe(0);
        helps.set(command, stdout);
      }
      const options = [...rest.replace(/#.*|'[^']*'/g, "").matchAll(/(?<=\s|^)--?[a-z-]+/g)].map(([option]) => option);
      unknown.push(
        ...options.filter((option) => !helps.get(command)?.includes(option)).map((option) => `${file}: ${line} (${option})`),
      );
    }
    expect(unknown).toEqual([]);
    expect(helps.size).toBeGreaterThanOrEqual(10);
  });
});

describe("links", () => {
  it.each(allPages.map(({ file }) => file))("of %s lead to files and headings that exist", (file) => {
    const { links } = readPage(file);
    expect(links.filter(({ to }) => !existsSync(join(root, to)))).toEqual([]);
    const anchored = links.filter(({ anchor }) => anchor !== "");
    expect(anchored.filter(({ to, anchor }) => !readPage(to).headings.some(({ text }) => anchorOf(text) === anchor))).toEqual([]);
  });

  it("of README.md and of one another reach every page", () => {
    const reached = new Set(["README.md"]);
    for (const file of reached) {
      const { links } = readPage(file);
      for (const { to } of links) if (to.endsWith(".md")) reached.add(to);
    }
    expect(userPages.map(({ file }) => file).filter((file) => !reached.has(file) && file !== "docs/index.md")).toEqual([]);
  });
});

/** Each text as a file of the repository's own, type-checked under its options. */
function errorsIn(texts: readonly { readonly file: string; readonly code: string }[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => readFileSync(path, "utf8"));
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, types: ["node"] }, root);
  const files = new Map(texts.map(({ file, code }, i) => [join(root, `page-${i}.ts`), { file, text: `${code}\nexport {};\n` }]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (path) => files.get(path)?.text ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const own = files.get(path)?.text;
    return own === undefined ? getSourceFile.call(host, path, version, ...rest) : ts.createSourceFile(path, own, version, true);
  };
  const made = ts.createProgram([...files.keys(), join(root, "src/plugin/model.d.ts")], options, host);
  return [...files].flatMap(([path, { file }]) => {
    const source = made.getSourceFile(path);
    const found = [...made.getSyntacticDiagnostics(source), ...made.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  });
}
