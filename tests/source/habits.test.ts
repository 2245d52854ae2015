// Model files as people write them: CommonJS, promises, timers; and what they do wrong ends in an error that says so, in time.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompileError } from "../../compiler/diagnostics/error.ts";
import { loadModel } from "../../src/source/load.ts";
import { toPlain } from "../../src/source/plain.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "habits-")));
beforeAll(() => {
  process.env.LAYERC_TIMEOUT = "1";
  // What a .js file is does not depend on a package.json that happens to stand above the folder for temporary files.
  writeFileSync(join(folder, "package.json"), "{}");
});
afterAll(() => {
  delete process.env.LAYERC_TIMEOUT;
  rmSync(folder, { recursive: true, force: true });
});
function write(name: string, content: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const model = "sequential([dense({ units: 1, inputShape: [2] })])";
const esm = 'import { dense, sequential } from "layerc";\n';
const cjs = 'const { dense, sequential } = require("layerc");\n';
const layers = [{ layer: "dense", config: { units: 1, inputShape: [2] } }];

async function failure(file: string, seen?: (file: string) => void) {
  try {
    await loadModel(file, seen);
  } catch (error) {
    const { name, diagnostic } = error as CompileError;
    const { code, path, message, at } = diagnostic;
    return { name, code, path, message, at: at && `${relative(folder, at.file)}:${at.line}:${at.column}` };
  }
  throw new Error("nothing was thrown");
}

describe("loads", () => {
  it.each([
    ["module.exports.cjs", `${cjs}module.exports = ${model};\n`],
    ["exports-default.cjs", `${cjs}exports.default = ${model};\n`],
    [
      "compiled.js",
      `"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n${cjs}exports.default = ${model};\n`,
    ],
    [
      "namespace.js",
      `const layerc = require("layerc");\nmodule.exports = layerc.sequential([layerc.dense({ units: 1, inputShape: [2] })]);\n`,
    ],
    [
      "export-equals.cts",
      `import layerc = require("layerc");\nexport = layerc.sequential([layerc.dense({ units: 1, inputShape: [2] })]);\n`,
    ],
    ["required.cjs", `${cjs}module.exports = sequential(require("./layers.cjs"));\n`],
    ["promise.ts", `${esm}export default Promise.resolve(${model});\n`],
    ["promise.cjs", `${cjs}module.exports = (async () => ${model})();\n`],
    ["awaited.ts", `${esm}await new Promise((settle) => setTimeout(settle, 20));\nexport default ${model};\n`],
    ["timer.ts", `${esm}setInterval(() => {}, 1000);\nexport default ${model};\n`],
    ["server.ts", `import { createServer } from "node:http";\n${esm}createServer().listen(0);\nexport default ${model};\n`],
    ["child.ts", `import { spawn } from "node:child_process";\n${esm}spawn("sleep", ["600"]);\nexport default ${model};\n`],
    ["exit-handler.ts", `${esm}process.on("exit", () => {\n  while (true);\n});\nexport default ${model};\n`],
    ["chdir.ts", `${esm}process.chdir("/");\nexport default ${model};\n`],
    ["proxy.ts", `${esm}export default new Proxy(${model}, {});\n`],
    ["hashbang.ts", `#!/usr/bin/env node\n${esm}export const here = import.meta.url;\nexport default ${model};\n`],
  ])("%s", async (name, text) => {
    write("layers.cjs", 'const { dense } = require("layerc");\nmodule.exports = [dense({ units: 1, inputShape: [2] })];\n');
    const cwd = process.cwd();
    expect((await loadModel(write(name, text))).model).toMatchObject({ layers });
    expect(process.cwd()).toBe(cwd);
  });

  it("with __dirname and its like meaning the file they stand in", async () => {
    const names = `__dirname.endsWith("deep") + " " + require("node:path").basename(__filename)`;
    write("deep/name.cjs", `module.exports = ${names};\n`);
    write(
      "deep/name.ts",
      `export const name = [import.meta.dirname, import.meta.filename, import.meta.url].map((at) => at.split("/").at(-1)).join(" ");\n`,
    );
    const file = write(
      "names.ts",
      `${esm}import common from "./deep/name.cjs";\nimport { name } from "./deep/name.ts";\nexport default sequential([dense({ units: 1, inputShape: [2] })], { name: \`\${common}, \${name}\` });\n`,
    );
    expect((await loadModel(file)).model.name).toBe("true name.cjs, deep name.ts name.ts");
  });

  it("weights with any name and bits", async () => {
    const file = write(
      "weights.ts",
      `${esm}export default { ...${model}, weights: { ["__proto__"]: Float32Array.of(-0, NaN, 1 / 3), a: new Float32Array([0, 1, 2]).subarray(1) } };\n`,
    );
    const { weights = {} } = (await loadModel(file)).model;
    expect(Object.keys(weights)).toEqual(["__proto__", "a"]);
    expect(Object.values(weights)).toEqual([Float32Array.of(-0, Number.NaN, 1 / 3), Float32Array.of(1, 2)]);
  });
});

const throws = (what: string) => `${esm}\nthrow ${what};\n`;
describe("ends with an error", () => {
  it.each([
    [
      "exit-0.ts",
      `${esm}\n  process.exit(0);\nexport default ${model};\n`,
      "source/ended",
      /called process\.exit\(0\)/,
      "exit-0.ts:3:11",
    ],
    [
      "exit-3.cjs",
      `${cjs}setTimeout(() => process.exit(3), 10);\nmodule.exports = new Promise(() => {});\n`,
      "source/ended",
      /called process\.exit\(3\)/,
      "exit-3.cjs:2:26",
    ],
    [
      "killed.ts",
      'process.kill(process.pid, "SIGTERM");\nawait new Promise(() => {});\n',
      "source/ended",
      /was ended by SIGTERM/,
    ],
    [
      "stuck.ts",
      `${esm}await new Promise(() => {});\nexport default ${model};\n`,
      "source/unsettled",
      /top-level await that does not settle, and nothing is left/,
    ],
    ["stuck-promise.ts", "export default new Promise(() => {});\n", "source/unsettled", /exports a Promise that does not settle/],
    [
      "late.ts",
      `setInterval(() => {}, 10);\nawait new Promise(() => {});\nexport default 1;\n`,
      "source/unsettled",
      /top-level await that does not settle after 1 s/,
    ],
    [
      "late-promise.cjs",
      `setInterval(() => {}, 10);\nmodule.exports = new Promise(() => {});\n`,
      "source/unsettled",
      /exports a Promise that does not settle after 1 s/,
    ],
    ["loop.ts", "while (true);\nexport default 1;\n", "source/unsettled", /was still busy after 1 s/],
    ["late-loop.ts", "await null;\nfor (;;);\nexport default 1;\n", "source/unsettled", /was still busy after 1 s/],
    [
      "blocked.ts",
      'import { execSync } from "node:child_process";\nexecSync("sleep 600");\nexport default 1;\n',
      "source/unsettled",
      /was still busy after 1 s/,
    ],
    [
      "rejected.ts",
      `export default Promise.reject(new Error("no data"));\n`,
      "source/threw",
      /threw Error: no data$/,
      "rejected.ts:1:31",
    ],
    [
      "loose.ts",
      `${esm}Promise.reject(new RangeError("loose"));\nawait new Promise((settle) => setTimeout(settle, 900));\nexport default ${model};\n`,
      "source/threw",
      /threw RangeError: loose$/,
      "loose.ts:2:16",
    ],
    [
      "later.ts",
      `${esm}setTimeout(() => {\n  throw new RangeError("later");\n}, 10);\nawait new Promise((settle) => setTimeout(settle, 900));\nexport default ${model};\n`,
      "source/threw",
      /threw RangeError: later$/,
      "later.ts:3:9",
    ],
    ["to-string.ts", throws("{ toString() { throw 1; } }"), "source/threw", /threw an object that cannot be shown$/],
    ["loops-to-string.ts", throws("{ toString() { for (;;); } }"), "source/unsettled", /was still busy/],
    ["null.ts", throws("null"), "source/threw", /threw null$/],
    ["undefined.ts", throws("undefined"), "source/threw", /threw undefined$/],
    ["symbol.ts", throws('Symbol("s")'), "source/threw", /threw Symbol\(s\)$/],
    ["bare.ts", throws("Object.create(null)"), "source/threw", /threw an object that cannot be shown$/],
    ["trap.ts", throws("new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })"), "source/threw", /threw /],
    ["revoked.ts", "const { proxy, revoke } = Proxy.revocable({}, {});\nrevoke();\nthrow proxy;\n", "source/threw", /threw /],
    [
      "message.ts",
      throws("new (class extends Error { get message() { throw 1; } })()"),
      "source/threw",
      /threw an object that cannot be shown$/,
    ],
    [
      "stack.ts",
      throws('Object.defineProperty(new Error("x"), "stack", { get() { throw 1; } })'),
      "source/threw",
      /threw Error: x$/,
    ],
    [
      "getter.cjs",
      'module.exports = {};\nObject.defineProperty(module.exports, "default", { get() { throw new Error("up"); } });\n',
      "source/threw",
      /threw Error: up$/,
      "getter.cjs:2:66",
    ],
    [
      "named.cjs",
      `${cjs}module.exports = { net: ${model} };\n`,
      "source/not-a-model",
      /is an object without layers, with net, not a model$/,
    ],
    ["uncalled.ts", `${esm}export default sequential([dense]);\n`, "model/schema", /found a function$/, "uncalled.ts:2:28"],
    [
      "function.ts",
      `${esm}export default sequential([dense({ inputShape: [2], units: () => 1 })]);\n`,
      "layer/config",
      /^units needs a number, found a function$/,
      "function.ts:2:53",
    ],
  ] as const)("%s", async (name, text, code, message, at?: string) => {
    expect(await failure(write(name, text))).toMatchObject({
      name: "CompileError",
      code,
      message: expect.stringMatching(message),
      ...(at === undefined ? {} : { at }),
    });
  });

  it("where LAYERC_TIMEOUT is no number", async () => {
    process.env.LAYERC_TIMEOUT = "soon";
    const found = await failure(write("plain.ts", `${esm}export default ${model};\n`));
    process.env.LAYERC_TIMEOUT = "1";
    expect(found).toMatchObject({ code: "cli/option", message: 'LAYERC_TIMEOUT needs a number of seconds, found "soon"' });
  });

  it("on a line that got names in front, in its own column", async () => {
    expect(await failure(write("first.ts", "throw new Error(import.meta.url.slice(0, 4));\n"))).toMatchObject({
      message: expect.stringMatching(/threw Error: file$/),
      at: "first.ts:1:7",
    });
    expect(await failure(write("syntax.ts", "import.meta.url; const x = ;\n"))).toMatchObject({ at: "syntax.ts:1:28" });
  });
});

it("tells of every file also where it fails, those that are missing among them", async () => {
  const told = async (name: string, text: string) => {
    const seen = new Set<string>();
    await failure(write(name, text), (file) => seen.add(relative(folder, file)));
    return [...seen];
  };
  write("lib/wrong.ts", "export const x = ;\n");
  expect(await told("imports.ts", 'import "./lib/wrong.ts";\n')).toEqual(["imports.ts", "lib/wrong.ts"]);
  expect(await told("misses.ts", 'import "./lib/none.js";\n')).toEqual(
    expect.arrayContaining(["misses.ts", "lib/none.js", "lib/none.ts"]),
  );
  expect(await told("unweighted.json", JSON.stringify({ layers, weightsFile: "./none.safetensors" }))).toEqual([
    "unweighted.json",
    "none.safetensors",
  ]);
});

it("plain data keeps holes, shared parts and numbers, and drops what is not data's", () => {
  const shared = [1];
  class Layer {
    units = 2;
    get more() {
      return 1;
    }
  }
  // biome-ignore lint/suspicious/noSparseArray: that is the case
  const made = toPlain({ a: shared, b: shared, holes: [, 1], layer: new Layer(), weights: Float32Array.of(1) }) as Record<
    string,
    unknown
  >;
  expect(made.a).toBe(made.b);
  expect(0 in (made.holes as unknown[])).toBe(false);
  expect(made.layer).toEqual({ units: 2 });
  expect(Object.getPrototypeOf(made.layer)).toBe(Object.prototype);
});

it("plain data holds no function, symbol, circle or getter that throws", () => {
  const circle: Record<string, unknown> = { layers: [{ config: {} }] };
  circle.self = circle;
  const getter = {
    get x() {
      throw new Error("up");
    },
  };
  const cases: [unknown, string, RegExp][] = [
    [{ layers: [{ config: { units() {} } }] }, "layers[0].units", /is the function units, and a model is plain data$/],
    [[Symbol("s")], "[0]", /is a symbol/],
    [circle, "self", /is a reference to what it stands in/],
    [getter, "x", /is a getter that throws Error: up/],
  ];
  for (const [value, path, message] of cases) {
    const diagnostic = expect.objectContaining({ code: "source/not-data", path, message: expect.stringMatching(message) });
    expect(() => toPlain(value)).toThrow(expect.objectContaining({ diagnostic }));
  }
});
