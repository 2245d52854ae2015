// `layerc verify`: a byte that changed is found wherever it is, in the module and in what lies beside it; a module of another model, of other weights or
// options, and text that no compiler wrote are told apart; what is as it was passes, in every format and level.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Artifact } from "../compiler/artifact.ts";
import { compile } from "../compiler/compile.ts";
import { digests, sealed } from "../compiler/emit/module/seal.ts";
import type { Model } from "../compiler/model.ts";
import type { OptionsInput } from "../compiler/options.ts";
import { withNames } from "../src/outputs.ts";
import { dense, sequential } from "../src/sequential.ts";
import { verify, verifyAgainst } from "../src/verify.ts";
import { layerc } from "./cli/bin.ts";
import { codeOf } from "./support/error.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "verify-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const name = `a "net" ${"$"}{x} import */ <!-- \u2028 é </script>`;
const net = (seed: number): Model =>
  sequential([dense({ units: 9, activation: "tanh", inputShape: [8] }), dense({ units: 2 })], {
    name,
    seed,
    training: { loss: "mse", optimizer: "sgd" },
  });
const file = join(folder, "net.js");

function ship(model: Model, options: OptionsInput): Artifact {
  const artifact = compile(model, options);
  const { weights, wasm, wasmRelaxed } = artifact;
  const beside = ([["né.bin", weights], ["net.wasm", wasm], ["net.relaxed.wasm", wasmRelaxed]] as const).flatMap(
    ([name, bytes]) => (bytes === undefined ? [] : [[name, bytes] as const]),
  ); // biome-ignore format: a table
  for (const [name, bytes] of beside) writeFileSync(join(folder, name), bytes);
  writeFileSync(file, withNames(artifact.code, beside));
  return artifact;
}

describe("what was written", () => {
  it.each<OptionsInput>([
    {},
    { train: true, batch: 7, exact: true },
    { format: "cjs", syntax: "es5", target: "js" },
    { format: "iife", globalName: "$net" },
    { weights: "external", wasm: "import", target: "simd" },
    { weights: "external", train: true, target: "simd", exact: true },
    { selfTest: false, unroll: 0 },
    { format: "filter", rows: "tsv" },
  ])("%j passes, alone and beside its model", (options) => {
    const { manifest } = ship(net(1), options);
    const found = verify(file);
    expect(found).toMatchObject({ model: name, hash: manifest.hash, options: manifest.options });
    expect(found.selfTest === undefined).toBe(options.selfTest === false || options.format === "filter");
    verifyAgainst(file, net(1));
    expect(codeOf(() => verifyAgainst(file, net(2)))).toBe("verify/model");
  });
});

describe("a changed byte", () => {
  it("anywhere in the module is found", () => {
    ship(net(1), { train: true });
    const bytes = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at] ^= mask;
        writeFileSync(file, changed);
        expect(codeOf(() => verify(file))).toMatch(/^verify\/(?:changed|header)$/);
      }),
      { numRuns: 150 },
    );
    // The comment on top, byte by byte.
    for (let at = 0; at < 160; at++) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      writeFileSync(file, changed);
      expect(
        codeOf(() => verify(file)),
        String(at),
      ).toMatch(/^verify\/(?:changed|header)$/);
    }
  });
  it.each([
    ["left out", (text: string) => text.slice(0, -1)],
    ["added", (text: string) => `${text} `],
    ["moved", (text: string) => text.replace("const inputShape", "\nconst inputShape").replace("\n\n", "\n").replace(/\n$/, "")],
    ["a line behind the header", (text: string) => text.replace(/^((?:\/\/.*\n)+)/, "$1// one more\n")],
  ])("%s is found", (_, change) => {
    ship(net(1), {});
    writeFileSync(file, change(readFileSync(file, "latin1")), "latin1");
    expect(codeOf(() => verify(file))).toBe("verify/changed");
  });
  it.each(["né.bin", "net.wasm", "net.relaxed.wasm"])("in %s is found", (name) => {
    ship(net(1), { weights: "external", wasm: "import", target: "simd" });
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(join(folder, name), bytes);
    expect(codeOf(() => verify(file))).toBe("verify/changed");
    rmSync(join(folder, name));
    expect(codeOf(() => verify(file))).toBe("file/missing");
  });
  it("line ends that git changed are named", () => {
    ship(net(1), {});
    writeFileSync(file, readFileSync(file, "latin1").replaceAll("\n", "\r\n"));
    expect(() => verify(file)).toThrow(
      expect.objectContaining({
        diagnostic: expect.objectContaining({ code: "verify/changed", hint: expect.stringContaining("CRLF") }),
      }),
    );
  });
});

