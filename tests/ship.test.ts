// Where a module is to run and how large it may be: every host gets what it needs and says why, a choice stands or is refused by name, and a module beyond
// its budget is an error that names what takes most; nothing is written then. On the command line, and in a bundle.
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../compiler/compile.ts";
import { bytesOf, checkBudget, packedSize, sharesOf } from "../src/budget.ts";
import { type Host, hostNames, hosts, withHost } from "../src/hosts.ts";
import { compiled } from "../src/plugin/compiled.ts";
import * as l from "../src/sequential.ts";
import { layerc } from "./cli/bin.ts";
import { inOldEngine } from "./support/old-engine.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ship-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "net.model.ts");
writeFileSync(
  file,
  'import * as l from "layerc";\nexport default l.sequential([l.dense({ units: 40, activation: "tanh", inputShape: [30] }), l.dense({ units: 2 })]);\n',
);
const net = l.sequential([l.dense({ units: 40, activation: "tanh", inputShape: [30], name: "wide" }), l.dense({ units: 2 })]);

describe.each(hostNames)("%s", (name) => {
  const host: Host = hosts[name];
  it("is compiled for, with what it needs", () => {
    const { options, says } = withHost(name, { exact: true });
    const { manifest, code } = compile(net, options);
    expect(manifest.options).toMatchObject({ ...host.suits, ...host.needs, exact: true });
    expect(says).toContain(host.why);
    for (const [key, value] of Object.entries({ ...host.suits, ...host.needs }))
      expect(says).toContain(`${key} ${String(value)}`);
    // What has no WebAssembly carries none, and old engines read it.
    if (manifest.options.target === "js") expect(code).not.toContain("WebAssembly");
    if (manifest.options.syntax === "es5") inOldEngine<{ selfTest(): number }>(code).selfTest();
  });
  it("a choice stands where the place runs it, and is refused by name where it does not", () => {
    for (const [key, value] of Object.entries(host.needs)) {
      const others = {
        format: ["esm", "iife"],
        syntax: ["es2020", "es5"],
        wasm: ["embed", "import"],
        weights: ["inline", "external"],
        dialect: ["duckdb", "clickhouse"],
      };
      const other = others[key as keyof typeof others].find((one) => one !== value);
      expect(() => withHost(name, { [key]: other })).toThrow(`needs ${key} ${String(value)}, and ${key} ${other} is asked for`);
      expect(withHost(name, { [key]: value }).options).toMatchObject(host.needs);
    }
    if ("target" in host.suits) {
      const { options, says } = withHost(name, { target: "simd" });
      expect(options.target).toBe("simd");
      expect(says).not.toContain("target");
    }
  });
});

it("a host that is none is told the nearest", () => {
  expect(() => withHost("duktap", {})).toThrow(
    expect.objectContaining({
      diagnostic: expect.objectContaining({ code: "options/host", hint: expect.stringContaining("duktape") }),
    }),
  );
});

describe("a budget", () => {
  it.each([["20kb", 20_000], ["1.5 MB", 1_500_000], ["2KiB", 2048], ["300", 300], [12, 12]])("%s is %i bytes", (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  }); // biome-ignore format: a table
  it.each(["", "kb", "-1kb", "0", "1tb", "1e3", "20 k b"])("%j is none", (text) => {
    expect(() => bytesOf(text)).toThrow(
      expect.objectContaining({ diagnostic: expect.objectContaining({ code: "options/budget" }) }),
    );
  });
  it("counts the module and what lies beside it, packed", () => {
    const { code } = compile(net);
    expect(packedSize(compile(net))).toBe(gzipSync(code, { level: 9 }).length);
    const apart = compile(net, { weights: "external", wasm: "import", target: "simd" });
    const parts = [apart.code, apart.weights ?? "", apart.wasm ?? "", apart.wasmRelaxed ?? ""];
    expect(packedSize(apart)).toBe(parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0));
  });
  it.each([
    ["inline", { target: "js" }, ["weights"]],
    ["with WebAssembly", { target: "simd" }, ["weights", "WebAssembly"]],
    ["apart", { target: "simd", weights: "external", wasm: "import" }, ["weights", "WebAssembly"]],
    ["a script for old engines", { target: "js", syntax: "es5" }, ["weights"]],
    ["a training", { target: "js", train: true }, ["weights", 'kernels of dense "wide"', "functions and checks"]],
  ] as const)("%s: the largest parts are named, and make up the whole", (_, options, wanted) => {
    const model = { ...net, training: { loss: "mse", optimizer: "adam" } } as const;
    const artifact = compile(model, options);
    const shares = sharesOf(artifact);
    const names = shares.map(({ what }) => what);
    expect(names).toEqual(expect.arrayContaining([...wanted, "selfTest"]));
    expect(names[0]).toBe("train" in options ? "functions and checks" : "weights");
    const sum = shares.reduce((total, { bytes }) => total + bytes, 0);
    // Each part has a head of its own, and shares no words with the others.
    expect(sum).toBeGreaterThan(packedSize(artifact) * 0.95);
    expect(sum).toBeLessThan(packedSize(artifact) * 1.5);
    expect(checkBudget(artifact, packedSize(artifact))).toBe(packedSize(artifact));
    expect(() => checkBudget(artifact, packedSize(artifact) - 1)).toThrow(
      expect.objectContaining({
        diagnostic: expect.objectContaining({
          code: "options/budget",
          notes: shares.slice(0, 3).map(({ what }) => expect.stringContaining(`${what}: `)),
        }),
      }),
    );
  });
  it("of a model in straight lines its layers are named", () => {
    const small = l.sequential([
      l.dense({ units: 4, inputShape: [4], name: "a" }),
      l.dense({ units: 9, activation: "softmax", name: "b" }),
    ]);
    expect(sharesOf(compile(small)).map(({ what }) => what)).toContain('kernels of dense "a"');
  });
});

