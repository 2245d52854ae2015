// The start of the command line: what is asked about all commands loads none of them.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { layerc } from "../../src/cli/program.ts";
import { bin } from "./bin.ts";

const silent = { write: () => true };

it("lists all commands as they are, without loading one", async () => {
  const [outlines, whole] = await Promise.all(
    [false, true].map((isAsked) => layerc({ stdout: silent, stderr: silent }, () => isAsked)),
  );
  expect(outlines.helpInformation()).toBe(whole.helpInformation());
});

it.each([["--version"], ["--help"], ["explain", "shape/mismatch"]])(
  "%s loads neither the compiler nor its packages",
  (...args) => {
    const { stderr, status } = spawnSync(process.execPath, [bin, ...args], {
      encoding: "utf8",
      env: { ...process.env, NODE_DEBUG: "esm" },
    });
    expect(status).toBe(0);
    const loaded = new Set([...stderr.matchAll(/file:\/\/[^'" ]+?\.js/g)].map(([file]) => file));
    expect(loaded.size).toBeGreaterThan(5);
    expect([...loaded].filter((file) => /zod|esbuild|ts-morph|compiler\/(layers|front|plan|emit)/.test(file))).toEqual([]);
  },
);