describe("a text with a digest of its own", () => {
  const forge = (change: (code: string) => string): void => {
    const { code } = ship(net(1), {});
    const changed = change(code);
    expect(changed).not.toBe(code);
    writeFileSync(file, sealed(changed));
    const both = digests(readFileSync(file, "latin1"));
    expect(both?.said).toBe(both?.found);
  };
  it("is another model's, which only the model tells", () => {
    forge((code) => code.replace(/(\d\.\d{3})\d+e?/, "$19"));
    expect(codeOf(() => verifyAgainst(file, net(1)))).toBe("verify/changed");
  });
  it("takes something from outside, and is not run", () => {
    forge((code) => code.replace("function predict(", 'fetch("http://localhost");\nfunction predict('));
    expect(() => verify(file)).toThrow("uses fetch");
  });
  it.each([
    ["where it is loaded", (code: string) => code.replace("function predict(", "for (;;);\nfunction predict(")],
    ["in its selfTest", (code: string) => code.replace(/(function predict\([^\n]*\n)/, "$1while (true);\n")],
  ])("loops for ever %s, and is ended", async (_, change) => {
    forge(change);
    expect(await layerc(folder, ["verify", "net.js", "--timeout", "0.2"])).toMatchObject({ status: 1, stderr: expect.stringMatching(/^verify\/endless[\s\S]*did not end within 0\.2 s[\s\S]*--timeout/) }); // biome-ignore format: one line
  });
  it("leaves work for later, and is not run", () => {
    forge((code) => code.replace("function predict(", "(async () => { for (;;); })();\nfunction predict("));
    expect(() => verify(file)).toThrow("uses a function that waits");
  });
  it("computes something else", () => {
    forge((code) => code.replace("return out;", "out[0] += 1;\n  return out;"));
    expect(codeOf(() => verify(file))).toBe("verify/self-test");
  });
  it("says options that are none, or another version", () => {
    forge((code) => code.replace("options: defaults", "options: speed high"));
    expect(codeOf(() => verify(file))).toBe("verify/model");
    forge((code) => code.replace(/compiled by layerc \S+/, "compiled by layerc 0.0.1"));
    expect(codeOf(() => verifyAgainst(file, net(1)))).toBe("verify/model");
  });
});

it.each([
  ["nothing", ""],
  ["what a bundler made of one", "export const predict = () => 1;\n"],
  ["an older header", '// Model "a", compiled by layerc 0.0.9\n// hash 00, options: defaults\nexport {};\n'],
])("%s has no header", (_, text) => {
  writeFileSync(file, text);
  expect(codeOf(() => verify(file))).toBe("verify/header");
});

it("the command says what was shown, and fails where something was not", async () => {
  writeFileSync(
    join(folder, "m.model.ts"),
    'import * as l from "layerc";\nexport default l.sequential([l.dense({ units: 2, inputShape: [3] })]);\n',
  );
  await layerc(folder, ["compile", "m.model.ts", "-o", "m.js"]);
  const good = await layerc(folder, ["verify", "m.js", "--model", "m.model.ts"]);
  expect(good).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/^m\.js: as layerc .* wrote it .*selfTest passes.*\nm\.model\.ts gives the same bytes\n$/s),
  });
  const json = await layerc(folder, ["verify", "m.js", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{16}$/), options: { format: "esm" } });
  writeFileSync(join(folder, "m.js"), readFileSync(join(folder, "m.js"), "utf8").replace("out[to]", "out[ to]"));
  expect(await layerc(folder, ["verify", "m.js"])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("verify/changed"),
  });
});