describe("the command line", () => {
  it("says what was chosen, and how much of the budget is taken", async () => {
    const { status, stderr } = await layerc(folder, [
      "compile",
      "net.model.ts",
      "-o",
      "njs.js",
      "--host",
      "njs",
      "--budget",
      "20kb",
    ]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^for njs in nginx: target js, format iife, syntax es5; njs lacks/m);
    expect(stderr).toMatch(/^[\d.]+ k?B of 20(\.0)? kB packed$/m);
  });
  it("beyond the budget nothing is written", async () => {
    const before = readdirSync(folder);
    const { status, stderr } = await layerc(folder, ["compile", "net.model.ts", "-o", "large.js", "--budget", "2kb"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/options\/budget[\s\S]*packed, and the budget is 2000 bytes[\s\S]*weights: /);
    expect(existsSync(join(folder, "large.js"))).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });
  it.each([
    [["--host", "nowhere"], 2],
    [["--budget", "much"], 2],
    [["--host", "workers", "--format", "iife"], 1],
  ])("%j is refused", async (args, status) => {
    expect((await layerc(folder, ["compile", "net.model.ts", "--stdout", ...args])).status).toBe(status);
  });
  it.each([
    ["filter", [], "functions and checks"],
    ["sql", ["--dialect", "bigquery"], "the function in SQL"],
  ])("a %s beyond its budget is told what takes most", async (format, more, share) => {
    const out = `small.${format}`;
    const { status, stderr } = await layerc(folder, [
      "compile",
      "net.model.ts",
      "-o",
      out,
      "--format",
      format,
      ...more,
      "--budget",
      "100b",
    ]);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`options/budget[\\s\\S]*${share}`));
    expect(existsSync(join(folder, out))).toBe(false);
  });
  it("a text that a warehouse would refuse is said to be too long", async () => {
    writeFileSync(
      join(folder, "wide.model.ts"),
      'import * as l from "layerc";\nexport default l.sequential([l.dense({ units: 90, inputShape: [90] })]);\n',
    );
    const { status, stderr } = await layerc(folder, ["compile", "wide.model.ts", "-o", "wide.sql", "--host", "bigquery"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/sql\/limit {2}dialect\n {2}the body of the function has \d+ bytes, bigquery takes 32768/);
    expect(existsSync(join(folder, "wide.sql"))).toBe(false);
  });
});

describe("in a bundle", () => {
  const bundle = (query: string, options = {}) => compiled(file, query, options, () => {});
  it("a host sets syntax and target, and the bundler the form", async () => {
    const { code } = await bundle("?model&host=rhino");
    expect(code).toMatch(/^var inputShape/m);
    expect(code).toMatch(/\nexport \{/);
    expect((await bundle("?model", { host: "csp" })).code).not.toContain("WebAssembly");
    expect((await bundle("?model&syntax=es5")).code).toMatch(/^var inputShape/m);
  });
  it("a host that wants files beside the module is refused", async () => {
    await expect(bundle("?model", { host: "workers" })).rejects.toThrow("needs wasm import, and in a bundle it is embed");
  });
  it("a module beyond its budget is an error of the build", async () => {
    await expect(bundle("?model", { budget: "1kb" })).rejects.toThrow("the budget is 1000 bytes");
    await expect(bundle("?model&budget=1kb")).rejects.toThrow("the budget is 1000 bytes");
    expect((await bundle("?model", { budget: "50kb" })).code).toContain("export {");
  });
});
