// The pictures of docs/report.md and docs/walk.md. In: the command line as it was built, and Chromium. Out: docs/images/report-*.png and walk-*.png, each small enough for a page. Guarantee: a picture is a
// row of the table: which report, what is chosen in it, how wide, in which light; nothing is drawn by hand.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { withPalette } from "./png.ts";

/** Where the pictures are. */
const images = "docs/images";
const seed = "examples/seed-2-4-3-1/seed.model.ts";

interface Shot {
  /** Of which page, and which. */
  readonly name: `${"report" | "walk"}-${string}`;
  /** Arguments of the command that writes the report. */
  readonly report: readonly string[];
  /** What stands behind `#`. */
  readonly choices: string;
  readonly width: number;
  readonly height: number;
  readonly dark?: true;
}

/** A step of the walk: two panes of the seed's report, with a thing held. */
const step = (name: string, panes: string, pin: string): Shot => ({
  name: `walk-${name}`,
  report: ["report", seed],
  choices: `panes=${panes}&pin=${pin}`,
  width: 1000,
  height: 420,
});

/** Every picture; `npm run update-screenshots -- report-panes` takes one. */
const shots: readonly Shot[] = [
  {
    name: "report-panes",
    report: ["report", seed],
    choices: "panes=list,graph,loops:nests,javascript&pin=layer layers[1]",
    width: 1440,
    height: 760,
  },
  {
    name: "report-plan",
    report: ["report", seed],
    choices: "panes=graph:graph,plan,loops&pin=layer layers[0]",
    width: 1440,
    height: 760,
    dark: true,
  },
  { name: "report-passes", report: ["report", seed], choices: "view=passes&pass=rewrite", width: 1440, height: 640 },
  { name: "report-numbers", report: ["report", seed], choices: "view=numbers", width: 1440, height: 640, dark: true },
  { name: "report-narrow", report: ["report", seed], choices: "panes=graph&pin=layer layers[0]", width: 420, height: 760 },
  step("graph", "list,graph:graph", "layer layers[0]"),
  { name: "walk-relu", report: ["report", seed], choices: "view=passes&pass=expand", width: 1000, height: 560 },
  step("plan", "graph:graph,plan", "region r0"),
  step("nest", "graph:graph,loops:nests", "kernel predict/hidden1"),
  step("code", "loops:nests,javascript", "kernel predict/hidden1"),
];

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "layerc-shots-"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
mkdirSync(images, { recursive: true });
try {
  const written = new Map<string, string>();
  for (const { name, report, choices, width, height, dark } of shots) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const key = report.join(" ");
    const file = written.get(key) ?? join(folder, `${written.size}.html`);
    if (!written.has(key)) execFileSync(process.execPath, ["dist/src/cli/main.js", ...report, "-o", file], { stdio: "inherit" });
    written.set(key, file);
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
    await page.goto(`${pathToFileURL(file)}#${choices}`);
    await page.waitForSelector("[data-view]");
    // Panes scroll to what is held a moment after they are there.
    await page.waitForTimeout(400);
    const picture = withPalette(await page.screenshot());
    writeFileSync(join(images, `${name}.png`), picture);
    console.log(`${images}/${name}.png: ${(picture.length / 1024).toFixed(0)} KB`);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
