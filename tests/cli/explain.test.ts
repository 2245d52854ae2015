// Every example of `layerc explain` is run: the wrong one gives its code and prints what is shown, the right one does not.
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codes } from "../../compiler/diagnostics/codes.ts";
import { errorsPage, play, printed } from "../../scripts/errors.ts";
import { examples } from "../../src/cli/explain/examples.ts";
import { excused } from "../../src/cli/explain/excused.ts";
import { bytes, type Example, typed } from "../../src/cli/explain/pair.ts";
import { prints } from "../../src/cli/explain/prints.ts";
import { layerc, type Run } from "./bin.ts";

const codesIn = ({ stderr }: Run): readonly string[] =>
  [...stderr.matchAll(/^[a-z]+\/[a-z0-9-]+(?= |$)/gm)].map(([code]) => code);
/** Many faults have the same right example. */
const rights = new Map<string, Promise<Run>>();
const playOnce = (example: Example): Promise<Run> => {
  const key = JSON.stringify(example);
  const made = rights.get(key) ?? play(example);
  rights.set(key, made);
  return made;
};
const said: Readonly<Record<string, string | undefined>> = prints;

it.each(Object.entries(examples))("%s", async (code, { wrong, right }) => {
  expect(Object.keys(codes)).toContain(code);
  expect(`${wrong.run}\n${right.run}`).toMatch(/^layerc .*\nlayerc /);
  const fault = await play(wrong);
  expect(codesIn(fault)).toContain(code);
  expect(said[code], "npm run update-examples").toBe(printed(fault));
  const made = await playOnce(right);
  expect(made).toMatchObject({ status: 0 });
  expect(codesIn(made)).not.toContain(code);
});

it("shows or excuses every code, and none twice", () => {
  expect([...Object.keys(examples), ...Object.keys(excused)].sort()).toEqual(Object.keys(codes).sort());
});

it("says what is wrong and what is right", async () => {
  const { stdout } = await layerc(tmpdir(), ["explain", "shape/rank"]);
  expect(stdout).toMatch(
    /^shape\/rank\n {2}\S.*\n\nwrong\n {2}net\.model\.ts\n[\s\S]*inputShape: \[8, 8\] [\s\S]*\nprints\n {2}shape\/rank[\s\S]*\nright\n[\s\S]*\[8, 8, 1\]/,
  );
  for (const [code, reason] of Object.entries(excused)) {
    const { stdout } = await layerc(tmpdir(), ["explain", code]);
    expect(stdout).toContain(`no example\n  ${reason}\n`);
    expect(stdout).not.toContain("wrong\n");
  }
  expect(JSON.parse((await layerc(tmpdir(), ["explain", "shape/rank", "--json"])).stdout)).toEqual({
    "shape/rank": codes["shape/rank"],
  });
});

it("writes a file of bytes as a command that every shell has", async () => {
  const { execFileSync } = await import("node:child_process");
  const all = bytes(Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join(""));
  const [command] = typed({ files: { "x.bin": all }, run: "" }).commands;
  expect(new Uint8Array(execFileSync("/bin/sh", ["-c", command.replace(/ > x\.bin$/, "")]))).toEqual(all);
});

it("stands in docs/errors.md as it is said", () => {
  expect(readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8"), "npm run update-examples").toBe(errorsPage());
});
