// Whole modules from hand-made Programs: numbers, overlap, errors, training, formats, external weights, hostile names, sizes.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import ts from "typescript";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { globals } from "../../compiler/base/words.ts";
import { compile } from "../../compiler/compile.ts";
import { mathMembers } from "../../compiler/emit/code.ts";
import { freeNames } from "../../compiler/emit/judge.ts";
import { emitModule } from "../../compiler/emit/module/module.ts";
import type { ModuleParts } from "../../compiler/emit/module/parts.ts";
import { load } from "../../runtime/load.ts";
import { dense, model, stringLookup } from "../../src/sequential.ts";
import { near } from "../close.ts";
import { type Emitted, lineParts, loopConstants, loopNet, netByHand, parts, run, straightNet } from "./programs.ts";

const folder = mkdtempSync(join(tmpdir(), "emit-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = [0.5, -1, 1, 2, -3, 4, 0.1, 0.2, 7, -7];
const expected = Array.from({ length: rows.length / 2 }, (_, i) => netByHand(rows[2 * i], rows[2 * i + 1]));
const selfTest = { rows: 2, x: [Float32Array.from(rows.slice(0, 4))], columns: [0], y: expected.slice(0, 2), bounds: [1e-5] };
const straight = (options = {}): ModuleParts => parts(straightNet(), options, { selfTest });
const looped = (options = {}, tile = 4): ModuleParts => parts(loopNet(tile), options, { constants: loopConstants, selfTest });

describe.each([
  ["straight", run(straight())],
  ["loops and a tile of 4", run(looped())],
  ["loops and a tile of 3", run(looped({}, 3))],
  ["external weights", run(looped({ weights: "external" }))],
] as const)("predict, %s", (_, module) => {
  it("computes 0, 1 and many rows", () => {
    for (let count = 0; count <= 5; count++)
      expect(Array.from(module.predict(rows.slice(0, 2 * count)))).toEqual(expected.slice(0, count));
  });
  it("leaves nothing of one call in the next", () => {
    module.predict(new Float32Array(10).fill(1e30));
    expect(Array.from(module.predict(rows.slice(0, 6)))).toEqual(expected.slice(0, 3));
  });
  it("rounds its input to float32 and lets NaN through", () => {
    const [a, b] = [0.1, 1e-50];
    expect(module.predict([a, b])).toEqual(module.predict(Float32Array.of(a, b)));
    expect(Array.from(module.predict([1, Number.NaN, 0.5, -1]))).toEqual([Number.NaN, expected[0]]);
  });
  it("writes to out and gives it back", () => {
    const out = new Float32Array(5);
    expect(module.predict(rows, out)).toBe(out);
    expect(Array.from(out)).toEqual(expected);
  });
  it("does not mind that x and out overlap, wherever", () => {
    for (let xAt = 0; xAt <= 12; xAt++) {
      for (let outAt = 0; outAt <= 17; outAt++) {
        const memory = new Float32Array(22).fill(9);
        const x = memory.subarray(xAt, xAt + 10);
        x.set(rows);
        const out = memory.subarray(outAt, outAt + 5);
        module.predict(x, out);
        expect(Array.from(out), `x at ${xAt}, out at ${outAt}`).toEqual(expected);
      }
    }
    const bytes = new Uint8Array(4 * 5).fill(1);
    const ones = Array.from({ length: 10 }, () => 1);
    expect(module.predict(bytes.subarray(4, 14), new Float32Array(bytes.buffer))).toEqual(module.predict(ones));
  });
  it("says what is wrong with x and out", () => {
    const fails = (x: unknown, out: unknown, type: ErrorConstructor, message: string) => {
      expect(() => module.predict(x, out)).toThrow(new type(message));
      expect(() => module.predict(x, out)).toThrow(type);
    };
    const wanted = "x: row 0, place 0: wanted k * 2 numbers, got";
    fails(undefined, undefined, TypeError, `${wanted} Undefined`);
    fails(null, undefined, TypeError, `${wanted} Null`);
    fails("12", undefined, TypeError, `${wanted} "12"`);
    fails({ a: 1 }, undefined, TypeError, `${wanted} Object`);
    fails([1, 2, 3], undefined, RangeError, "x: row 0, place 0: wanted k * 2 numbers, got 3");
    fails([1, 2], [0], TypeError, "out: wanted a Float32Array, got Array");
    fails([1, 2], new Float64Array(1), TypeError, "out: wanted a Float32Array, got Float64Array");
    fails([1, 2], null, TypeError, "out: wanted a Float32Array, got Null");
    fails([1, 2], new Float32Array(2), RangeError, "out: wanted 1 numbers, got 2");
  });
  it("tests itself", () => {
    expect(module.selfTest()).toBe(0);
    expect([module.inputShape, module.outputShape, module.inputs, module.outputs]).toEqual([[2], [1], { x: [2] }, { y: [1] }]);
  });
});

it("reads every input before it writes, when rows keep their size", () => {
  const program = straightNet();
  const swap = (i: number) =>
    ({
      do: "store",
      buffer: "out",
      index: { base: i, terms: [] },
      value: { op: "load", fmt: "f32", buffer: "in", index: { base: 1 - i, terms: [] } },
    }) as const;
  const buffers = program.buffers.map((buffer) => ({ ...buffer, length: 2 }));
  const made = run(
    parts(
      { ...program, buffers, kernels: [{ name: "dense", origin: "swap", body: [swap(0), swap(1)] }] },
      {},
      { outputs: [{ name: "y", shape: [2] }] },
    ),
  );
  const x = Float32Array.from(rows);
  expect(made.predict(x, x)).toBe(x);
  expect(Array.from(x)).toEqual(Array.from(Float32Array.from(rows.map((_, i) => rows[i ^ 1]))));
});

describe("selfTest fails", () => {
  it.each([
    ["a wrong number", [expected[0], expected[1] + 1], "selfTest: output 0 of row 1 is off by 1, more than 0.00001"],
    ["NaN", [expected[0], Number.NaN], "selfTest: output 0 of row 1 is off by NaN, more than 0.00001"],
  ])("on %s", (_, y, message) => {
    expect(() => run(parts(straightNet(), {}, { selfTest: { ...selfTest, y } })).selfTest()).toThrow(message);
  });
  it("not within the allowed error, which it returns", () => {
    const planted = 5e-6;
    const error = run(
      parts(straightNet(), {}, { selfTest: { ...selfTest, y: [expected[0] + planted, expected[1]] } }),
    ).selfTest();
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(2 * planted);
  });
});

describe("training", () => {
  const x = [1, 2, -1, 0.5];
  const y = [2, 3, 1, -1];
  // 2w·x + b with w = 0.5, b = −1; the mean of weight · error².
  const lossOf = (w: number, b: number, weight = [1, 1, 1, 1], count = 4) =>
    x.slice(0, count).reduce((sum, at, i) => sum + weight[i] * (2 * w * at + b - y[i]) ** 2, 0) / count;

  it("steps down the gradient, and predict follows", () => {
    const module = run(lineParts());
    expect(Array.from(module.predict([3]))).toEqual([2]);
    const errors = x.map((at, i) => at - 1 - y[i]);
    const w = 0.5 - (4 * 0.125 * errors.reduce((sum, e, i) => sum + e * x[i], 0)) / 4;
    const b = -1 - (2 * 0.125 * errors.reduce((sum, e) => sum + e, 0)) / 4;
    expect(module.trainStep(x, y)).toBe(Math.fround(lossOf(0.5, -1)));
    expect(module.getWeights()).toEqual([Float32Array.of(w), Float32Array.of(b)]);
    expect(Array.from(module.predict([3]))).toEqual([Math.fround(6 * Math.fround(w) + Math.fround(b))]);
  });
  it("takes sample weights, a learning rate, and fewer rows than the batch", () => {
    const weight = [0, 2, 1, 0.5];
    expect(run(lineParts()).trainStep(x.slice(0, 3), y.slice(0, 3), { sampleWeight: weight.slice(0, 3) })).toBe(
      Math.fround(lossOf(0.5, -1, weight, 3)),
    );
    const still = run(lineParts());
    still.trainStep(x, y, { learningRate: 0 });
    expect(still.getWeights()).toEqual([Float32Array.of(0.5), Float32Array.of(-1)]);
    // Weights of an earlier call do not stay.
    const module = run(lineParts());
    module.trainStep(x, y, { sampleWeight: weight, learningRate: 0 });
    expect(module.trainStep(x, y)).toBe(Math.fround(lossOf(0.5, -1)));
  });
  it("evaluates any number of rows, by rows", () => {
    const module = run(lineParts());
    const [longX, longY] = [
      [...x, ...x, 1],
      [...y, ...y, 2],
    ];
    const sum = (2 * 4 * lossOf(0.5, -1) + (1 - 1 - 2) ** 2) / 9;
    near(module.evaluate(longX, longY).loss, sum);
    expect(module.evaluate(x, y, { sampleWeight: [1, 0, 0, 0] }).loss).toBe(Math.fround(lossOf(0.5, -1, [1, 0, 0, 0])));
  });
  it("getWeights and setWeights copy, and predict follows", () => {
    const module = run(lineParts());
    const weights = module.getWeights();
    weights[0][0] = 10;
    expect(module.getWeights()[0][0]).toBe(0.5);
    module.predict([1]);
    module.setWeights(weights);
    weights[0][0] = 99;
    expect(Array.from(module.predict([1, 2]))).toEqual([19, 39]);
  });
  it("create gives instances that share nothing, and selfTest tests the weights the module came with", () => {
    const module = run(lineParts({}, { selfTest: { rows: 1, x: [Float32Array.of(3)], columns: [0], y: [2], bounds: [1e-6] } }));
    const other = module.create();
    module.trainStep(x, y);
    expect(Array.from(other.predict([3]))).toEqual([2]);
    expect(module.selfTest()).toBe(0);
  });
  it("state starts at its initial value", () => {
    const made = lineParts();
    const buffers = made.program.buffers.map((buffer) =>
      buffer.name === "b" ? { ...buffer, role: "state" as const, initial: 5 } : buffer,
    );
    const module = run({ ...made, program: { ...made.program, buffers }, constants: new Map([["w", Float32Array.of(0.5)]]) });
    expect(Array.from(module.predict([3]))).toEqual([8]);
  });
  it("says what is wrong", () => {
    const module = run(lineParts());
    const fails = (make: () => unknown, type: ErrorConstructor, message: string) => {
      expect(make).toThrow(type);
      expect(make).toThrow(message);
    };
    fails(() => module.trainStep([], []), RangeError, "x: wanted 1 to 4 rows of 1 numbers, got 0 rows");
    fails(() => module.trainStep([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), RangeError, "x: wanted 1 to 4 rows of 1 numbers, got 5 rows");
    fails(() => module.trainStep(x, [1]), RangeError, "y: wanted 4 numbers, 1 per row of x, got 1");
    fails(() => module.trainStep(x, undefined), TypeError, "y: row 0, place 0: wanted k * 1 numbers, got Undefined");
    fails(
      () => module.trainStep(x, y, { sampleWeight: [1] }),
      RangeError,
      "sampleWeight: wanted 4 numbers, one per row of x, got 1",
    );
    fails(() => module.trainStep(x, y, { learningRate: "fast" }), TypeError, 'learningRate: wanted a number, got "fast"');
    fails(() => module.evaluate([], []), RangeError, "x: wanted at least 1 row of 1 numbers, got 0 rows");
    fails(() => module.setWeights([[1]]), RangeError, "weights: wanted 2 arrays, got 1");
    fails(() => module.setWeights(5), TypeError, "weights: wanted a list of 2 arrays, got Number");
    fails(() => module.setWeights([[7], [1, 2]]), RangeError, "weights[1] (line/bias): row 0, place 0: wanted 1 numbers, got 2");
    fails(() => module.setWeights([[7], 2]), TypeError, "weights[1] (line/bias): wanted 1 numbers, got Number");
    expect(module.getWeights()[0][0]).toBe(0.5);
  });
});

describe("external weights", () => {
  const { code, weights } = emitModule(looped({ weights: "external" }));
  const { create } = load<Emitted>({ code });
  it("are little-endian float32 in buffer order", () => {
    const view = new DataView((weights as Uint8Array).buffer);
    const values = Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
    expect(values).toEqual([...loopConstants.values()].flatMap((list) => Array.from(list)));
  });
  it("come as bytes at any offset, or as an ArrayBuffer", () => {
    const shifted = new Uint8Array(37);
    shifted.set(weights as Uint8Array, 1);
    for (const bytes of [shifted.subarray(1), shifted.slice(1).buffer, new DataView(shifted.buffer, 1)]) {
      expect(Array.from(create(bytes).predict(rows))).toEqual(expected);
    }
  });
  it("of another length, or none, are refused", () => {
    expect(() => create(new Uint8Array(35))).toThrow(new RangeError("bytes: wanted 36 bytes of weights, got 35"));
    expect(() => create()).toThrow(new TypeError("bytes: wanted a Uint8Array of 36 bytes, got Undefined"));
    expect(() => create([1])).toThrow(TypeError);
  });
  it("leave only create and the shapes", () => {
    expect(Object.keys(load<Emitted>({ code })).sort()).toEqual(["create", "inputShape", "inputs", "outputShape", "outputs"]);
  });
});

describe("many weights", () => {
  const proto = Uint8Array.prototype as { setFromBase64?: (text: string) => object };
  const own = Object.getOwnPropertyDescriptor(proto, "setFromBase64");
  afterEach(() => {
    if (own === undefined) delete proto.setFromBase64;
    else Object.defineProperty(proto, "setFromBase64", own);
  });
  /** Fills what has room, as the standard says. */
  function setFromBase64(this: Uint8Array, text: string): object {
    const bytes = Buffer.from(text, "base64");
    if (bytes.length > this.length) throw new SyntaxError(`${text.length} digits for ${this.length} bytes`);
    this.set(bytes);
    return { read: text.length, written: bytes.length };
  }

  // 4·length bytes leave 0, 1 or 2 over from groups of three.
  describe.each([101, 102, 103])("%i", (length) => {
    const base = lineParts();
    const values = Float32Array.from({ length }, (_, i) =>
      i === 7 ? Number.NaN : i === 8 ? -0 : i === 9 ? Number.POSITIVE_INFINITY : Math.fround((i - 50) * 1.1 ** i),
    );
    const bufferList = base.program.buffers.map((buffer) => ({ ...buffer, at: buffer.at + 200 }));
    const program = { ...base.program, buffers: [...bufferList, { name: "big", at: 300, length, role: "param" as const }] };
    const made: ModuleParts = {
      ...base,
      program,
      constants: new Map([...base.constants, ["big", values]]),
      weights: [...base.weights, { name: "big", shape: [length], trainable: false, buffer: "big" }],
    };
    it.each([
      ["lines of the module", undefined],
      ["the engine's decoder", setFromBase64],
    ])("travel as base64, bit for bit, NaN and −0 included, through %s", (_, decoder) => {
      let asked = 0;
      if (decoder === undefined) delete proto.setFromBase64;
      else
        proto.setFromBase64 = function (this: Uint8Array, text) {
          asked++;
          return decoder.call(this, text);
        };
      const module = run(made);
      expect(module.getWeights()[2]).toEqual(values);
      expect(module.getWeights()[0]).toEqual(Float32Array.of(0.5));
      expect(asked > 0).toBe(decoder !== undefined);
      expect(emitModule(made).code).toContain("function unpack(");
    });
  });
});

describe("formats", () => {
  const write = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text);
    return join(folder, file);
  };
  it.each(["esm", "cjs", "iife"] as const)("%s runs, in its host and through load", async (format) => {
    const options = { format, globalName: "net" };
    const { code } = emitModule(looped(options));
    let module: Emitted;
    if (format === "esm") module = (await import(/* @vite-ignore */ pathToFileURL(write("net.mjs", code)).href)) as Emitted;
    else if (format === "cjs") module = createRequire(import.meta.url)(write("net.cjs", code)) as Emitted;
    else module = vm.runInThisContext(`${code}; net`) as Emitted;
    for (const made of [module, load<Emitted>({ code })]) {
      expect(Array.from(made.predict(rows))).toEqual(expected);
      expect(made.selfTest()).toBe(0);
    }
  });
  it("load refuses other code", () => {
    expect(() => load({ code: "export default 1;" })).toThrow(TypeError);
  });
  it("the declarations of every format compile and fit", () => {
    const check = `export const y: Float32Array = predict([1], new Float32Array(1));
export const loss: number = trainStep([1], y, { learningRate: 1 });
export const m: Model = create();
m.setWeights(m.getWeights());
export const one: 1 = inputShape[0];
// @ts-expect-error: no array
predict(1);\n`;
    const modules = ["esm", "cjs"].map(
      (format) => `import { predict, trainStep, create, inputShape, type Model } from "./${format}.js";\n${check}`,
    );
    const global = `const { predict, trainStep, create, inputShape } = net;\ntype Model = net.Model;\n${check}`;
    const test = { rows: 1, x: [Float32Array.of(3)], columns: [0], y: [2], bounds: [1e-6] };
    for (const format of ["esm", "cjs", "iife"] as const) {
      write(`${format}.d.ts`, emitModule(lineParts({ format, globalName: "net" }, { selfTest: test })).declarations);
    }
    write("hostile.d.ts", emitModule(hostileParts()).declarations);
    // Ports by name, text among them.
    const ported = model({
      inputs: { a: [2], "the b": { shape: [1], type: "string" } },
      outputs: { p: "dense", "q 1": "dense_1" },
      layers: [dense({ units: 1, inputs: ["a"] }), stringLookup({ vocabulary: ["u"], inputs: ["the b"] }), dense({ units: 1 })],
      training: { loss: "mse", optimizer: "adam", metrics: ["mae"] },
    });
    for (const format of ["esm", "iife"] as const) {
      const { declarations } = compile(ported, { train: true, format, globalName: "ported" });
      write(`ported-${format}.d.ts`, declarations);
    }
    const portCheck = `const x = { a: [1, 2], "the b": ["u"] };
export const q: Float32Array = predict(x)["q 1"], p: Float32Array = predict(x, { p: new Float32Array(1) }).p;
export const mae: number = evaluate(x, { p: [1], "q 1": [1] }, { sampleWeight: { p: [1] } })["q 1_mae"];
setOptimizerState(getOptimizerState());
// @ts-expect-error: no list of ports
predict([[1, 2], ["u"]]);
// @ts-expect-error: numbers are no texts
predict({ a: [1, 2], "the b": [1] });\n`;
    const doors = "{ predict, evaluate, getOptimizerState, setOptimizerState }";
    write("outside.d.ts", emitModule(looped({ weights: "external" })).declarations);
    const uses = [
      ...modules,
      global,
      `import { create } from "./outside.js";\nexport const m = create(new Uint8Array(1)).predict([1]);`,
      `import ${doors} from "./ported-esm.js";\n${portCheck}`,
      `const ${doors} = ported;\n${portCheck}`,
    ];
    const files = uses.map((text, i) => write(`use${i}.ts`, text));
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
      lib: ["lib.es2020.d.ts"],
    };
    const program = ts.createProgram(
      [...files, ...["iife", "hostile", "ported-iife"].map((file) => join(folder, `${file}.d.ts`))],
      options,
    );
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(messages).toEqual([]);
  }, 60_000);
});

