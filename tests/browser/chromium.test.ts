// Emitted modules in headless Chromium, in pages and in workers: with the kernels inside and beside them, and under content
// security policies. Exact modules have Node's bits whatever computes, JavaScript always has them; relaxed SIMD is near.
// A policy that forbids WebAssembly leaves JavaScript, and nothing is thrown. Skipped, with a line, where there is no Chromium.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../../compiler/artifact.ts";
import { compile } from "../../compiler/compile.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { tameNumbers } from "../arbitrary/numbers.ts";
import { type Backend, withBackend } from "../engines.ts";
import { skipOf, standard } from "../exemptions.ts";
import { browserBinary as binary } from "../support/browser.ts";
import { bitsOf, type Data, drive, driveHere, numbersOf } from "../support/drive.ts";

const model = (name: string, ...layers: readonly [layer: string, config: object][]): Model => ({
  name,
  seed: 9,
  layers: layers.map(([layer, config], i): LayerSpec => ({ name: `${layer}${i}`, layer, config: { ...config } })),
  training: { loss: "mse", optimizer: "adam" },
});
const mlp = model(
  "mlp",
  ["dense", { units: 70, activation: "tanh", inputShape: [61] }],
  ["dense", { units: 33, activation: "sigmoid" }],
  ["dense", { units: 4 }],
);
const cnn = model(
  "cnn",
  ["conv2d", { filters: 8, kernelSize: [3, 3], activation: "relu", inputShape: [8, 8, 2] }],
  ["flatten", {}],
  ["dense", { units: 4, activation: "softmax" }],
);
const rnn = model("rnn", ["lstm", { units: 12, inputShape: [6, 9] }], ["dense", { units: 4 }]);

const wanted: readonly (readonly [name: string, model: Model, options: OptionsInput])[] = [
  ["mlp-js", mlp, { target: "js" }],
  ["mlp-simd", mlp, { target: "simd" }],
  ["cnn-simd-import", cnn, { target: "simd", wasm: "import" }],
  ["mlp-train-simd", mlp, { target: "simd", train: true }],
  ["mlp-train-exact", mlp, { target: "simd", exact: true, train: true }],
  ["rnn-exact-import", rnn, { target: "simd", exact: true, wasm: "import", weights: "external" }],
  ["seed-auto", model("seed", ["dense", { units: 4, inputShape: [3], activation: "relu" }]), {}],
];
interface Case {
  readonly name: string;
  readonly options: OptionsInput;
  readonly artifact: Artifact;
  readonly data: Data;
  readonly external: boolean;
  readonly imported: boolean;
}
const rows = 20;
const cases = wanted.map(([name, net, options]): Case => {
  const artifact = compile(net, options);
  const size = artifact.manifest.inputs[0].shape.reduce((product, extent) => product * extent, 1);
  const data: Data = {
    train: options.train === true,
    size,
    inputs: [bitsOf(tameNumbers(1, rows * size)), bitsOf(tameNumbers(2, 3 * size))],
    targets: bitsOf(tameNumbers(3, rows * 4)),
  };
  return { name, options, artifact, data, external: artifact.weights !== undefined, imported: artifact.wasm !== undefined };
});

/** Where a page comes from decides what it may do. */
const policies = {
  open: undefined,
  strict: "script-src 'self'",
  wasm: "script-src 'self' 'wasm-unsafe-eval'",
} as const;
type Policy = keyof typeof policies;

interface File {
  readonly type: string;
  readonly body: string | Uint8Array;
}

