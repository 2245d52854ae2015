// Every example of `layerc explain` is run: the wrong one gives its code, the right one does not.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { codes } from "../../compiler/diagnostics/codes.ts";
import { errorsPage } from "../../scripts/errors.ts";
import { examples } from "../../src/cli/explain/examples.ts";
import { excused } from "../../src/cli/explain/excused.ts";
import type { Example } from "../../src/cli/explain/pair.ts";
import { layerc, type Run } from "./bin.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "explain-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run({ files, run }: Example): Promise<Run> {
  const folder = mkdtempSync(join(root, "case-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [command, input] = run.split(" < ");
  const [name, ...args] = command.split(" ");
  expect(name).toBe("layerc");
  return layerc(folder, args, input === undefined ? "" : files[input]);
}
const codesIn = ({ stderr }: Run): readonly string[] => [...stderr.matchAll(/^[a-z]+\/[a-z-]+(?= |$)/gm)].map(([code]) => code);

it.each(Object.entries(examples))("%s", async (code, { wrong, right }) => {
  expect(Object.keys(codes)).toContain(code);
  expect(codesIn(await run(wrong))).toContain(code);
  const made = await run(right);
  expect(made).toMatchObject({ status: 0 });
  expect(codesIn(made)).not.toContain(code);
});

it("shows or excuses every code, and none twice", () => {
  expect([...Object.keys(examples), ...Object.keys(excused)].sort()).toEqual(Object.keys(codes).sort());
});

it("says what is wrong and what is right", async () => {
  const { stdout } = await layerc(root, ["explain", "shape/rank"]);
  expect(stdout).toMatch(
    /^shape\/rank\n {2}\S.*\n\nwrong\n {2}net\.model\.ts\n[\s\S]*inputShape: \[8, 8\] [\s\S]*\nright\n[\s\S]*\[8, 8, 1\]/,
  );
  expect((await layerc(root, ["explain", "internal/bug"])).stdout).not.toContain("wrong\n");
  expect(JSON.parse((await layerc(root, ["explain", "shape/rank", "--json"])).stdout)).toEqual({
    "shape/rank": codes["shape/rank"],
  });
});

it("stands in docs/errors.md as it is said", () => {
  expect(readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8"), "npm run update-examples").toBe(errorsPage());
});
