// `--format wasm`: one file that imports nothing and gives the bits of the module in JavaScript, on random models and in streams, by a host that knows
// its exports alone; what it cannot hold is refused; a changed byte is found; a call cannot leave its arrays.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { selfTestIn, type WasmManifest } from "../../compiler/emit/module/forms/manifest.ts";
import { section, text, u32, vector } from "../../compiler/emit/wasm/bytes.ts";
import { digestOf, digestSection, faultInWasm, manifestText, sectionsOf } from "../../compiler/emit/wasm/file.ts";
import { assembleModule } from "../../compiler/emit/wasm/sections.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import { checkBudget } from "../../src/budget.ts";
import { run } from "../../src/cli/program.ts";
import * as l from "../../src/sequential.ts";
import { verify, verifyAgainst } from "../../src/verify.ts";
import { inputsOf, packed, unpacked } from "../arbitrary/data.ts";
import { type Kind, type Sample, sampleOf } from "../arbitrary/models.ts";
import { layerc } from "../cli/bin.ts";
import { firstDifference } from "../close.ts";
import { withBackend } from "../engines.ts";
import { skipOf } from "../exemptions.ts";
import { byPort } from "../ports.ts";
import { codeOf } from "../support/error.ts";
import { readPage } from "../support/pages.ts";
import { host } from "../support/wasm-host.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "wasm-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (model: Model, options: OptionsInput = {}): Uint8Array =>
  compile(model, { ...options, format: "wasm" }).binary ?? new Uint8Array();
const net = (units = 9): Model =>
  l.sequential([l.dense({ units, activation: "tanh", inputShape: [8] }), l.dense({ units: 2 })], { name: "né", seed: 2 });

/** Its kernels are transformed as the module starts. */
const growing = l.sequential(
  [l.conv2d({ filters: 24, kernelSize: 3, padding: "same", inputShape: [16, 16, 24] }), l.conv2d({ filters: 24, kernelSize: 3 })],
  { seed: 1 },
);

/** What the file gives for packed rows, `most` a call. */
function given({ inputs, outputs }: Sample, bytes: Uint8Array, x: Float32Array, rows: number): Float32Array {
  const file = host(bytes);
  const most = file.number("rows");
  const values = byPort(unpacked(inputs, x), inputs);
  const all = outputs.map(({ shape }) => new Float32Array(rows * sizeOf(shape)));
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    for (const { name, shape } of inputs)
      file
        .array("input", name, count)
        .set((values[name] as Float32Array).subarray(from * sizeOf(shape), (from + count) * sizeOf(shape)));
    file.call("predict", count);
    outputs.forEach(({ name, shape }, i) => {
      all[i].set(file.array("output", name, count), from * sizeOf(shape));
    });
  }
  return packed(outputs, Object.fromEntries(outputs.map(({ name }, i) => [name, all[i]])), rows);
}

describe("the bits of the module in JavaScript", () => {
  it.each<[Kind, number]>([
    ["dense", 4],
    ["probe", 3],
    ["big", 2],
    ["space", 5],
    ["time", 4],
    ["graph", 5],
  ])("%s, on %i random models", (kind, numRuns) => {
    fc.assert(
      fc.property(sampleOf(kind, false), fc.boolean(), fc.integer({ min: 1, max: 9 }), (sample, exact, batch) => {
        const { model, rows, inputs, outputs } = sample;
        const bytes = fileOf(model, { exact, batch });
        const artifact = compile(model, { exact, target: exact ? "js" : "simd" });
        const module = withBackend(artifact, exact ? "js" : "simd", (form) => load<PortPredictor>(form));
        for (const hard of [false, true]) {
          const x = inputsOf(sample, rows, hard);
          const wanted = packed(outputs, module.predict(unpacked(inputs, x)) as never, rows);
          expect(firstDifference(given(sample, bytes, x, rows), wanted)).toBe(-1);
        }
      }),
      { numRuns, seed: 20261127 },
    );
  });

  it("weights that are worked on first, as a file starts", () => {
    const bytes = fileOf(growing);
    expect(sectionsOf(bytes)?.some(({ id }) => id === 8)).toBe(true);
    const x = Float32Array.from({ length: 16 * 16 * 24 }, (_, i) => Math.sin(i));
    const wanted = withBackend(compile(growing, { target: "simd" }), "simd", (form) => load(form).predict(x));
    const file = host(bytes);
    file.array("input", "x").set(x);
    file.call("predict", 1);
    expect(firstDifference(file.array("output", "y"), wanted)).toBe(-1);
  });
});

