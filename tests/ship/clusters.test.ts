// The examples of clusters: the filter gives the bits of predict through a pipe, and an engine that is not there is skipped with a line. In which
// engines they ran by hand, their READMEs say.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

it("runs what is there, and says what is not", () => {
  const env = { ...process.env, PYTHON: join(root, "no-python"), CHDB: join(root, "no-chdb"), PATH: "" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "examples/clusters/run.ts"], { cwd: root, env, encoding: "utf8" }); // biome-ignore format: one line
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^a pipe of the shell: 20000 rows in [\d.]+ s, every bit that of predict$/m);
  expect(stdout.match(/skipped: .*(no clickhouse|has no ray|has no pyspark)/g)).toHaveLength(4);
});
