// README.md says what the code says: its generated parts are what scripts/readme.ts makes now, its TypeScript compiles, the
// program in it runs, its commands exist, its links lead somewhere. After a change: npm run update-examples.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import * as ts from "typescript";
import { describe, expect, it } from "vitest";
import { blockOf, blocks, fill, runStart, timeless } from "../scripts/readme.ts";
import { layerc } from "./cli/bin.ts";

const root = resolve(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const bundlers = readFileSync(join(root, "docs/bundlers.md"), "utf8");
const snippets = [...(readme + bundlers).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
const program = snippets.find((code) => code.includes("fit(")) ?? "";

describe("README.md", () => {
  it("shows what the code says now", () => {
    expect(readme, "npm run update-examples").toBe(fill(readme, blocks(blockOf(readme, "start"))));
  });

  it("shows what npm start prints, but for the times", () => {
    expect(timeless(blockOf(readme, "start")), "npm run update-examples").toBe(timeless(runStart()));
  });

  it("holds TypeScript that compiles", () => {
    expect(snippets.length).toBeGreaterThanOrEqual(5);
    expect(errorsIn(snippets)).toEqual([]);
    expect(errorsIn([program.replace("epochs:", "epoch:")])).toHaveLength(1);
  });

  it("holds a program that runs", () => {
    const folder = mkdtempSync(join(tmpdir(), "readme-"));
    try {
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(root, join(folder, "node_modules/layerc"));
      writeFileSync(join(folder, "program.mjs"), transformSync(program, { loader: "ts" }).code);
      const printed = execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" });
      expect(printed).toMatch(/^\d+ 1\n$/);
      expect(readdirSync(folder)).toEqual(expect.arrayContaining(["product.safetensors", "product.js", "product.d.ts"]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names commands and options that exist", async () => {
    const commands = [...readme.matchAll(/npx layerc (\w+) ?([^\n`]*)/g)].filter(([, command]) => command !== "in");
    expect(commands.length).toBeGreaterThanOrEqual(8);
    for (const [, command, rest] of commands) {
      const help = await layerc(root, [command, "--help"]);
      expect(help.status, command).toBe(0);
      for (const [option] of rest.replace(/#.*/, "").matchAll(/(?<=\s|^)--?[a-z-]+/g)) expect(help.stdout).toContain(option);
    }
  });

  it.each(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])("%s links to files that exist", (file) => {
    const links = [...readFileSync(join(root, file), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target);
    expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });
});

/** Each text as a file of the repository's own, type-checked under its options. */
function errorsIn(texts: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => readFileSync(path, "utf8"));
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, types: ["node"] }, root);
  const files = new Map(texts.map((text, i) => [join(root, `readme-${i}.ts`), `${text}\nexport {};\n`]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const own = files.get(path);
    return own === undefined ? getSourceFile.call(host, path, version, ...rest) : ts.createSourceFile(path, own, version, true);
  };
  const made = ts.createProgram([...files.keys(), join(root, "src/plugin/model.d.ts")], options, host);
  return [...files.keys()].flatMap((path) => {
    const source = made.getSourceFile(path);
    const found = [...made.getSyntacticDiagnostics(source), ...made.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  });
}