function files(): ReadonlyMap<string, File> {
  const script = (body: string) => ({ type: "text/javascript", body });
  const bytes = (body: Uint8Array, type = "application/octet-stream") => ({ type, body });
  return new Map<string, File>([
    ["/", { type: "text/html", body: '<!doctype html><output></output><script type="module" src="/client.js"></script>' }],
    ["/client.js", script(readFileSync(new URL("client.js", import.meta.url), "utf8"))],
    ["/drive.js", script(`export function drive(module, data) {\n${drive}\n}`)],
    [
      "/cases.json",
      {
        type: "application/json",
        body: JSON.stringify(cases.map(({ name, external, imported, data }) => ({ name, external, imported, data }))),
      },
    ],
    ...cases.flatMap(({ name, artifact: { code, weights, wasm, wasmRelaxed } }) => [
      [`/${name}.js`, script(code)] as const,
      ...(weights === undefined ? [] : [[`/${name}.bin`, bytes(weights)] as const]),
      ...(wasm === undefined ? [] : [[`/${name}.wasm`, bytes(wasm, "application/wasm")] as const]),
      ...(wasmRelaxed === undefined ? [] : [[`/${name}.relaxed.wasm`, bytes(wasmRelaxed, "application/wasm")] as const]),
    ]),
  ]);
}

/** One server for each policy, so that its worker has the policy too. */
async function serve(policy: Policy): Promise<Server> {
  const all = files();
  const header = policies[policy];
  const server = createServer(({ url = "/" }, response) => {
    const file = all.get(url);
    if (header !== undefined) response.setHeader("Content-Security-Policy", header);
    response.setHeader("Content-Type", file?.type ?? "text/plain");
    response.writeHead(file === undefined ? 404 : 200);
    response.end(file?.body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

interface Found {
  readonly results?: readonly { readonly name: string; readonly backend: Backend; readonly out: readonly (number | "NaN")[] }[];
  readonly error?: string;
}

describe.skipIf(skipOf("no-chromium", binary === undefined))("headless Chromium", () => {
  let browser: Browser;
  const servers: Server[] = [];
  beforeAll(async () => {
    // Debian's sandbox needs a user that is not root.
    browser = await chromium.launch({ executablePath: binary ?? "", args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) server.close();
  });

  it.each<[Policy, "page" | "worker"]>([
    ["open", "page"],
    ["open", "worker"],
    ["wasm", "page"],
    ["wasm", "worker"],
    ["strict", "page"],
    ["strict", "worker"],
  ])("policy %s, %s", async (policy, where) => {
    const server = await serve(policy);
    servers.push(server);
    const page = await browser.newPage();
    const thrown: string[] = [];
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${where === "worker" ? "#worker" : ""}`);
    await page.waitForFunction(() => globalThis.document.title === "done");
    const { results = [], error }: Found = JSON.parse((await page.textContent("output")) ?? "{}");
    await page.close();
    expect([error, thrown]).toEqual([undefined, []]);
    expect(results.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
    console.log(`policy ${policy}, ${where}: ${results.map(({ name, backend }) => `${name} ${backend}`).join(", ")}`);
    for (const [i, { name, backend, out }] of results.entries()) {
      const { artifact, data, options } = cases[i];
      const lanes = policy === "strict" || options.target !== "simd" ? "js" : options.exact ? "simd" : "relaxed";
      expect([name, backend]).toEqual([name, lanes]);
      const here = withBackend(artifact, "js", (form) => driveHere(load(form), data));
      if (backend === "js" || options.exact) expect(out, name).toEqual(here);
      else if (!skipOf("relaxed-browser-after-training", data.train)) expectNear(out, here, name);
      // What was predicted before the steps.
      else expectNear(out.slice(0, 4 * rows), here.slice(0, 4 * rows), name);
    }
  });
});

/** The bound of whole models. */
function expectNear(out: readonly (number | "NaN")[], meant: readonly (number | "NaN")[], name: string): void {
  const [found, wantedNumbers] = [numbersOf(out), numbersOf(meant)];
  const bound = standard.wholeModels.abs * Math.max(1, ...wantedNumbers.map(Math.abs));
  for (const [i, value] of wantedNumbers.entries())
    expect(Math.abs(found[i] - value), `${name} [${i}]`).toBeLessThanOrEqual(bound);
  expect(found).toHaveLength(wantedNumbers.length);
}
