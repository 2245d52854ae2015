// The plugin in the real bundlers, as its users have them: the built package, a project of its own, the bundler in another process.
// Laws: the bundle, in a bare Node, answers what the module of `compile` answers, by every name of the model; no code of layerc is in
// it; an error ends the build and names the place in the user's source; a watcher follows the weights, also while they are wrong.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/index.ts";
import { openWeights, save } from "../../src/formats/index.ts";
import { dense, sequential } from "../../src/sequential.ts";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";
import { codeOf } from "../support/bundle.ts";
import { type Row, rows } from "./rows.ts";

mkdirSync(join(import.meta.dirname, "out"), { recursive: true });
// Below the bundlers' packages, where a project of their users has them.
const out = mkdtempSync(join(import.meta.dirname, "out/"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const layers = [dense({ name: "hidden", units: 2, activation: "relu", inputShape: [2] }), dense({ name: "out", units: 1 })];
const weights = (bias: number): Uint8Array =>
  save({
    ...sequential(layers, { name: "tiny" }),
    weights: {
      "hidden/kernel": Float32Array.of(1, 2, 3, 4),
      "hidden/bias": Float32Array.of(0.5, -0.5),
      "out/kernel": Float32Array.of(1, -1),
      "out/bias": Float32Array.of(bias),
    },
  });
const source = `import { dense, sequential } from "layerc";
import { units } from "./units.ts";
export default sequential([
  dense({ name: "hidden", units, activation: "relu", inputShape: [2] }),
  dense({ name: "out", units: 1 }),
], { name: "tiny", weights: "./tiny.safetensors", training: { loss: "mse", optimizer: "sgd" } });
`;
const models = { "tiny.model.ts": source, "units.ts": "export const units: number = 2;\n", "tiny.safetensors": weights(10) };
const project: Readonly<Record<string, string | Uint8Array>> = {
  "package.json": JSON.stringify({ name: "app", private: true, type: "module" }),
  "node_modules/models/package.json": JSON.stringify({ name: "models", version: "1.0.0" }),
  ...Object.fromEntries(["models", "node_modules/models"].flatMap((at) => Object.entries(models).map(([name, text]) => [`${at}/${name}`, text]))),
  "models/bad.model.ts": source.replace("units: 1", "units: -2"),
  "answer.js": `import { predict as aliased } from "@/tiny.model.ts?model";
import { predict as packaged } from "models/tiny.model.ts?model";
import { predict } from "./models/tiny.model.ts?model";
import { predict as before, trainStep } from "./models/tiny.model.ts?model&train&batch=4";
const x = [1, 1, 2, 0];
export const answer = [predict(x), aliased(x), packaged(x), before(x), [trainStep([1, 1], [8])], before(x)].map((y) => [...y]);
`,
  "bad.js": 'export { predict as answer } from "./models/bad.model.ts?model";\n',
  "small.js": 'import { predict } from "./models/tiny.model.ts?model";\nconsole.log(JSON.stringify([...predict([1, 1])]));\n',
  "hot.js": 'import { predict } from "./models/tiny.model.ts?model";\nlet kept = 0;\nsetInterval(() => console.log(JSON.stringify([predict([1, 1])[0], ++kept])), 100);\n',
  "page.js": 'import { predict } from "./models/tiny.model.ts?model";\nlet kept = 0;\nconst b = document.createElement("b");\nb.onclick = () => kept++;\ndocument.body.append(b);\nsetInterval(() => (b.textContent = predict([1, 1])[0] + ", " + kept), 50);\n',
  "app.js": 'import { answer } from "./answer.js";\nconsole.log(JSON.stringify(answer));\n',
}; // biome-ignore format: one line a file

function folderOf(row: Row, entry: "answer" | "bad" | "small" | "hot" | "page"): string {
  const folder = join(out, `${row.name.replaceAll(" ", "-")}-${entry}`);
  const files = { ...project, ...row.files, "entry.js": `export { answer } from "./${entry}.js";\n` };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  symlinkSync(resolve(import.meta.dirname, "../.."), join(folder, "node_modules/layerc"));
  return folder;
}

// What these tools would otherwise send home, or paint.
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1", CI: "1", NODE_ENV: undefined };
function make(row: Row, folder: string, entry: string) {
  const args = [...row.command(entry, false)];
  const { status, stdout, stderr } = spawnSync(row.program ?? process.execPath, args, { cwd: folder, encoding: "utf8", env });
  return { status, said: `${stdout}${stderr}` };
}

function answerOf(row: Row, folder: string): unknown {
  if (row.page !== undefined) {
    const [, answer] = /<p id="answer" title="([^"]*)">/.exec(readFileSync(join(folder, row.page), "utf8")) ?? [];
    return JSON.parse(answer.replaceAll("&quot;", '"'));
  }
  const args = ["--disallow-code-generation-from-strings", join(folder, row.bundle as string)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

interface Trained {
  predict(x: readonly number[]): Float32Array;
  trainStep(x: readonly number[], y: readonly number[]): number;
}
function expected(): number[][] {
  const model = { ...sequential(layers, { training: { loss: "mse", optimizer: "sgd" } }), weights: openWeights(weights(10)) };
  const { predict } = load(compile(model));
  const { predict: before, trainStep } = load<Trained>(compile(model, { train: true, batch: 4 }));
  const x = [1, 1, 2, 0];
  const all = [predict(x), predict(x), predict(x), before(x), [trainStep([1, 1], [8])], before(x)];
  return all.map((y) => [...y]);
}

/** The code that ships. */
function codeIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  expect(files).not.toEqual([]);
  return files.map((name) => codeOf(readFileSync(join(folder, name), "utf8"))).join("\n");
}

describe.each(rows)("with $name", (row) => {
  it("the bundle answers as the module of compile does, by every name, and holds no code of layerc", () => {
    const folder = folderOf(row, "answer");
    const { status, said } = make(row, folder, "app.js");
    expect(status, said).toBe(0);
    expect(answerOf(row, folder)).toEqual(expected());
    const code = codeIn(join(folder, "out"));
    expect(code).not.toMatch(/layerc|sequential\(/i);
    // A page of Next brings React; the others stand alone.
    if (row.bundle !== undefined) expect(code.length).toBeLessThan(60_000);
  });

  it("an error ends the build and names the place", () => {
    const { status, said } = make(row, folderOf(row, "bad"), "bad.js");
    expect(status).not.toBe(0);
    expect(said).toMatch(/layer\/config {2}layers\[1\]\.units/);
    expect(said).toMatch(/bad\.model\.ts( \(|:)5:\d+/);
  });
});

/** A port that nobody listens on. */
const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => settle(port));
    });
  });

