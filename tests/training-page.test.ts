// docs/training.md shows what its commands print: every run stands there with its curves, and a cheap one is made again and compared. After a
// change of numbers: npm run update-training.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { blockOf, commandOf, page, runOf, runs, show } from "../scripts/training.ts";
import { layerc } from "./cli/bin.ts";

const root = resolve(import.meta.dirname, "..");
const text = readFileSync(page, "utf8");

it.each(Object.keys(runs))("has the run %s: its command, what it printed, its curves", (name) => {
  const block = blockOf(text, name);
  expect(block, "npm run update-training").toContain(`${commandOf(name)}\n`);
  expect(block).toMatch(/\nepoch \d+/);
  expect(readFileSync(join(root, `docs/training/${name}.svg`), "utf8")).toContain("</svg>");
});

it("shows what the run on penguins prints", () => {
  const folder = mkdtempSync(join(tmpdir(), "run-"));
  try {
    const plot = join(folder, "species.svg");
    expect(blockOf(text, "species"), "npm run update-training").toBe(show("species", runOf("species", plot)));
    expect(readFileSync(plot, "utf8")).toBe(readFileSync(join(root, "docs/training/species.svg"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("names options that exist", async () => {
  const { stdout } = await layerc(root, ["train", "--help"]);
  const options = [...text.matchAll(/(?<=[\s`|(])--[a-z][a-z-]+/g)].map(([option]) => option);
  expect(options.length).toBeGreaterThan(30);
  // The exports of other commands stand on the page of their own.
  expect([...new Set(options)].filter((option) => !stdout.includes(option))).toEqual([]);
});
