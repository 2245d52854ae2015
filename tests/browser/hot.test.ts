// A model is swapped in place: Vite's own server and headless Chromium, a page that keeps state, and changes of everything that a model
// is made from. Law: `predict`, as the page imported it once, computes the new model, and the page was not loaded again. Skipped, with a
// line, where there is no Chromium.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { save } from "../../src/formats/index.ts";
import { layerc } from "../../src/plugin/vite.ts";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "hot-")));
function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const layers = [{ name: "out", layer: "dense", config: { units: 1, inputShape: [2] } }];
/** y = a + b + bias. */
const weights = (bias: number): Uint8Array =>
  save({ name: "w", seed: 0, layers, weights: { "out/kernel": Float32Array.of(1, 1), "out/bias": Float32Array.of(bias) } });
const model = (activation: string, more = "") => `import { dense, sequential } from "layerc";
import { units } from "./units.ts";
export default sequential([dense({ name: "out", units, activation: ${activation}, inputShape: [2] })], { weights: "./w.safetensors"${more} });
`;

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("in a page of Vite's server", () => {
  let server: ViteDevServer;
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];
  beforeAll(async () => {
    write("w.safetensors", weights(1));
    write("units.ts", "export const units = 1;\n");
    write("it.model.ts", model('"linear"'));
    write("index.html", '<!doctype html><script type="module" src="/app.js"></script>\n');
    write(
      "app.js",
      'import { inputShape, predict } from "./it.model.ts?model";\nwindow.kept = 0;\nwindow.ask = () => [predict([2, 3])[0], inputShape[0], ++window.kept];\n',
    );
    server = await createServer({
      root: folder,
      configFile: false,
      logLevel: "silent",
      plugins: [layerc()],
      optimizeDeps: { noDiscovery: true },
      server: { host: "127.0.0.1", port: 0, hmr: { overlay: false } },
    });
    await server.listen();
    const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
    browser = await chromium.launch({ executablePath: browserBinary as string, args });
    page = await browser.newPage();
    page.on("pageerror", (error) => failures.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.ask !== undefined");
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = () => page.evaluate("window.ask()") as Promise<[y: number, width: number, kept: number]>;
  const until = (y: number) => page.waitForFunction(`window.ask()[0] === ${y}`, undefined, { timeout: 20_000, polling: 100 });

  it("what the page imported follows the weights, the model and its imports", async () => {
    expect(await ask()).toEqual([6, 2, 1]);
    await page.evaluate("window.kept = 1000");
    write("w.safetensors", weights(2));
    await until(7);
    // A second time: the version that the page holds is not the last one.
    write("w.safetensors", weights(-10));
    await until(-5);
    write("it.model.ts", model('"relu"'));
    await until(0);
    write("units.ts", 'export const units = 1;\nconsole.log("again");\n');
    write("w.safetensors", weights(3));
    await until(8);
    // Of a page that was loaded again this would be small.
    expect((await ask())[2]).toBeGreaterThan(1000);
  });

  it("the old model answers while the new one is wrong", async () => {
    const [, , kept] = await ask();
    write("it.model.ts", "export default 1;\n");
    await new Promise((wake) => setTimeout(wake, 1500));
    expect((await ask())[0]).toBe(8);
    write("w.safetensors", weights(4));
    write("it.model.ts", model('"linear"'));
    await until(9);
    expect((await ask())[2]).toBeGreaterThan(kept);
    expect(failures).toEqual([]);
  });

  it("a module that exports other names is one that the page must import again", async () => {
    write("it.model.ts", model('"linear"', ', about: { classes: { y: ["sum"] } }'));
    await page.waitForFunction("window.ask?.()[2] < 1000", undefined, { timeout: 20_000, polling: 100 });
    expect((await ask())[0]).toBe(9);
  });
});
