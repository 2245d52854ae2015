// The page of the digits: LeNet learns from real digits, and a page on which one draws answers while the pen moves. In: the example as it
// is. Out: the accuracy on digits held out, and what headless Chromium shows between moves. The page is skipped where there is none.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { main as kerasFile, out as kerasOut } from "../../examples/keras-file/main.ts";
import { main, out, type Result } from "../../examples/mnist/main.ts";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";

let result: Result;
let fromKeras: number;
beforeAll(async () => {
  result = await main();
  fromKeras = await kerasFile();
}, 240_000);

it("tells 98 of 100 digits right that it never saw", () => {
  expect(result.held.length).toBe(1500);
  expect(result.accuracy).toBeGreaterThanOrEqual(0.98);
});

it("a file that Keras saved tells as many as it did in Keras", () => {
  expect(fromKeras).toBeGreaterThanOrEqual(0.95);
});

type Point = readonly [x: number, y: number];
/** Strokes on a square of 280, one after another. */
const drawings: readonly { readonly digit: string; readonly strokes: readonly (readonly Point[])[] }[] = [
  { digit: "1", strokes: [[[140, 50], [140, 230]]] },
  { digit: "7", strokes: [[[80, 60], [200, 60], [130, 230]]] },
  { digit: "0", strokes: [Array.from({ length: 25 }, (_, i): Point => [140 - 60 * Math.sin(i / 4), 140 - 85 * Math.cos(i / 4)])] },
]; // biome-ignore format: one line a drawing

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("the page", () => {
  it.each([
    ["of the trained LeNet", out],
    ["of the file that Keras saved", kerasOut],
  ])("%s answers while one draws", { timeout: 60_000 }, async (_what, folder) => {
    const browser = await chromium.launch({ executablePath: browserBinary, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage({ viewport: { width: 720, height: 480 } });
      const failures: string[] = [];
      page.on("pageerror", (error) => failures.push(String(error)));
      await page.goto(pathToFileURL(join(folder, "index.html")).href);
      const answer = (): Promise<string | null> => page.textContent("#answer");
      for (const { digit, strokes } of drawings) {
        await page.click("#clear");
        expect(await answer()).toBe("?");
        const said = new Set<string | null>();
        for (const stroke of strokes) await draw(page, stroke, async () => said.add(await answer()));
        expect(
          [...said].every((text) => /^\d$/.test(text ?? "")),
          `of ${digit}: ${[...said].join()}`,
        ).toBe(true);
        expect(await answer(), `after ${[...said].join()}`).toBe(digit);
        if (digit === "7") expect(said.size, "the answer changed on the way").toBeGreaterThan(1);
        await page.screenshot({ path: join(folder, `page-${digit}.png`) });
      }
      expect(failures).toEqual([]);
      expect(existsSync(join(folder, "draw.js"))).toBe(true);
    } finally {
      await browser.close();
    }
  });
});

/** A stroke in small moves; `looked` is called between them, while the pen is down. */
async function draw(page: Page, [first, ...rest]: readonly Point[], looked: () => Promise<unknown>): Promise<void> {
  const paper = await page.locator("#paper").boundingBox();
  if (paper === null) throw new Error("the page has no paper");
  const move = ([x, y]: Point): Promise<void> => page.mouse.move(paper.x + x, paper.y + y);
  await move(first);
  await page.mouse.down();
  let at = first;
  for (const point of rest) {
    for (let step = 1; step <= 4; step++) {
      await move([at[0] + ((point[0] - at[0]) * step) / 4, at[1] + ((point[1] - at[1]) * step) / 4]);
      await looked();
    }
    at = point;
  }
  await page.mouse.up();
}