const evil = `a"*/\n});alert(1)//$\{x}\`\u2028</script><!--__proto__ import eval("1") new Function`;
function hostileParts(): ModuleParts {
  const net = loopNet();
  const rename = (name: string) => `${name}${evil}`;
  const program = {
    ...net,
    kernels: net.kernels.map((kernel) => ({ ...kernel, name: rename(kernel.name), origin: `layers[0] ${evil}` })),
    entries: net.entries.map((entry) => ({
      ...entry,
      outputs: entry.outputs.map(([, buffer]) => [evil, buffer] as const),
      calls: entry.calls.map(({ kernel }) => ({ kernel: rename(kernel) })),
    })),
  };
  const ports = { inputs: [{ name: "__proto__", shape: [2] }], outputs: [{ name: evil, shape: [1] }] };
  return parts(program, {}, { model: { name: evil, hash: "x" }, constants: loopConstants, ...ports });
}

describe("text", () => {
  const all = [
    straight(),
    looped(),
    looped({ weights: "external" }),
    lineParts(),
    straight({ format: "iife" }),
    straight({ format: "cjs" }),
  ];
  it("uses no name but the listed ones", () => {
    const allowed = [...globals, ...mathMembers.map((member) => `Math.${member}`)];
    for (const made of all) {
      const { code } = emitModule(made);
      const also = made.options.format === "cjs" ? ["module"] : [];
      expect(
        freeNames(code, made.options.format === "esm" ? "module" : "script").filter(
          (free) => ![...allowed, ...also].includes(free),
        ),
      ).toEqual([]);
      expect(code).not.toMatch(/\b(?:import|eval|Function)\b/);
    }
  });
  it("is the same for the same parts", () => {
    for (const made of all) expect(emitModule(made)).toEqual(emitModule(made));
  });
  it("is small for a small net, self test and header included", () => {
    const { code } = emitModule(straight());
    expect(gzipSync(code).length).toBeLessThan(1500);
    for (const absent of ["memory", "unpack", "pow2", "computeTile"]) expect(code).not.toContain(absent);
  });
  it("names kernels and buffers after the model, with their origin", () => {
    const { code } = emitModule(looped());
    expect(code).toContain('// layers dense "hidden"\nfunction hidden() {');
    expect(code).toContain("const hidden_kernel = memory.subarray(0, 4);");
    expect(code).not.toContain("unused");
    expect(code.split("\n").slice(0, 2)).toEqual([
      '// Model "net", compiled by layerc 0.0.0',
      expect.stringMatching(/^\/\/ hash 0123abcd\.[0-9a-f]{6}, options: defaults$/),
    ]);
  });
  it("is safe whatever the names are", () => {
    const { code, declarations } = emitModule(hostileParts());
    for (const text of [code, declarations]) expect(text).not.toMatch(/<\/script|<!--|\u2028|\b(?:import|eval|Function)\b/);
    const module = load<Emitted>({ code });
    expect(Array.from(module.predict(rows))).toEqual(expected);
    expect(Object.keys(module.inputs)).toEqual(["__proto__"]);
    expect(Object.keys(module.outputs)).toEqual([evil]);
  });
  it("every word of the module may be a layer's name", () => {
    for (const word of [
      "predict",
      "x",
      "from",
      "max",
      "fround",
      "memory",
      "count",
      "kind",
      "n",
      "row",
      "pow2",
      "create",
      "inputs",
      "class",
      "eval",
    ]) {
      const net = loopNet();
      const rename = (name: string) => (name === "hidden" ? word : name);
      const program = {
        ...net,
        kernels: net.kernels.map((kernel) => ({ ...kernel, name: rename(kernel.name) })),
        entries: net.entries.map((entry) => ({
          ...entry,
          calls: entry.calls.map(({ kernel }) => ({ kernel: rename(kernel) })),
        })),
      };
      expect(Array.from(run(parts(program, {}, { constants: loopConstants })).predict(rows)), word).toEqual(expected);
    }
  });
  it("header says which bits hold", () => {
    const lineOf = (made: ModuleParts) => emitModule(made).code.split("\n")[3];
    expect(lineOf(straight())).toBe("// bits: approximate rules allowed, no contraction, float64 between float32 stores");
    expect(emitModule(lineParts({ exact: true })).code.split("\n")[1]).toMatch(
      /^\/\/ hash 0123abcd\.[0-9a-f]{6}, options: train true, batch 4, exact true$/,
    );
  });
});
