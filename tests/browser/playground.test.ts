// The playground as a visitor has it, in headless Chromium, and shorter in Firefox: from a list to a trained and exported module that a bare Node process
// imports; an error in its place; completion; dropped files; what a reload keeps; what axe finds; how large it is.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { buildPlayground, type Sizes } from "../../scripts/playground/build.ts";
import { serve } from "../../scripts/playground/serve.ts";
import { open } from "../../src/formats/index.ts";
import { dense, sequential } from "../../src/sequential.ts";
import { expectClose } from "../close.ts";
import { skipOf, standard } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";
import { firefoxBinary, firefoxTab } from "../support/firefox.ts";
import type { Tab } from "../support/tab.ts";
import { drops, fixture } from "./playground-drops.ts";

const folder = mkdtempSync(join(tmpdir(), "playground-"));
const site = join(folder, "site");
let sizes: Sizes = {};
let server: Server;
let address = "";
beforeAll(async () => {
  sizes = await buildPlayground(site);
  ({ server, address } = await serve(site));
}, 120_000);
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const sum = (pattern: RegExp): number =>
  Object.entries(sizes).reduce((all, [name, size]) => all + (pattern.test(name) ? size : 0), 0);

describe("the page", () => {
  it("keeps to its budget, in bytes after gzip", () => {
    // The compiler, what it shares with the page, and the readers; the rest of the page; what a visitor waits for; all of it.
    const later = /^(formats|words|digits|iris)/;
    expect(sum(/^(compile-worker|formats|browser|preload-helper)/)).toBeLessThan(375_000);
    expect(sum(/^(index|main|train|mount|random)/)).toBeLessThan(50_000);
    expect(sum(/./) - sum(later)).toBeLessThan(330_000);
    expect(sum(/./)).toBeLessThan(450_000);
  });

  it("names nothing that lies elsewhere, and lets scripts come from its own folder alone", () => {
    const html = readFileSync(join(site, "index.html"), "utf8");
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).toContain("default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval';");
    expect(readFileSync(join(site, "main.css"), "utf8")).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//);
  });
});