/** Processes that run until a test ends, and what they have said. */
const running: ChildProcess[] = [];
afterEach(() => {
  // With the processes that they have started; one that has ended by itself has nothing left to end.
  for (const { pid, exitCode } of running.splice(0)) if (pid !== undefined && exitCode === null) process.kill(-pid, "SIGKILL");
});
function start(program: string, args: readonly string[], cwd: string) {
  const child = spawn(program, [...args], { cwd, detached: true, env: { ...env, CI: undefined } });
  running.push(child);
  const heard = { said: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (heard.said += text));
  return heard;
}
async function until(what: string, heard: { readonly said: string }, holds: () => boolean): Promise<void> {
  const end = Date.now() + 40_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not so after 40 s: ${what}\n${heard.said}`);
    await new Promise((wake) => setTimeout(wake, 200));
  }
}
// Watchers compare times of whole seconds on some systems, and gather changes first.
const settled = () => new Promise((wake) => setTimeout(wake, 1500));

describe.each(rows.filter(({ watches }) => watches))("the watcher of $name", (row) => {
  it("follows the weights, also while they are wrong", async () => {
    const folder = folderOf(row, "small");
    const put = (content: string | Uint8Array) => writeFileSync(join(folder, "models/tiny.safetensors"), content);
    const watcher = start(row.program ?? process.execPath, row.command("small.js", true), folder);
    const bundle = join(folder, row.bundle as string);
    const answers = (y: number) => () =>
      existsSync(bundle) && spawnSync(process.execPath, [bundle], { encoding: "utf8" }).stdout === `[${y}]\n`;
    await until("the first build", watcher, answers(9));
    await settled();
    put("no weights");
    await until("the error", watcher, () => watcher.said.includes("format/"));
    put(weights(20));
    await until("the second build", watcher, answers(19));
  });
});

describe.each(rows.filter(({ hot }) => hot !== undefined))("hot updates of $name", (row) => {
  it("swap a model in place, again and again: who imported predict calls the new one and keeps its state", async () => {
    const folder = folderOf(row, "hot");
    writeFileSync(join(folder, "hot.mjs"), row.hot as string);
    const watcher = start(process.execPath, ["hot.mjs"], folder);
    const bundle = join(folder, "outhot/app.cjs");
    await until("the bundle", watcher, () => existsSync(bundle));
    await settled();
    const app = start(process.execPath, [bundle], folder);
    const says = (y: number) => () => app.said.includes(`[${y},`);
    await until("the first model", app, says(9));
    for (const bias of [20, 30]) {
      writeFileSync(join(folder, "models/tiny.safetensors"), weights(bias));
      await until("the next model", app, says(bias - 1));
    }
    // Evaluated again, the program would count from 1.
    expect(app.said.match(/,1\]/g)).toEqual([",1]"]);
  });
});

describe.skipIf(skipOf("no-chromium", browserBinary === undefined)).each(rows.filter(({ page }) => page !== undefined))(
  "the server of $name",
  (row) => {
    it("shows a changed model on the server and in the page, which keeps its state", async () => {
      const folder = folderOf(row, "answer");
      const port = await freePort();
      const server = start(process.execPath, [...row.command("", true), "-p", String(port)], folder);
      await until("it listens", server, () => /ready/i.test(server.said));
      const browser = await chromium.launch({ executablePath: browserBinary as string, args: ["--no-sandbox", "--disable-gpu"] });
      try {
        const page = await browser.newPage();
        // Next takes updates from this name alone.
        await page.goto(`http://localhost:${port}/`);
        const shows = (text: string) =>
          page.waitForFunction(`document.querySelector("b").textContent === ${JSON.stringify(text)}`, undefined, {
            timeout: 40_000,
            polling: 200,
          });
        await shows("9, 0");
        // Until React has the page, a click does nothing.
        await page.waitForFunction(
          'document.querySelector("b").click(), document.querySelector("b").textContent !== "9, 0"',
          undefined,
          { polling: 500 },
        );
        const [, kept] = ((await page.textContent("b")) ?? "").split(", ");
        for (const bias of [20, 30]) {
          writeFileSync(join(folder, "models/tiny.safetensors"), weights(bias));
          await shows(`${bias - 1}, ${kept}`);
          await page.waitForFunction(`JSON.parse(document.querySelector("#answer").title)[0][0] === ${bias - 1}`, undefined, {
            timeout: 40_000,
            polling: 200,
          });
        }
      } finally {
        await browser.close();
      }
    });
  },
);