describe("a call", () => {
  const bytes = fileOf(net(), { batch: 3 });
  it("of more rows than there is room for, or of fewer than none, traps and writes nothing", () => {
    const file = host(bytes);
    file.array("output", "y", 3).fill(7);
    for (const rows of [4, -1, 2 ** 30]) expect(() => file.call("predict", rows)).toThrow(WebAssembly.RuntimeError);
    file.call("predict", 0);
    expect([...file.array("output", "y", 3)]).toEqual([7, 7, 7, 7, 7, 7]);
  });
  it("writes the rows that were asked for, and no others", () => {
    const file = host(bytes);
    file.array("output", "y", 3).fill(7);
    file.call("predict", 2);
    expect([...file.array("output", "y", 3)].slice(4)).toEqual([7, 7]);
  });
});

describe("what a file says of itself", () => {
  const words = ["low", "high"];
  const model = l.sequential(
    [l.embedding({ inputDim: 5, outputDim: 3, inputShape: [2] }), l.flatten(), l.dense({ units: 2, activation: "softmax" })],
    { seed: 5, about: { classes: { y: words } } },
  );
  const bytes = fileOf(model, { batch: 6 });
  const manifest = JSON.parse(manifestText(bytes) ?? "") as WasmManifest;
  it("is what it exports", () => {
    const file = host(bytes);
    expect(manifest).toMatchObject({ rows: 6, classes: { y: words }, inputs: [{ name: "x", shape: [2], range: { below: 5 } }] });
    for (const [kind, places] of [
      ["input", manifest.inputs],
      ["output", manifest.outputs],
    ] as const)
      for (const { name, size, offset } of places) {
        expect(file.number(`${kind}.offset.${name}`)).toBe(offset);
        expect(file.number(`${kind}.size.${name}`)).toBe(size);
      }
  });
  it("holds numbers that JSON has no words for", () => {
    const golden = { rows: 1, x: [[1, "-0"]], columns: [0], y: ["NaN"], bounds: ["Infinity"] };
    const read = selfTestIn({ ...manifest, selfTest: golden as never });
    expect(read).toEqual({
      rows: 1,
      x: [Float32Array.of(1, -0)],
      columns: [0],
      y: [Number.NaN],
      bounds: [Number.POSITIVE_INFINITY],
    });
  });
  it("names the functions, for profiles", () => {
    const { content } = sectionsOf(bytes)?.find(({ name }) => name === "name") ?? { content: new Uint8Array() };
    expect(Buffer.from(content).toString("latin1")).toContain("predict");
  });
});

