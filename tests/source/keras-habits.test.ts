// Habits of Keras and TensorFlow.js that JavaScript itself refuses: Node's words become a hint. In: model files. Out: their errors.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CompileError } from "../../compiler/diagnostics/error.ts";
import { layers } from "../../compiler/layers/index.ts";
import * as layerc from "../../src/index.ts";
import { elsewhere, habitIn, importOf, methods } from "../../src/source/habits.ts";
import { loadModel } from "../../src/source/load.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "keras-habits-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const esm = 'import { dense, sequential } from "layerc";\n';
const lines = "[dense({ units: 1, inputShape: [2] })]";
it.each<[name: string, text: string, code: string, hint: RegExp]>([
  ["new.ts", `${esm}export default sequential([new dense({ units: 1 })]);\n`, "source/threw", /without new/],
  ["called.ts", `${esm}export default sequential([dense({ units: 1 })()]);\n`, "source/threw", /inputs: \["a"\]/],
  ["compile.ts", `${esm}export default sequential(${lines}).compile({ loss: "mse" });\n`, "source/threw", /training: \{ loss/],
  ["add.ts", `${esm}const net = sequential([]);\nnet.add(dense({ units: 1 }));\nexport default net;\n`, "source/threw", /a list: sequential/],
  ["fit.mjs", `${esm}const net = sequential(${lines});\nawait net.fit([], []);\nexport default net;\n`, "source/threw", /fit\(model, /],
  ["tf.mjs", `${esm}export default tf.sequential();\n`, "source/threw", /import \{ dense, sequential \}/],
  ["unimported.mjs", `${esm}export default sequential([dropout({ rate: 0.5 })]);\n`, "source/threw", /import \{ dropout \} from "layerc"/],
  ["class.mjs", 'import { Dense } from "layerc";\nexport default Dense;\n', "source/no-such-export", /^did you mean "dense"\?$/],
  ["load.mjs", 'import { loadLayersModel } from "layerc";\nexport default loadLayersModel;\n', "source/no-such-export", /open\(bytes\)/],
  ["package.mjs", 'import * as tf from "@tensorflow/tfjs-no";\nexport default tf;\n', "source/syntax", /layerc itself has the layers/],
])("%s", async (name, text, code, hint) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  const error = (await loadModel(file).catch((error: unknown) => error)) as CompileError;
  expect(error).toMatchObject({ code, hint: expect.stringMatching(hint), at: { file } });
}); // biome-ignore format: one table

describe("what Node says", () => {
  /** What this very engine throws. */
  const thrown = (text: string): string => {
    try {
      new Function("layerc", text)(layerc);
    } catch (error) {
      return String(error);
    }
    return "nothing";
  };

  it("of every method of Keras' is known, and of none that a list or text has", () => {
    for (const name of Object.keys(methods)) {
      const found = thrown(`const net = layerc.sequential([]); net.${name}();`);
      if (name !== "pop") expect([name, habitIn(found)]).toEqual([name, methods[name]]);
    }
    expect(habitIn(thrown("({}).toString2()"))).toBeUndefined();
    expect(habitIn(thrown("({}).hasOwnProperty.constructor.prototype.x.y()"))).toBeUndefined();
    expect(habitIn("TypeError: a.constructor is not a function")).toBeUndefined();
  });

  it("of every layer that is made with new, called, or not imported, is known", () => {
    for (const { name } of layers.values()) {
      expect([name, habitIn(thrown(`new layerc.${name}({})`))]).toEqual([name, expect.stringContaining(`write ${name}({ … })`)]);
      expect([name, habitIn(thrown(`const { ${name} } = layerc; ${name}({})();`))]).toEqual([name, expect.stringContaining("line of a model")]);
      expect([name, habitIn(thrown(`${name}({})`))]).toEqual([name, expect.stringContaining(`import { ${name} }`)]);
    }
  }); // biome-ignore format: a line each

  it("leads to names that layerc exports", () => {
    const hints = [...Object.values(methods), ...Object.values(elsewhere)];
    const calls = hints.flatMap((hint) =>
      [...hint.matchAll(/(?<![\w.]|layerc )([a-z]\w*)\((?=[[{a-z])/g)].map(([, name]) => name),
    );
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.filter((name) => !(name in layerc))).toEqual([]);
    for (const name of Object.keys(elsewhere)) expect([name, name in layerc]).toEqual([name, false]);
    for (const { keras } of layers.values()) if (!(keras in layerc)) expect(importOf(keras)).toMatch(/^did you mean/);
  });
});
