// The amplifier in an AudioWorklet: a net learns, is compiled by the command line, and answers 128 samples a call. In: the example as it is. Out: its
// error on strings that it never heard, what its calls leave on the heap, and what Chromium and Firefox render, which is predict of the whole to the bit.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { held, main, out, type Result } from "../../examples/audio/main.ts";
import { firstDifference } from "../close.ts";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";
import { firefoxBinary, firefoxTab } from "../support/firefox.ts";
import { chromiumTab, type Tab } from "../support/tab.ts";

let result: Result;
beforeAll(async () => {
  result = await main(30_000);
}, 120_000);

it("learns the amplifier: less than a fiftieth of the energy is wrong on strings it never heard", () => {
  expect(result.whole).toHaveLength(held.length);
  expect(1 / result.error).toBeGreaterThan(50);
});

it("allocates nothing: a call leaves less than the smallest object would", () => {
  // An empty object has 12 bytes or more; looking at the heap itself takes some.
  expect(result.bytes).toBeLessThan(8);
});

/** What holds in a browser, whichever opens the tab. */
const inBrowser = (open: () => Promise<Tab>) => (): void => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await open();
    await tab.goto(pathToFileURL(join(out, "index.html")).href);
  }, 60_000);
  afterAll(() => tab?.close());

  it("renders what predict makes of the whole, to the bit, and plays", { timeout: 60_000 }, async () => {
    await tab.settled(held.length, () => window.rendered?.length ?? 0);
    const bits = await tab.run(() => [...new Int32Array((window.rendered as Float32Array).buffer)]);
    const rendered = new Float32Array(Int32Array.from(bits).buffer);
    expect(firstDifference(rendered, result.whole)).toBe(-1);
    const said = await tab.run(() => document.getElementById("said")?.textContent);
    expect(said).toMatch(/^44,160 samples in 345 calls of the AudioWorklet; \d\.\d %/);
    await tab.click("#play");
    expect(await tab.settled("Stop", () => document.getElementById("play")?.textContent ?? "")).toBe("Stop");
    await tab.click("#play");
    expect(await tab.settled("Play", () => document.getElementById("play")?.textContent ?? "")).toBe("Play");
    // Two clicks before there is any sound: the last one holds.
    const twice = await tab.run(() => {
      const button = document.getElementById("play");
      for (let i = 0; i < 2; i++) button?.click();
      return button?.textContent;
    });
    expect(twice).toBe("Play");
    expect(tab.faults).toEqual([]);
  });

  it("the scope of an AudioWorklet lacks what `--host audio` does without", async () => {
    const found = await tab.run(async () => {
      const text = `registerProcessor("ask", class extends AudioWorkletProcessor {
        constructor() {
          super();
          this.port.postMessage(["atob", "fetch", "setTimeout", "WebAssembly"].filter((name) => name in globalThis));
        }
        process() { return false; }
      });`;
      const context = new OfflineAudioContext(1, 128, 44100);
      await context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(text)}`);
      const node = new AudioWorkletNode(context, "ask");
      return new Promise((settle) => {
        node.port.onmessage = ({ data }) => settle(data);
      });
    });
    expect(found).toEqual(["WebAssembly"]);
  });
};

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("in Chromium", inBrowser(chromiumTab));
describe.skipIf(skipOf("no-firefox", firefoxBinary === undefined))("in Firefox", inBrowser(firefoxTab));