describe("what is refused", () => {
  it.each<[Model, OptionsInput, string, RegExp]>([
    [net(), { target: "js" }, "options/invalid", /has target "simd" alone, found "js"/],
    [net(), { train: true }, "options/invalid", /has train false alone/],
    [net(), { weightsType: "int8" }, "options/invalid", /has weightsType "float32" alone/],
    [net(), { weights: "external" }, "options/invalid", /has weights "inline" alone/],
    [
      l.sequential([l.stringLookup({ vocabulary: ["a"], inputShape: [1] })]),
      {},
      "wasm/unsupported",
      /"x" is encoded before the net \(lookup\)/,
    ],
    [l.sequential([l.hashing({ numBins: 4, inputShape: [1] })]), {}, "wasm/unsupported", /encoded before the net \(hash\)/],
    [
      l.sequential([l.dense({ units: 2 ** 13, inputShape: [8] })]),
      { batch: 65536 },
      "shape/too-large",
      /takes 5377\d+ numbers of memory/,
    ],
  ])("%#", (model, options, code, message) => {
    expect(() => fileOf(model, options)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
  it("what imports something, or does not validate", () => {
    const bytes = fileOf(net());
    const [code] = sectionsOf(bytes)?.filter(({ id }) => id === 10) ?? [];
    const broken = Uint8Array.from(bytes);
    broken.fill(0xff, code.at + 8, code.at + 12);
    expect(faultInWasm(broken)).toBe("does not validate");
    const imports = [2, 7, 1, 1, 97, 1, 98, 0, 0];
    expect(faultInWasm(Uint8Array.from([...bytes.subarray(0, 8), ...imports]))).toBe("imports something");
    expect(faultInWasm(bytes.subarray(0, 100))).toBe("is no WebAssembly module");
    expect(faultInWasm(assembleModule({ pages: 1, functions: [], memories: ["m"], exports: [] }))).toBeUndefined();
  });
  it("a budget that it breaks, with what takes most", () => {
    const artifact = compile(net(64), { format: "wasm" });
    expect(() => checkBudget(artifact, 1000)).toThrow(
      expect.objectContaining({
        diagnostic: expect.objectContaining({ notes: expect.arrayContaining([expect.stringMatching(/^weights: \d/)]) }),
      }),
    );
  });
});

describe("verify", () => {
  const path = join(folder, "net.wasm");
  const bytes = fileOf(net());
  it("passes what was written, and runs its golden rows", () => {
    writeFileSync(path, bytes);
    expect(verify(path)).toMatchObject({ model: "né", options: { format: "wasm" }, selfTest: expect.any(Number) });
    verifyAgainst(path, net());
    expect(codeOf(() => verifyAgainst(path, net(10)))).toBe("verify/model");
  });
  it("finds any changed byte, and bytes that are missing or more", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Uint8Array.from(bytes);
        changed[at] ^= mask;
        writeFileSync(path, changed);
        expect(codeOf(() => verify(path))).toMatch(/^verify\/(?:changed|header)$/);
      }),
      { numRuns: 150 },
    );
    for (const part of [bytes.subarray(0, -1), bytes.subarray(0, 60), Uint8Array.from([...bytes, 0])]) {
      writeFileSync(path, part);
      expect(codeOf(() => verify(path))).toMatch(/^verify\/(?:changed|header)$/);
    }
  });
  it("golden rows in more calls than one, drawn and summed, which find other weights", () => {
    const wide = l.sequential([l.dense({ units: 12, inputShape: [40] })], { seed: 8 });
    writeFileSync(path, fileOf(wide, { batch: 3 }));
    expect(verify(path).selfTest).toEqual(expect.any(Number));
    // Another weight, and rows that no memory holds, each under a digest of its own.
    const forge = (
      change: (bytes: Uint8Array, sections: readonly { readonly id: number; readonly at: number }[]) => void,
    ): void => {
      const forged = Uint8Array.from(fileOf(wide, { batch: 3 }));
      const sections = sectionsOf(forged) ?? [];
      change(forged, sections);
      const end = sections[sections.length - 1].at;
      forged.set(new TextEncoder().encode(digestOf(forged.subarray(0, end))), forged.length - 16);
      writeFileSync(path, forged);
    };
    forge((bytes) => {
      const [from, to] = ['[40],"size":40', '[4],"size":9e7'].map((text) => Buffer.from(text));
      bytes.set(to, Buffer.from(bytes).indexOf(from));
    });
    // Found before ninety million numbers a row are drawn, which would not end.
    expect(codeOf(() => verify(path))).toBe("verify/self-test");
    forge((bytes, sections) => {
      const data = sections.find(({ id }) => id === 11)?.at ?? 0;
      bytes.fill(0x41, data + 40, data + 44);
    });
    expect(() => verify(path)).toThrow(
      expect.objectContaining({ code: "verify/self-test", message: expect.stringMatching(/of row \d is off by/) }),
    );
  });
});

/** The file with code at the beginning of every function, under a digest of its own. */
function withCode(bytes: Uint8Array, code: readonly number[]): Uint8Array {
  let at = 0;
  const sections = sectionsOf(bytes) ?? [];
  const number = (from: Uint8Array): number => {
    let [value, shift] = [0, 0];
    for (; from[at] >= 0x80; shift += 7) value += (from[at++] & 0x7f) * 2 ** shift;
    return value + from[at++] * 2 ** shift;
  };
  const body = (from: Uint8Array): number[] => {
    const size = number(from);
    const [start, end] = [at, at + size];
    for (let groups = number(from); groups > 0; groups--, at++) number(from);
    const whole = [...from.subarray(start, at), ...code, ...from.subarray(at, end)];
    at = end;
    return [...u32(whole.length), ...whole];
  };
  const whole = sections.slice(0, -1).flatMap(({ id, at: start, content }, i) => {
    if (id !== 10) return [...bytes.subarray(start, sections[i + 1].at)];
    at = 0;
    return section(id, vector(Array.from({ length: number(content) }, () => body(content))));
  });
  const before = Uint8Array.from([...bytes.subarray(0, 8), ...whole]);
  const digest = new TextEncoder().encode(digestOf(before));
  return Uint8Array.from([...before, ...section(0, [...text(digestSection), ...digest])]);
}

