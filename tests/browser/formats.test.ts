// Every reader in a page of headless Chromium: a file is opened, compiled and asked there, and gives the bits that Node gives. Skipped, with
// a line, where there is no Chromium.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { save } from "../../src/formats/index.ts";
import { dense, lstm, sequential } from "../../src/sequential.ts";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";
import { ask } from "./formats-page.ts";

const fixture = (path: string): Uint8Array => {
  const bytes = readFileSync(join(import.meta.dirname, "../fixtures", path));
  return new Uint8Array(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
};
const own = sequential([lstm({ units: 3, inputShape: [4, 2] }), dense({ units: 2 })], { seed: 5 });
const tfjs = JSON.parse(new TextDecoder().decode(fixture("tfjs/layers-conv1d.json.gz"))) as {
  model: object;
  files: Record<string, string>;
};

interface File {
  readonly what: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly beside?: Readonly<Record<string, string>>;
  readonly inputShape?: readonly number[];
}
const architecture = Buffer.from(fixture("keras2/alone.json")).toString("base64");
const files: readonly File[] = [
  { what: "a .safetensors file of ours", name: "own.safetensors", bytes: save(own) },
  { what: "a spec as JSON", name: "own.json", bytes: new TextEncoder().encode(JSON.stringify(own)) },
  { what: "a .keras file", name: "gru.keras", bytes: fixture("keras/layers/stateful-gru.keras") },
  { what: "a .h5 file of Keras 2", name: "nested.h5", bytes: fixture("keras2/keras2-nested.h5.gz") },
  { what: "weights with an architecture beside", name: "alone.h5", bytes: fixture("keras2/alone.h5.gz"), beside: { "alone.json": architecture }, inputShape: [4, 3] },
  { what: "an .onnx file", name: "convolution.onnx", bytes: fixture("onnx/convolution.onnx") },
  { what: "a layers-model of TensorFlow.js", name: "model.json", bytes: new TextEncoder().encode(JSON.stringify(tfjs.model)), beside: tfjs.files },
]; // biome-ignore format: a table

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("in a page", () => {
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];
  beforeAll(async () => {
    const entryPoints = [join(import.meta.dirname, "formats-page.ts")];
    const { outputFiles } = await build({ entryPoints, bundle: true, format: "iife", platform: "browser", write: false });
    browser = await chromium.launch({ executablePath: browserBinary as string, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => failures.push(String(error)));
    await page.addScriptTag({ content: outputFiles[0].text });
  }, 120_000);
  afterAll(() => browser?.close());

  it.each(files)("$what is opened, compiled and asked", async ({ name, bytes, beside = {}, inputShape = [] }) => {
    const file = Buffer.from(bytes).toString("base64");
    const found = await page.evaluate(
      ([text, called, others, shape]) => (globalThis as unknown as { ask: typeof ask }).ask(text, called, others, shape),
      [file, name, beside, inputShape] as const,
    );
    expect(found).toEqual(ask(file, name, beside, inputShape));
    expect(found.flat().length).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  });
});
