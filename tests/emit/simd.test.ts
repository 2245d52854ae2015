// Modules with WebAssembly kernels: the bits of the simd Program where the engine runs them, those of the js Program where it
// does not (no WebAssembly, no SIMD, no leave to compile, no memory); embedded and imported; with weights and state.
import ts from "typescript";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { freeNames } from "../../compiler/emit/judge.ts";
import { emitModule } from "../../compiler/emit/module/module.ts";
import type { ModuleParts } from "../../compiler/emit/module/parts.ts";
import { layMemory } from "../../compiler/emit/module/weights.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import type { Fmt, Kernel, Program, Stmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { mapOperands } from "../../compiler/program/walk.ts";
import { load } from "../../runtime/load.ts";
import { dense, sequential } from "../../src/index.ts";
import { near } from "../close.ts";
import { refusals, withoutRelaxed } from "../engines.ts";
import { standard } from "../exemptions.ts";
import { at, buffers, type Emitted, lineParts, loopConstants, loopNet, parts, run } from "./programs.ts";

type Module = Emitted & { readonly backend: string };
afterEach(() => vi.unstubAllGlobals());

/** The same kernels in float32. */
function inF32(program: Program): Program {
  const to = (fmt: Fmt): Fmt => (fmt === "f64" ? "f32" : fmt);
  const value = (from: Value): Value => {
    const made: Value = { ...mapOperands(from, value, (index) => index), fmt: to(from.fmt) };
    return made.op === "convert" && made.a.fmt === made.fmt ? made.a : made.op === "const" ? v.lit(made.value, made.fmt) : made;
  };
  const statement = (from: Stmt): Stmt =>
    from.do === "for" ? { ...from, body: from.body.map(statement) } : { ...from, value: value(from.value) };
  return { ...program, kernels: program.kernels.map((kernel): Kernel => ({ ...kernel, body: kernel.body.map(statement) })) };
}

// Thirds, so that float32 and float64 sums differ.
const x = Float32Array.from({ length: 14 }, (_, i) => (i - 5) / 3);
const constants = new Map([...loopConstants].map(([name, values]) => [name, values.map((value) => value / 3)]));
const selfTest = { rows: 2, x: [x.slice(0, 4)], columns: [0], y: [...interpreted(loopNet(1), x.slice(0, 4))], bounds: [1e-5] };
const net = (options: OptionsInput = {}, more: Partial<ModuleParts> = {}): ModuleParts =>
  parts(loopNet(), { target: "simd", ...options }, { constants, selfTest, simd: { program: inF32(loopNet()) }, ...more });
const line = (options: OptionsInput = {}): ModuleParts => {
  const made = lineParts(options, { selfTest: { rows: 1, x: [Float32Array.of(3)], columns: [0], y: [2], bounds: [1e-6] } });
  return { ...made, simd: { program: inF32(made.program) } };
};

function interpreted(program: Program, rows: Float32Array): Float32Array {
  const machine = createMachine(program, { constants });
  return Float32Array.from({ length: rows.length / 2 }, (_, i) => {
    machine.buffers.get("x")?.set(rows.subarray(2 * i, 2 * i + 2));
    machine.run("predict", {});
    return machine.buffers.get("y")?.[0] ?? Number.NaN;
  });
}
const inLanes = interpreted(inF32(loopNet()), x);
const inDoubles = interpreted(loopNet(), x);
// Without a multiply-add that may be contracted the relaxed form has nothing that an older engine would refuse.
const validates = (made: ModuleParts): boolean => WebAssembly.validate(new Uint8Array(emitModule(made).wasmRelaxed ?? []));
const relaxedRuns = validates(net({ wasm: "import" }));
const chosen = relaxedRuns ? "relaxed" : "simd";

it("float32 and float64 differ on these numbers, so that it shows who computes", () => {
  expect(inLanes).not.toEqual(inDoubles);
});

describe.each(["esm", "iife", "cjs"] as const)("embedded, %s", (format) => {
  it("the engine's best form computes, with the bits of the Program", () => {
    const module = load<Module>(emitModule(net({ format })));
    expect(module.backend).toBe(chosen);
    expect(module.predict(x)).toEqual(inLanes);
    expect(module.predict(x.slice(0, 2))).toEqual(inLanes.slice(0, 1));
    expect(module.selfTest()).toBeLessThan(standard.selfTest.abs);
  });
});

it("the plain form where relaxed SIMD is unknown", () => {
  vi.stubGlobal("WebAssembly", withoutRelaxed);
  const module = load<Module>(emitModule(net()));
  expect(module.backend).toBe("simd");
  expect(module.predict(x)).toEqual(inLanes);
});