/** What a module gives for a row, in a process that has nothing but it. */
async function inNode(file: string, row: readonly number[]): Promise<readonly number[]> {
  const module = file.replace(/\.js$/, ".mjs");
  copyFileSync(file, module);
  const program = `import { predict, selfTest } from ${JSON.stringify(pathToFileURL(module).href)};
    selfTest(); console.log(JSON.stringify([...predict(${JSON.stringify(row)})]));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }));
}

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("in Chromium", () => {
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserBinary as string, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await page.goto(address);
    await page.waitForSelector(".report h1");
  }, 120_000);
  afterAll(() => browser?.close());

  const write = async (text: string): Promise<void> => {
    await page.click(".field");
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
  };
  const compiledAs = (name: string) =>
    page.waitForFunction((wanted) => document.querySelector(".report h1")?.textContent === wanted, name);

  it("a preset is trained, and the module that is exported predicts in Node what it predicts in the page", async () => {
    await page.getByLabel("Preset").selectOption("spirals");
    await compiledAs("spirals");
    await page.click(".controls button.main[aria-disabled=false]");
    await page.waitForFunction(() => Number(document.querySelector(".numbers dd")?.textContent) >= 5);
    await page.click(".controls button.main");
    await page.getByLabel("Ask for a row").fill("0.5, -0.25");
    await page.click(".ask button");
    const asked = Number(
      await page.waitForFunction(() => document.querySelector(".ask output")?.textContent).then((one) => one.jsonValue()),
    );
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Export module")]);
    expect(download.suggestedFilename()).toBe("spirals.js");
    const file = join(folder, "spirals.js");
    await download.saveAs(file);
    expectClose(await inNode(file, [0.5, -0.25]), [asked], standard.layers, "the exported module");
    // It has learned: the untrained net gives something else.
    await page.click('.controls button:text-is("Reset")');
    await page.waitForFunction(() => document.querySelector(".numbers dd")?.textContent === "0");
    await page.click(".ask button");
    await page.waitForFunction(
      (old) => ![String(old), ""].includes(document.querySelector(".ask output")?.textContent ?? ""),
      asked,
    );
    expect(faults).toEqual([]);
  });

  it("a point of the plane tells the number of each class, by pointer and by keys", async () => {
    await page.getByLabel("Preset").selectOption("arms");
    await compiledAs("arms");
    const said = () => page.textContent(".pictures figure output");
    await page.hover(".plane", { position: { x: 219, y: 1 } });
    // The last cell of the first row: half a cell from the edge of 1.15 times the farthest row.
    expect(await said()).toMatch(/^at \((\d\.\d+), \1\): class 0 \d\S*, class 1 \d\S*, class 2 \d\S*$/);
    await page.hover(".bar");
    expect(await said()).toBe("Point at the plane for its numbers.");
    await page.focus(".plane");
    const first = await said();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowDown");
    expect(await said()).toMatch(/^at \(-\S+, -\S+\): class 0 .* class 2 /);
    expect(await said()).not.toBe(first);
    expect(faults).toEqual([]);
  });

  it("what is wrong stands in its place, with what to do, and goes when it is mended", async () => {
    await write('export default sequential([dense({ units: 3, inputShape: [2] }), dense({ unit: 1 })], { name: "mended" })');
    await page.waitForSelector(".problems .error");
    expect(await page.textContent(".problems")).toMatch(/layers\[1\].*unit.*did you mean "units"/);
    expect((await page.locator(".paint .error").allTextContents()).join("")).toBe("unit: 1");
    await write('export default sequential([dense({ units: 3, inputShape: [2] })], { name: "mended" })');
    await compiledAs("mended");
    expect(await page.locator(".problems li").count()).toBe(0);
    expect(await page.textContent(".training .hint")).toMatch(/the list has no training/);
    // A preset that is looked at does not lose what was written.
    await page.getByLabel("Preset").selectOption("waves");
    await compiledAs("waves");
    await page.getByLabel("Preset").selectOption("a list of your own");
    await compiledAs("mended");
    // What is exported then is what the command line writes, to the byte, whatever the page leaves out of the compiler.
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Export module")]);
    const wanted = compile(sequential([dense({ units: 3, inputShape: [2] })], { name: "mended" })).code;
    expect(readFileSync(await download.path(), "utf8")).toBe(wanted);
  });

  it("keys are offered while one writes, with their sentences", async () => {
    await write("export default sequential([dense({ ");
    await page.keyboard.type("us");
    await page.waitForSelector(".offers li");
    expect(await page.locator(".offers li").allTextContents()).toEqual([expect.stringMatching(/^useBias/)]);
    expect(await page.textContent(".offers p")).toMatch(/Default true/);
    await page.keyboard.press("Enter");
    await page.keyboard.type("t");
    await page.waitForSelector(".offers li");
    await page.keyboard.press("Enter");
    expect(await page.inputValue(".field")).toBe("export default sequential([dense({ useBias: true");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    expect(await page.inputValue(".field")).not.toContain("true");
    // At the end of a long line the text moves under what is offered.
    await page.setViewportSize({ width: 420, height: 860 });
    await write(`export default sequential([dense({ units: 3, name: "${"long".repeat(12)}", `);
    await page.keyboard.type("us");
    await page.waitForSelector(".offers li");
    expect(await page.evaluate(() => (document.querySelector(".offers")?.getBoundingClientRect().right ?? 0) <= innerWidth)).toBe(
      true,
    );
    await page.setViewportSize({ width: 1440, height: 900 });
    await write("export default sequential([dense({ useBias: ");
    // Pointing at a word says what it is.
    await page.hover(".paint .key", { force: true });
    await page.waitForSelector(".said:not([hidden])");
    expect(await page.textContent(".said")).toMatch(/useBias: boolean.*Default true/);
  });

  /** As a hand drops files and folders of this machine. */
  const drop = async (paths: readonly string[]): Promise<void> => {
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    await session.detach();
  };

  /** What was dropped is read, or refused. */
  const shown = async (paths: readonly string[]): Promise<void> => {
    await drop(paths);
    const names = paths.map((path) => basename(path));
    const isThere = ([one]: readonly string[]) => document.querySelector(".file b")?.textContent?.includes(one) ?? false;
    await page.waitForFunction(isThere, names);
    await page.waitForSelector('.playground[data-busy="false"]');
  };

  it.each(drops)("$what that is dropped is shown", async (dropping) => {
    const { what, files, main, taken = Object.keys(files) } = dropping;
    const place = join(folder, what.replace(/\W+/g, "-"));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), bytes);
    }
    await shown(taken.map((name) => join(place, name)));
    expect(await page.locator(".problems .error").allTextContents()).toEqual([]);
    // As the command line reads it.
    const wanted = open(files[main], basename(main), { beside: (path) => files[join(dirname(main), path)] });
    expect(await page.textContent(".report h1")).toBe(wanted.name);
    expect(await page.textContent(".file")).toMatch(/is shown in the place of the list/);
  });

  it("one comes back to the list", async () => {
    await page.click("text=Back to the list");
    await page.getByLabel("Preset").selectOption("iris");
    await compiledAs("iris");
    expect(await page.locator(".file").count()).toBe(0);
  });

  it.each([
    ["no-model.txt", Buffer.from("Hello."), /is no model: it starts with "Hello\."/],
    ["cut.keras", fixture("keras/layers/stateful-gru.keras").subarray(0, 900), /the file was cut off/],
    ["empty.onnx", new Uint8Array(0), /./],
    ["large.safetensors", 900_000_000, /has 900 MB, and a page opens up to 800 MB/],
    ["nothing", undefined, /there is no file in it/],
  ])("%s is refused with a line, and nothing of what was shown before is left", async (name, bytes, message) => {
    const place = join(folder, name);
    if (bytes === undefined) mkdirSync(place);
    else writeFileSync(place, typeof bytes === "number" ? "" : bytes);
    // Without a byte on the disk.
    if (typeof bytes === "number") truncateSync(place, bytes);
    await shown([place]);
    expect(await page.locator(".problems .error").allTextContents()).toEqual([expect.stringMatching(message)]);
    expect(await page.textContent(".file")).toMatch(/cannot be opened/);
    expect([await page.locator(".report h1").count(), await page.isEnabled("text=Export module")]).toEqual([0, false]);
    expect(faults).toEqual([]);
  });

  it("a list that is too large is refused in its place; one that takes long makes room, and the page stays awake", async () => {
    await page.click("text=Back to the list");
    await write('export default sequential([dense({ units: 1e9, inputShape: [2] })], { name: "huge" })');
    await page.waitForSelector(".problems .error");
    expect(await page.textContent(".problems")).toMatch(/2000000000 numbers.*at most/);
    // Each of 100 000 steps is computed for the activations of the report.
    await write('export default sequential([gru({ units: 8, inputShape: [100000, 1] })], { name: "long" })');
    await page.waitForTimeout(1800);
    expect(await page.textContent(".bar .state")).toBe("compiling…");
    await write('export default sequential([dense({ units: 3, inputShape: [2] })], { name: "short" })');
    await compiledAs("short");
    await write(`// ${"x".repeat(250_000)}`);
    await page.waitForSelector(".problems .error");
    expect(await page.textContent(".problems")).toMatch(/has 250003 letters, and a list here has at most 200000/);
    expect(faults).toEqual([]);
  });

  it("kernels are timed in the page, and the times go with their report", async () => {
    await page.getByLabel("Preset").selectOption("iris");
    await compiledAs("iris");
    await page.click("text=Numbers");
    await page.click("[data-measure]");
    await page.waitForFunction(() => /kernels measured/.test(document.querySelector(".measure")?.textContent ?? ""));
    const times = () =>
      page.evaluate(() => {
        const table = document.querySelectorAll(".numbers table")[1];
        const rows = [...(table?.querySelectorAll("tr") ?? [])].map((row) =>
          [...row.children].map((cell) => cell.textContent ?? ""),
        );
        const [name, target] = ["ms", "Target"].map((title) => rows[0].findIndex((one) => one.startsWith(title)));
        return rows.slice(1).map((row) => [row[target], Number(row[name])] as const);
      });
    const measured = await times();
    // Of the kernels in lanes the page runs those that the browser takes.
    expect(measured.filter(([target]) => target === "js").every(([, time]) => time > 0)).toBe(true);
    expect(measured.some(([target, time]) => target !== "js" && time > 0)).toBe(true);
    await page.getByLabel("Preset").selectOption("waves");
    await compiledAs("waves");
    expect((await times()).every(([, time]) => time === 0)).toBe(true);
    await page.click("text=Panes");
    expect(faults).toEqual([]);
  });

  it("a reload keeps list, data, batch and what the report shows; so does the address in another tab", async () => {
    await page.getByLabel("Preset").selectOption("iris");
    await compiledAs("iris");
    await write('export default sequential([dense({ units: 3, inputShape: [4] })], { name: "kept" })');
    await compiledAs("kept");
    await page.getByLabel("Batch").fill("16");
    await page.click("text=Passes");
    await page.waitForSelector("[data-view=passes]");
    const other = await browser.newPage();
    await Promise.all([page.reload(), other.goto(page.url())]);
    for (const one of [page, other]) {
      await one.waitForFunction(() => document.querySelector(".report h1")?.textContent === "kept");
      await one.waitForSelector("[data-view=passes]");
      expect(await one.inputValue(".field")).toContain('name: "kept"');
      expect([await one.getByLabel("Data").inputValue(), await one.getByLabel("Batch").inputValue()]).toEqual(["iris", "16"]);
    }
    await other.close();
  });

  it("an address that was cut short gives the first preset, and says so", async () => {
    const other = await browser.newPage();
    const url = page.url();
    await other.goto(`${url.slice(0, url.indexOf("#") + 1)}${url.slice(url.indexOf("#") + 1).slice(0, 60)}`);
    await other.waitForFunction(() => document.querySelector(".report h1")?.textContent === "seed-2-4-3-1");
    expect(await other.textContent(".list .hint")).toMatch(/cut short/);
    await other.getByLabel("Preset").selectOption("iris");
    await other.waitForSelector(".list .hint", { state: "detached" });
    await other.close();
  });

  it("by keyboard alone one comes to everything, sees where one is, trains, pauses and steps", async () => {
    await page.goto(address);
    await compiledAs("seed-2-4-3-1");
    await page.waitForSelector(".controls button.main[aria-disabled=false]");
    const focused = () =>
      page.evaluate(() => {
        const one = document.activeElement as HTMLElement;
        const frame = one.matches(".field")
          ? getComputedStyle(one.closest(".editor") as Element, "::after")
          : getComputedStyle(one);
        const isSeen = one.matches(".field") ? frame.borderTopStyle === "solid" : frame.outlineStyle !== "none";
        return `${one.ariaLabel ?? one.closest("label")?.firstChild?.textContent?.trim() ?? one.textContent}${isSeen ? "" : ", not seen"}`;
      });
    const order: string[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("Tab");
      order.push(await focused());
    }
    expect(order).toEqual(["Preset", "Data", "Open file…", "Export module", "The list of layers", "Train", "Step", "Reset", "Batch", "What the net gives over the plane; arrows move the point", "Ask for a row", "Predict"]); // biome-ignore format: one line
    for (let i = 0; i < 6; i++) await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("Train");
    const fact = (n: number) => page.evaluate((at) => Number(document.querySelectorAll(".numbers dd")[at]?.textContent), n);
    await page.keyboard.press("Space");
    await page.waitForFunction(() => Number(document.querySelector(".numbers dd")?.textContent) >= 2);
    expect(await focused()).toBe("Pause");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.activeElement?.textContent === "Train");
    const steps = await fact(1);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      (before) => Number(document.querySelectorAll(".numbers dd")[1]?.textContent) === before + 1,
      steps,
    );
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".numbers dd")[1]?.textContent === "0");
    expect(await focused()).toBe("Reset");
    expect(faults).toEqual([]);
  });

  it.each(["wide", "narrow"])("axe finds nothing serious, %s", async (width) => {
    await page.setViewportSize(width === "wide" ? { width: 1440, height: 900 } : { width: 420, height: 860 });
    await page.getByLabel("Preset").selectOption("digits");
    await compiledAs("digits");
    const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(source);
    const found = await page.evaluate(async () => {
      const { violations } = await (
        globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
        }
      ).axe.run();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    });
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe.skipIf(skipOf("no-firefox", firefoxBinary === undefined))("in Firefox", () => {
  let tab: Tab;
  const downloads = join(folder, "downloads");
  beforeAll(async () => {
    tab = await firefoxTab(downloads);
  }, 60_000);
  afterAll(() => tab?.close());

  const title = () => document.querySelector(".report h1")?.textContent ?? "";
  const compiledAs = async (name: string): Promise<void> => {
    for (let i = 0; i < 6 && (await tab.run(title)) !== name; i++) await tab.settled(name, title);
    expect(await tab.run(title)).toBe(name);
  };
  const textOf = (selector: string) => [...document.querySelectorAll(selector)].map((one) => one.textContent).join("");
  /** As somebody who pastes. */
  const write = (text: string) =>
    tab.run((next) => {
      const field = document.querySelector<HTMLTextAreaElement>(".field");
      field?.focus();
      field?.select();
      document.execCommand("insertText", false, next);
    }, text);

  it("a preset is trained, exported, and predicts in Node what it predicts in the page", async () => {
    await tab.goto(address);
    await compiledAs("seed-2-4-3-1");
    await tab.run(() => {
      const [preset] = document.querySelectorAll("select");
      preset.value = "spirals";
      preset.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await compiledAs("spirals");
    await tab.settled(true, () => document.querySelector(".controls button.main[aria-disabled=false]") !== null);
    await tab.click(".controls button.main");
    expect(await tab.settled(true, () => Number(document.querySelector(".numbers dd")?.textContent) >= 3)).toBe(true);
    await tab.click(".controls button.main");
    await tab.settled("Train", textOf, ".controls button.main");
    await tab.run(() => {
      const input = document.querySelector<HTMLInputElement>(".ask input");
      if (input !== null) input.value = "0.5, -0.25";
    });
    await tab.click(".ask button");
    expect(await tab.settled(true, () => document.querySelector(".ask output")?.textContent !== "")).toBe(true);
    const asked = Number(await tab.run(textOf, ".ask output"));
    await tab.click(".bar button.main");
    const file = join(downloads, "spirals.js");
    await vi.waitFor(() => expect(readFileSync(file, "utf8")).toMatch(/^export \{.*\};$/m), 10_000);
    expectClose(await inNode(file, [0.5, -0.25]), [asked], standard.layers, "the exported module");
    expect(tab.faults).toEqual([]);
  });

  it("what is wrong stands in its place, keys are offered, and a reload keeps the list", async () => {
    await write('export default sequential([dense({ units: 3, inputShape: [2] }), dense({ unit: 1 })], { name: "kept" })');
    expect(await tab.settled("unit: 1", textOf, ".paint .error")).toBe("unit: 1");
    await write("export default sequential([dense({ ");
    await tab.key("u");
    await tab.key("s");
    expect(await tab.settled("useBias", textOf, ".offers li b")).toBe("useBias");
    await tab.key("Enter");
    expect(await tab.run(() => document.querySelector<HTMLTextAreaElement>(".field")?.value)).toMatch(/dense\(\{ useBias: $/);
    await write('export default sequential([dense({ units: 3, inputShape: [2] })], { name: "kept" })');
    await compiledAs("kept");
    await tab.run(() => location.reload());
    await tab.settled("", title).catch(() => {});
    await compiledAs("kept");
    expect(await tab.run(() => document.querySelector<HTMLTextAreaElement>(".field")?.value)).toContain('name: "kept"');
    expect(tab.faults).toEqual([]);
  });
});
