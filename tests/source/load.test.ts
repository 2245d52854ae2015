import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CompileError } from "../../compiler/diagnostics/error.ts";
import { save } from "../../src/formats/index.ts";
import { loadModel } from "../../src/source/load.ts";

const folder = mkdtempSync(join(tmpdir(), "load-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const head = 'import { dense, sequential } from "layerc";\n';
const layers = [{ layer: "dense", config: { units: 1, inputShape: [2] } }];
const weights = { "dense/kernel": Float32Array.of(1, 2), "dense/bias": Float32Array.of(3) };

/** The error of a load as facts, its file relative to the folder. */
async function failure(file: string) {
  try {
    await loadModel(file);
  } catch (error) {
    const { name } = error as CompileError;
    const { code, path, message, hint, at } = (error as CompileError).diagnostic;
    return { name, code, path, message, hint, at: at && `${relative(folder, at.file)}:${at.line}:${at.column}` };
  }
  throw new Error("nothing was thrown");
}

describe("a model file", () => {
  it.each(["ts", "mts", "js", "mjs"])("in .%s is run", async (extension) => {
    const file = write(
      `plain.model.${extension}`,
      `${head}export default sequential([dense({ units: 1, inputShape: [2] })], { name: "plain" });\n`,
    );
    const loaded = await loadModel(file);
    expect(loaded.model).toMatchObject({ name: "plain", layers: [{ layer: "dense", config: { units: 1 } }] });
    expect(loaded).toMatchObject({ files: [file], source: file });
  });

  it("may import, use Node, CommonJS and its own address, and is read anew every time", async () => {
    const helper = write(
      "lib/units.ts",
      'import { basename } from "node:path";\nexport const here = basename(import.meta.url);\nexport const units: number = 3;\n',
    );
    const common = write("lib/common.cjs", 'module.exports = { sep: require("node:path").sep };\n');
    const text = (name: string) =>
      `${head}import { here, units } from "./lib/units.ts";\nimport common from "./lib/common.cjs";\nexport default sequential([dense({ units, inputShape: [2] })], { name: "${name} " + here + common.sep + import.meta.url.endsWith("many.model.ts") });\n`;
    const file = write("many.model.ts", text("a"));
    const first = await loadModel(file);
    expect(first.model.name).toBe("a units.ts/true");
    expect([...first.files].sort()).toEqual([common, file, helper].sort());
    write("many.model.ts", text("b"));
    expect((await loadModel(file)).model.name).toBe("b units.ts/true");
  });

  it("reads its weights relative to itself, with their shapes checked", async () => {
    const saved = write("deep/w.safetensors", save({ name: "m", seed: 0, layers, weights }));
    const file = write(
      "deep/weighted.model.ts",
      `${head}export default sequential([dense({ units: 1, inputShape: [2] })], { weights: "./w.safetensors" });\n`,
    );
    const loaded = await loadModel(file);
    expect(loaded.files).toEqual([file, saved]);
    expect([...(loaded.model.weights?.["dense/kernel"] ?? [])]).toEqual([1, 2]);
    const wrong = write(
      "deep/wrong.model.ts",
      `${head}export default sequential([dense({ units: 2, inputShape: [1] })], {\n  weights: "./w.safetensors",\n});\n`,
    );
    expect(await failure(wrong)).toMatchObject({
      code: "format/tensor",
      message: "the model needs shape [1, 2], the file gives [2, 1]",
      // A file of bytes has no lines.
      at: expect.stringMatching(/^deep\/w\.safetensors/),
    });
  });
});

describe("data", () => {
  it(".safetensors and .json are opened and never run", async () => {
    const model = { name: "m", seed: 0, layers, weights };
    expect((await loadModel(write("m.safetensors", save(model)))).model).toEqual({
      ...model,
      weights: Object.assign(Object.create(null), weights),
    });
    expect(
      (await loadModel(write("m.json", JSON.stringify({ name: "m", seed: 0, layers, weightsFile: "m.safetensors" })))).files,
    ).toEqual([join(folder, "m.json"), join(folder, "m.safetensors")]);
    expect(await failure(write("code.json", "process.exit(1)"))).toMatchObject({ code: "format/json" });
    expect(await failure(write("code.txt", "process.exit(1)"))).toMatchObject({ code: "format/unknown" });
  });
});

describe("errors", () => {
  it.each([
    [
      "syntax.model.ts",
      `${head}export default sequential([\n  dense({ units: 1 }}\n]);\n`,
      { code: "source/syntax", at: "syntax.model.ts:3:21" },
    ],
    [
      "import.model.ts",
      `${head}import { x } from "./nowhere.ts";\nexport default x;\n`,
      { code: "source/syntax", message: 'Could not resolve "./nowhere.ts"', at: "import.model.ts:2:19" },
    ],
    [
      "none.model.ts",
      `${head}export const model = sequential([]);\n`,
      {
        code: "source/no-default-export",
        message: expect.stringMatching(/none\.model\.ts has no default export; it exports model$/),
      },
    ],
    [
      "list.model.ts",
      `${head}const list = [dense({ units: 1 })];\nexport default list;\n`,
      { code: "source/not-a-model", message: expect.stringMatching(/is a list, not a model$/), at: "list.model.ts:3:16" },
    ],
    [
      "throws.model.ts",
      `${head}\nfunction boom(): never {\n  throw new RangeError("too big");\n}\nexport default sequential([boom()]);\n`,
      {
        code: "source/threw",
        message: expect.stringMatching(/throws\.model\.ts threw RangeError: too big$/),
        at: "throws.model.ts:4:9",
      },
    ],
    [
      "string.model.ts",
      'throw "up";\nexport default 1;\n',
      { code: "source/threw", message: expect.stringMatching(/threw up$/) },
    ],
  ])("%s", async (name, text, wanted) => {
    expect(await failure(write(name, text))).toMatchObject({ name: "CompileError", ...wanted });
  });

  it("in an imported file point there", async () => {
    write("lib/broken.ts", "export const x = ;\n");
    expect(await failure(write("uses.model.ts", 'import { x } from "./lib/broken.ts";\nexport default x;\n'))).toMatchObject({
      code: "source/syntax",
      at: "lib/broken.ts:1:18",
    });
    write("lib/thrower.ts", 'export function f(): number {\n  return null!["x"];\n}\n');
    expect(await failure(write("calls.model.ts", 'import { f } from "./lib/thrower.ts";\nexport default f();\n'))).toMatchObject({
      code: "source/threw",
      at: expect.stringMatching(/^lib\/thrower\.ts:2:/),
    });
  });
});