describe.each(Object.entries(refusals))("%s", (_, engine) => {
  it("JavaScript computes, with its own bits, and nothing is thrown", () => {
    vi.stubGlobal("WebAssembly", engine);
    const module = load<Module>(emitModule(net()));
    expect(module.backend).toBe("js");
    expect(module.predict(x)).toEqual(inDoubles);
    expect(module.selfTest()).toBeLessThan(standard.selfTest.abs);
  });
  it("imported as well", () => {
    const made = emitModule(net({ wasm: "import" }));
    vi.stubGlobal("WebAssembly", engine);
    const module = load<Module>(made);
    expect(module.backend).toBe("js");
    expect(module.predict(x)).toEqual(inDoubles);
  });
});

describe("imported", () => {
  const made = emitModule(net({ wasm: "import" }));
  const create = load<{ create(module?: unknown): Module }>({ code: made.code }).create;
  it("the module has no bytes; create takes them compiled", () => {
    expect(Object.keys(load<Module>({ code: made.code })).sort()).toEqual([
      "create",
      "inputShape",
      "inputs",
      "outputShape",
      "outputs",
    ]);
    const module = create(new WebAssembly.Module(new Uint8Array(made.wasm ?? [])));
    expect(module.backend).toBe("simd");
    expect(module.predict(x)).toEqual(inLanes);
    expect(load<Module>(made).backend).toBe(chosen);
    expect(load<Module>(made).predict(x)).toEqual(inLanes);
  });
  it("without it JavaScript computes", () => {
    expect(create().backend).toBe("js");
    expect(create().predict(x)).toEqual(inDoubles);
  });
  it("what is no module, and the module of another model, are refused", () => {
    expect(() => create(made.wasm)).toThrow(new TypeError("wasmModule: wanted a WebAssembly.Module, got Uint8Array"));
    const other = emitModule(net({ wasm: "import" }, { model: { name: "net", hash: "feed" } })).wasm ?? [];
    expect(() => create(new WebAssembly.Module(new Uint8Array(other)))).toThrow(
      new Error("wasmModule: wanted the module of this model, hash 0123abcd"),
    );
  });
  it("beside external weights", () => {
    const outside = emitModule(net({ wasm: "import", weights: "external" }));
    expect(load<Module>(outside).backend).toBe(chosen);
    expect(load<Module>(outside).predict(x)).toEqual(inLanes);
    const { create: open } = load<{ create(bytes: unknown, module?: unknown): Module }>({ code: outside.code });
    expect(open(outside.weights).predict(x)).toEqual(inDoubles);
    expect(load<Module>(emitModule(net({ weights: "external" }))).predict(x)).toEqual(inLanes);
  });
});

