// Takes the pictures of docs/. In: the table (shots.ts), the command line as it was built, and Chromium. Out: docs/images/, each small enough for a page. Guarantee: a report is written once, the playground
// is built once, and only for who asks for a picture of it.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { withPalette } from "./png.ts";
import { shots } from "./shots.ts";

const wanted = process.argv.slice(2);
const taken = shots.filter(({ name }) => wanted.length === 0 || wanted.some((one) => name.startsWith(one)));
const folder = mkdtempSync(join(tmpdir(), "layerc-shots-"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const written = new Map<string, string>();
let playground: { readonly address: string; readonly server: Server } | undefined;

/** The address of a report, which is written when the first picture of it is taken. */
function reportAt(args: readonly string[]): string {
  const key = args.join(" ");
  const file = written.get(key) ?? join(folder, `${written.size}.html`);
  const to = args[0] === "train" ? "--report" : "-o";
  if (!written.has(key)) execFileSync(process.execPath, ["dist/src/cli/main.js", ...args, to, file], { stdio: "pipe" });
  written.set(key, file);
  return pathToFileURL(file).href;
}
async function playgroundAt(): Promise<string> {
  if (playground === undefined) {
    const { buildPlayground } = await import("./playground/build.ts");
    const { serve } = await import("./playground/serve.ts");
    await buildPlayground(join(folder, "playground"));
    playground = await serve(join(folder, "playground"));
  }
  return playground.address;
}

let total = 0;
try {
  for (const { name, report, choices, size, dark, of, act } of taken) {
    const [width, height] = size;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
    await page.goto(`${report === undefined ? await playgroundAt() : reportAt(report)}#${choices}`);
    await page.waitForSelector("[data-view]", { state: "attached" });
    // Panes scroll to what is held a moment after they are there.
    await page.waitForTimeout(400);
    await act?.(page);
    const picture = withPalette(await (of === undefined ? page : page.locator(of)).screenshot());
    mkdirSync(dirname(join("docs/images", name)), { recursive: true });
    writeFileSync(join("docs/images", `${name}.png`), picture);
    console.log(`docs/images/${name}.png: ${(picture.length / 1024).toFixed(0)} KB`);
    total += picture.length;
    await page.close();
  }
  console.log(`${taken.length} pictures, ${(total / 1024).toFixed(0)} KB`);
} finally {
  await browser.close();
  playground?.server.close();
  rmSync(folder, { recursive: true, force: true });
}