describe
  .skipIf(skipOf("no-chromium", browserBinary === undefined))
  .each(rows.flatMap(({ serves, ...row }) => (serves ? [{ ...row, ...serves }] : [])))("the page's server of $name", (row) => {
  it(`shows a changed model ${row.shows}`, async () => {
    const folder = folderOf(row, "page");
    writeFileSync(join(folder, "serve.mjs"), row.script);
    const browser = await chromium.launch({ executablePath: browserBinary as string, args: ["--no-sandbox", "--disable-gpu"] });
    const served = async () => {
      const port = await freePort();
      const server = start(row.program ?? process.execPath, ["serve.mjs", String(port)], folder);
      await until("it listens", server, () => /ready/.test(server.said));
      const page = await browser.newPage();
      await page.goto(`http://localhost:${port}/`);
      return async (text: string) => {
        const is = `document.querySelector("b")?.textContent === ${JSON.stringify(text)}`;
        await page.waitForFunction(is, undefined, { timeout: 40_000, polling: 200 });
        return page;
      };
    };
    try {
      let shows = await served();
      await (await shows("9, 0")).click("b");
      await shows("9, 1");
      for (const bias of [20, 30]) {
        writeFileSync(join(folder, "models/tiny.safetensors"), weights(bias));
        if (row.shows === "when started again") shows = await served();
        await shows(`${bias - 1}, ${row.shows === "in place" ? 1 : 0}`);
      }
    } finally {
      await browser.close();
    }
  });
});

it("every door is a plugin by its bundler's own types, and so say the examples of docs/bundlers.md", () => {
  const plugins = {
    rollup: 'import("rollup").Plugin',
    rolldown: 'import("rolldown").Plugin',
    webpack: 'import("webpack").WebpackPluginInstance',
    rspack: 'import("@rspack/core").RspackPluginInstance',
    rsbuild: 'import("@rsbuild/core").RsbuildPlugin',
    farm: 'import("@farmfe/core").JsPlugin',
    vite: 'import("vite").PluginOption',
    esbuild: 'import("esbuild").Plugin',
  };
  const lines = Object.entries(plugins).map(
    ([name, type]) =>
      `import { layerc as ${name} } from "layerc/${name}";\nexport const is${name}: ${type} = ${name}({ train: true });\n`,
  );
  const next = `import { layerc as next } from "layerc/next";\nexport const config: import("next").NextConfig = next({ reactStrictMode: true }, { train: true });\n`;
  const folder = folderOf(rows[0], "small");
  writeFileSync(join(folder, "types.ts"), [...lines, next].join(""));
  // The page's examples are such files, too.
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/bundlers.md"), "utf8");
  const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text]) => text);
  expect(examples.length).toBeGreaterThanOrEqual(10);
  const names = examples.map((text, i) => {
    writeFileSync(join(folder, `example-${i}.ts`), `${text}\nexport {};\n`);
    return `example-${i}.ts`;
  });
  const options = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--ignoreConfig",
    "--target",
    "ES2022",
    "--module",
    "nodenext",
    "--jsx",
    "preserve",
  ];
  const tsc = resolve(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
  const files = ["types.ts", ...names, "node_modules/layerc/src/plugin/model.d.ts"];
  expect(spawnSync(process.execPath, [tsc, ...options, ...files], { cwd: folder, encoding: "utf8" }).stdout).toBe("");
});