describe("training", () => {
  it.each(["embed", "import"] as const)("%s: the same steps as without, rounded to float32; instances share nothing", (wasm) => {
    const module = load<Module>(emitModule(line({ wasm })));
    expect(module.backend).toBe(validates(line({ wasm: "import" })) ? "relaxed" : "simd");
    const plain = run(lineParts());
    const [input, target] = [
      [1, 2, 3],
      [2, 3, 5],
    ];
    // y = x − 1 is wrong by 2, 2 and 3.
    for (const one of [module, plain]) near(one.trainStep(input, target, { learningRate: 0.0625 }), (4 + 4 + 9) / 3);
    for (const [i, [value]] of module.getWeights().entries()) near(value, plain.getWeights()[i][0]);
    near(module.predict([1])[0], plain.predict([1])[0]);
    near(module.evaluate([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).loss, plain.evaluate([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).loss);
    expect(module.selfTest()).toBe(0);
    module.setWeights([[4], [1]]);
    expect(module.predict([1])).toEqual(Float32Array.of(9));
    if (wasm === "embed") expect(module.create().predict([3])).toEqual(Float32Array.of(2));
  });
});

it("the relaxed form may have kernels of its own", () => {
  const program = inF32(loopNet());
  const kernels = program.kernels.map((kernel) => ({
    ...kernel,
    body: [...kernel.body, { do: "store", buffer: "y", index: at(0), value: v.lit(7, "f32") } as const],
  }));
  const made = emitModule(net({ wasm: "import" }, { simd: { program, relaxed: { ...program, kernels } } }));
  expect(load<Module>({ ...made, wasmRelaxed: undefined }).predict(x.slice(0, 2))).toEqual(inLanes.slice(0, 1));
  if (relaxedRuns) expect(load<Module>(made).predict(x.slice(0, 2))).toEqual(Float32Array.of(7));
});

describe("exact", () => {
  it("has one form, and JavaScript with the same bits", () => {
    const made = net({ exact: true, wasm: "import" }, { program: inF32(loopNet()) });
    const emitted = emitModule(made);
    expect(emitted.wasm).toBeInstanceOf(Uint8Array);
    expect(emitted.wasmRelaxed).toBeUndefined();
    const [wasm, plain] = [load<Module>(emitted), load<{ create(): Module }>({ code: emitted.code }).create()];
    expect([wasm.backend, plain.backend]).toEqual(["simd", "js"]);
    expect(wasm.predict(x)).toEqual(plain.predict(x));
    expect(emitModule(net({ exact: true })).code).not.toContain("relaxed");
  });
});

describe("text", () => {
  it("WebAssembly is a name of these modules only", () => {
    for (const wasm of ["embed", "import"] as const) expect(freeNames(emitModule(net({ wasm })).code)).toContain("WebAssembly");
    expect(freeNames(emitModule(parts(loopNet(), { target: "simd", wasm: "import" }, { constants })).code)).not.toContain(
      "WebAssembly",
    );
    expect(emitModule(parts(loopNet(), { wasm: "import" }, { constants })).wasm).toBeUndefined();
  });
  it("is the same for the same parts, and says which bits hold", () => {
    const { code } = emitModule(net());
    expect(emitModule(net()).code).toBe(code);
    expect(code.split("\n").slice(2, 5)).toEqual([
      expect.stringMatching(
        /^\/\/ 5 ops, 6 multiply-adds a row, 36 bytes of weights, \d+ bytes of memory, \d+ or \d+ bytes of WebAssembly$/,
      ),
      "// bits: approximate rules allowed, no contraction, float64 between float32 stores",
      "// bits in WebAssembly: float32 at every step, multiply-adds contracted where the engine can",
    ]);
    expect(emitModule(net({ exact: true })).code).toContain("// bits in WebAssembly: float32 at every step, no contraction\n");
  });
  it("the declarations compile and fit", () => {
    const uses = {
      embed: `import { backend, predict } from "./embed.js";\nexport const b: "relaxed" | "simd" | "js" = backend;\nexport const y = predict([1, 2]);`,
      import: `import { create, type Model } from "./import.js";\nexport const m: Model = create({}), n: Model = create();\nexport const b: "relaxed" | "simd" | "js" = m.backend;`,
      outside: `import { create } from "./outside.js";\nexport const y = create(new Uint8Array(1), {}).predict([1]);`,
      iife: `export const b: "relaxed" | "simd" | "js" = model.backend;`,
    };
    const files = new Map([
      ["/embed.d.ts", emitModule(net()).declarations],
      ["/import.d.ts", emitModule(net({ wasm: "import" })).declarations],
      ["/outside.d.ts", emitModule(net({ wasm: "import", weights: "external" })).declarations],
      ["/iife.d.ts", emitModule(net({ format: "iife" })).declarations],
      ...Object.entries(uses).map(([name, text]) => [`/use-${name}.ts`, text] as const),
    ]);
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
      lib: ["lib.es2020.d.ts"],
    };
    const host = ts.createCompilerHost(options);
    const { fileExists, getSourceFile, readFile } = host;
    host.fileExists = (file) => files.has(file) || fileExists(file);
    host.readFile = (file) => files.get(file) ?? readFile(file);
    host.getSourceFile = (file, ...rest) => {
      const text = files.get(file);
      return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2020);
    };
    const program = ts.createProgram([...files.keys()], options, host);
    expect(
      ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
    ).toEqual([]);
  }, 60_000);
  it("both Programs share one memory, or it is a bug", () => {
    const moved = loopNet();
    const program = { ...moved, buffers: moved.buffers.map((buffer) => ({ ...buffer, at: buffer.at + 1 })) };
    expect(() => emitModule(net({}, { simd: { program: inF32(program) } }))).toThrow(/at \d+ for simd, but/);
  });
});

describe("memory", () => {
  const list = buffers([
    ["a", 3, "const"],
    ["b", 17, "const"],
    ["c", 8, "arena"],
  ]);
  it("starts buffers at cache lines, and keeps what overlaps together", () => {
    const overlapping = [
      ...list,
      { name: "d", at: 24, length: 40, role: "arena" as const },
      { name: "e", at: 100, length: 1, role: "arena" as const },
    ];
    const { at: places, length } = layMemory(overlapping, new Map(), () => 16);
    expect(Object.fromEntries(places)).toEqual({ a: 0, b: 16, c: 48, d: 52, e: 96 });
    expect(length).toBe(97);
    expect(Object.fromEntries(layMemory(overlapping, new Map()).at)).toEqual({ a: 0, b: 3, c: 20, d: 24, e: 64 });
  });
  it("weights that are apart travel apart", () => {
    const contents = new Map([
      ["a", Float32Array.of(1, 2, 3)],
      ["b", new Float32Array(17).fill(4)],
    ]);
    expect(layMemory(list, contents, () => 16).runs.map(({ at, length }) => [at, length])).toEqual([
      [0, 3],
      [16, 17],
    ]);
    expect(layMemory(list, contents).runs.map(({ at, length }) => [at, length])).toEqual([[0, 20]]);
  });
});

it("an entry's function keeps its name where a layer has the same", () => {
  const model = sequential([dense({ name: "wasmPredict", units: 3, inputShape: [2] }), dense({ name: "wasm", units: 1 })]);
  const module = load<Module>(compile(model, { target: "simd" }));
  expect(module.backend).toBe(chosen);
  expect(module.selfTest()).toBeLessThan(standard.selfTest.abs);
});