describe("code that loops for ever, under a digest of its own", () => {
  const [loop, nothing] = [[0x03, 0x40, 0x0c, 0, 0x0b], [0x01]];
  it.each<[string, Model]>([
    ["in predict", net()],
    ["as the file starts", growing],
  ])("is ended %s, and the same file without the loop passes", async (_, model) => {
    const bytes = fileOf(model, { batch: 2 });
    writeFileSync(join(folder, "net.wasm"), withCode(bytes, nothing));
    expect(verify(join(folder, "net.wasm")).selfTest).toEqual(expect.any(Number));
    writeFileSync(join(folder, "net.wasm"), withCode(bytes, loop));
    expect(await layerc(folder, ["verify", "net.wasm", "--timeout", "0.3"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^verify\/endless[\s\S]*did not end within 0\.3 s[\s\S]*--timeout/),
    });
  });
});

const python = process.env.PYTHON ?? "python3";
const hasWasmtime = spawnSync(python, ["-c", "import wasmtime"], { stdio: "ignore" }).status === 0;
if (!hasWasmtime) console.log(`wasmtime is not tried: ${python} has none (pip install wasmtime; PYTHON names another)`);

describe.skipIf(skipOf("no-host", !hasWasmtime))("in wasmtime", () => {
  const model = l.sequential([l.dense({ units: 8, activation: "tanh", inputShape: [4] }), l.dense({ units: 3 })], { seed: 1 });
  const run = (program: string): string => execFileSync(python, ["-c", program], { cwd: folder, encoding: "utf8" });
  it("the program of docs/wasm.md prints what predict gives", () => {
    const program = readPage("docs/wasm.md").fences.find(({ language }) => language === "py")?.code ?? "";
    writeFileSync(join(folder, "iris.wasm"), fileOf(model, { exact: true }));
    const wanted = [...load(compile(model, { exact: true })).predict([5.1, 3.5, 1.4, 0.2])];
    expect(JSON.parse(run(program).replace("(", "[").replace(")", "]"))).toEqual(wanted);
  });
  it("a file has the bits that it has here, work at its start, rows by tiles and traps included", () => {
    const rows = 7;
    const bytes = fileOf(growing, { batch: rows });
    const file = host(bytes);
    const x = file.array("input", "x", rows);
    x.set(x.map((_, i) => Math.sin(i)));
    writeFileSync(join(folder, "net.wasm"), bytes);
    writeFileSync(join(folder, "x"), x);
    file.call("predict", rows);
    const said = run(`
from wasmtime import Store, Module, Instance, Trap
store = Store()
exports = Instance(store, Module.from_file(store.engine, "net.wasm"), []).exports(store)
at = lambda name: exports[name].value(store)
memory, start = exports["memory"], at("output.offset.y")
memory.write(store, open("x", "rb").read(), at("input.offset.x"))
exports["predict"](store, ${rows})
open("y", "wb").write(memory.read(store, start, start + ${rows} * 4 * at("output.size.y")))
try:
    exports["predict"](store, ${rows + 1})
except Trap:
    print("trapped")
`);
    expect(said).toBe("trapped\n");
    const found = new Float32Array(Uint8Array.from(readFileSync(join(folder, "y"))).buffer);
    expect(firstDifference(found, file.array("output", "y", rows))).toBe(-1);
  });
});

describe("on the command line", () => {
  const at = (name: string): string => join(folder, name);
  it("compile writes it, replaces its own and no other, prints bytes; verify reads it; run says what it is", async () => {
    writeFileSync(at("net.json"), JSON.stringify(net()));
    const compiled = () => layerc(folder, ["compile", "net.json", "--format", "wasm"]);
    expect((await compiled()).status).toBe(0);
    const written = readFileSync(at("net.wasm"));
    expect((await compiled()).status).toBe(0);
    expect((await layerc(folder, ["verify", "net.wasm", "--model", "net.json"])).stderr).toMatch(
      /selfTest passes.*\n.*gives the same bytes/,
    );
    expect(await layerc(folder, ["run", "net.wasm", "--input", "[1]"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/it is a WebAssembly module[\s\S]*layerc verify/),
    });
    const parts: Uint8Array[] = [];
    const silent = { write: () => {} };
    const stdout = { write: (part: string | Uint8Array) => parts.push(Buffer.from(part)) };
    const args = ["compile", at("net.json"), "--format", "wasm", "--stdout"];
    const stdin = Readable.from([]);
    expect(await run(args, { stdin, stdout, stderr: silent })).toBe(0);
    expect(Buffer.concat(parts).equals(written)).toBe(true);
    expect(await run(args, { stdin, stdout: { ...stdout, isTTY: true }, stderr: silent })).toBe(1);
    writeFileSync(at("net.wasm"), written.subarray(0, 80));
    expect(await compiled()).toMatchObject({ status: 1, stderr: expect.stringContaining("file/not-ours") });
  });
});
