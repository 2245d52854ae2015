// A file of answers is put together from parts: it is the file that one part would have been, whenever the run before it was killed; and what an engine may
// hold is handed on to it.
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { save } from "../../src/formats/index.ts";
import { dense, sequential } from "../../src/index.ts";
import { Assembly } from "../../src/score/assembly.ts";
import { duckdb as engine } from "../../src/score/duckdb.ts";
import { memoryFor, mostMemory, rangesOf, rowsAtOnce } from "../../src/score/memory.ts";
import { scoreOne } from "../../src/score/one.ts";
import { bin, layerc, spawned } from "../cli/bin.ts";
import { skipOf } from "../exemptions.ts";
import { duckdb, rowsOf, run } from "./tables.ts";

const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "parts-")));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

describe("ranges of rows", () => {
  it.each([
    ["of few groups are one", [122_880, 122_880, 5], 9, 1],
    ["end where a group ends", Array.from({ length: 33 }, () => 122_880), 9, 4],
    ["cut a group of a wide table", [122_880, 122_880, 7], 1000, 8],
    ["take a group whole that is little more than a range", [1_048_576, 1_048_576, 1_300_000], 3, 3],
    ["cut no group into more than eight", [40_000_000], 4, 8],
    ["of a file without rows are one", [], 4, 1],
  ])("%s", (_, groups, columns, count) => {
    const ranges = rangesOf(groups, columns);
    expect(ranges[0].from).toBe(0);
    expect(ranges.at(-1)?.to).toBe(groups.reduce((sum, rows) => sum + rows, 0));
    for (const [i, { from, to }] of ranges.entries()) {
      if (i > 0) expect(from).toBe(ranges[i - 1].to);
      if (groups.length > 0) expect(to).toBeGreaterThan(from);
    }
    const ends = new Set(groups.map((_, i) => groups.slice(0, i + 1).reduce((sum, rows) => sum + rows, 0)));
    const inside = ranges.filter(({ to }) => !ends.has(to) && groups.length > 0);
    expect(inside.length).toBeLessThanOrEqual(7 * groups.filter((rows) => rows >= 2 * rowsAtOnce(columns)).length);
    expect(ranges).toHaveLength(count);
  });

  it("the limit of memory grows with columns and threads, not with rows of the file, and stays below the machine's", () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `f${i}`, kind: "number", type: "FLOAT" }) as const); // biome-ignore format: one line
    const limit = (columns: number, threads: number) => memoryFor(fields(columns), fields(columns), rowsAtOnce(columns), threads);
    expect(limit(9, 2)).toBeLessThan(600e6);
    expect(limit(9, 4)).toBeGreaterThan(limit(9, 2));
    expect(limit(1000, 2)).toBeGreaterThan(limit(9, 2));
    expect(limit(1e6, 64)).toBe(mostMemory());
  });
});

describe.skipIf(skipOf("no-duckdb", duckdb === undefined))("with DuckDB", () => {
  const features = ["a", "b", "c"];
  const net = sequential([dense({ units: 2, activation: "softmax", inputShape: [3] })], { name: "net", about: { features } });
  const wide = Array.from({ length: 300 }, (_, i) => `f${i}`);
  const many = 1_700_000;
  beforeAll(async () => {
    fs.writeFileSync(at("net.safetensors"), save(net));
    fs.writeFileSync(at("wide.safetensors"), save(sequential([dense({ units: 1, inputShape: [300] })], { name: "wide", about: { features: wide } }))); // biome-ignore format: one line
    fs.mkdirSync(at("wide"));
    const numbers = `(i % 17)::FLOAT AS a, (i % 5)::FLOAT AS b, (i % 7)::FLOAT AS c, CASE WHEN i % 100 = 0 THEN NULL ELSE 'it''s' END AS word, [i % 3] AS list`;
    await run(
      `COPY (SELECT i AS id, ${numbers} FROM range(${many}) r(i)) TO '${at("rows.parquet")}'`,
      `COPY (SELECT ${wide.map((name, i) => `hash(i + ${i})::DOUBLE AS ${name}`).join(", ")} FROM range(6000) r(i)) TO '${at("wide/a.parquet")}'`,
    );
    fs.copyFileSync(at("wide/a.parquet"), at("wide/b.parquet"));
  });

  it.each(["parquet", "csv", "ndjson"])(
    "%s: parts behind each other are the rows of one file, in whatever state a run was ended",
    async (ending) => {
      const path = at(`all.${ending}`);
      const how = (isFirst: boolean) => (ending === "parquet" ? "FORMAT parquet" : ending === "csv" ? `FORMAT csv, HEADER ${isFirst}` : "FORMAT json"); // biome-ignore format: one line
      const select = `SELECT id, a, word, list[1] AS l FROM '${at("rows.parquet")}'`;
      const write = async (assembly: Assembly, part: number) => {
        // The second has no row, as where all of them are left out.
        const [from, to] = [[0, 3000], [3000, 3000], [3000, 10_000], [10_000, 10_001]][part]; // biome-ignore format: one table
        await run(`COPY (${select} WHERE id >= ${from} AND id < ${to} ORDER BY id) TO '${assembly.next}' (${how(part === 0)})`);
        assembly.add(to - from);
      };
      const made = new Assembly(path, "same");
      for (const part of [0, 1, 2, 3]) await write(made, part);
      made.finish();
      const whole = fs.readFileSync(path);
      const rows = await rowsOf(`SELECT * FROM '${path}'`);
      expect(rows).toEqual(await rowsOf(`${select} WHERE id < 10001 ORDER BY id`));

      let broken = new Assembly(path, "same");
      await write(broken, 0);
      await write(broken, 1);
      // Killed while the third was copied, and again while its line was written.
      fs.appendFileSync(path, "half of a part");
      broken = new Assembly(path, "same");
      expect([broken.count, broken.rows]).toEqual([2, 3000]);
      await write(broken, 2);
      const log = fs.readFileSync(`${path}.log`, "utf8");
      fs.writeFileSync(`${path}.log`, log.slice(0, -20));
      broken = new Assembly(path, "same");
      expect(broken.count).toBe(2);
      await write(broken, 2);
      await write(broken, 3);
      broken.finish();
      expect(fs.readFileSync(path)).toEqual(whole);
      // What was asked something else begins anew, and so does what lost its file.
      for (const other of ["other", "same"]) {
        broken = new Assembly(path, "same");
        await write(broken, 0);
        if (other === "same") fs.truncateSync(path, 1);
        expect(new Assembly(path, other).count).toBe(0);
      }
      broken.drop();
      expect(fs.readdirSync(folder).filter((name) => name.includes("all."))).toEqual([]);
    },
  );

  it("a run that was killed within a file goes on behind its last part, to the same bytes", async () => {
    const score = ["score", "net.safetensors", "rows.parquet", "--keep", "id"];
    expect(spawned(folder, [...score, "-o", "whole.parquet"])).toMatchObject({ status: 0 });
    const log = at(".layerc-part-killed.parquet.log");
    const child = spawn(process.execPath, [bin, ...score, "-o", "killed.parquet"], { cwd: folder, stdio: "ignore" });
    const ended = new Promise((settle) => child.on("close", settle));
    const watch = setInterval(() => {
      if (fs.existsSync(log) && fs.readFileSync(log, "utf8").split("\n").length > 2) child.kill("SIGKILL");
    }, 2);
    await ended;
    clearInterval(watch);
    const lines = fs.readFileSync(log, "utf8").trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    // A part that is there is not made again: one that is marked comes through.
    const part = at(".layerc-part-killed.parquet");
    const bytes = fs.readFileSync(part);
    const marked = Buffer.from(bytes);
    marked[100] ^= 1;
    fs.writeFileSync(part, marked);
    expect(await layerc(folder, [...score, "-o", "killed.parquet"])).toMatchObject({ status: 0, stderr: expect.stringContaining("1,700,000 rows") }); // biome-ignore format: one line
    const found = fs.readFileSync(at("killed.parquet"));
    expect(found[100]).toBe(marked[100]);
    found[100] ^= 1;
    expect(found.equals(fs.readFileSync(at("whole.parquet")))).toBe(true);
    const [{ n }] = await rowsOf(`SELECT count(*) AS n FROM '${at("whole.parquet")}' w POSITIONAL JOIN '${at("rows.parquet")}' r WHERE w.id = r.id`); // biome-ignore format: one line
    expect(Number(n)).toBe(many);
    expect(fs.readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  }, 60_000);

  it.each<[why: string, rows: string, size: number, memory: number | undefined]>([
    ["too little memory", "wide/a.parquet", 300, 9e6],
    ["a fault of the model", "rows.parquet", 3, undefined],
  ])(
    "%s ends a run and its threads: nothing calls the model behind it, and closing waits for nobody",
    async (_, file, size, memory) => {
      for (let turn = 0; turn < 8; turn++) {
        const session = await engine.open(4, memory);
        let [isOver, late, calls] = [false, 0, 0];
        const answer = (_: unknown, rows: number): readonly [Float32Array] => {
          if (isOver) late++;
          if (memory === undefined && ++calls > 5 + turn) throw new Error("no more");
          return [new Float32Array(rows)];
        };
        const shape = (name: string, size: number) => ({ name, shape: [size] }) as const;
        const about = { features: { x: size === 3 ? features : wide } };
        const scorer = { inputs: [shape("x", size)], outputs: [shape("y", 1)], about, answer };
        const asked = { keep: [], nulls: "refuse", prefix: "" } as const;
        const scored = scoreOne(
          { input: at(file), output: at("never.parquet") },
          session,
          scorer,
          asked,
          "hash",
          () => undefined,
        );
        await expect(scored).rejects.toThrow(memory === undefined ? "no more" : /more memory than the 9 MB/);
        isOver = true;
        await session.close();
        expect(late).toBe(0);
      }
      expect(fs.readdirSync(folder).filter((name) => name.includes("never"))).toEqual([]);
    },
    60_000,
  );

  it("--memory is handed on: to the engine of this process, and to those of others", async () => {
    const score = (...args: string[]) => layerc(folder, ["score", "wide.safetensors", ...args]);
    const said =
      /^score\/memory {2}[^\n]*[ab]\.parquet\n.*more memory than the 9 MB that it may hold by --memory[\s\S]*hint {2}give --memory more/m;
    expect(await score("wide/a.parquet", "-o", "w.parquet", "--memory", "9MB")).toMatchObject({ status: 1, stderr: expect.stringMatching(said) }); // biome-ignore format: one line
    expect(spawned(folder, ["score", "wide.safetensors", "wide/*.parquet", "-o", "w/", "--jobs", "2", "--memory", "9MB"])).toMatchObject({ status: 1, stderr: expect.stringMatching(said) }); // biome-ignore format: one line
    expect(fs.existsSync(at("w.parquet"))).toBe(false);
    expect(await score("wide/a.parquet", "-o", "w.parquet")).toMatchObject({ status: 0 });
    expect(await score("wide/a.parquet", "-o", "w2.parquet", "--memory", "1GB")).toMatchObject({ status: 0 });
    expect(fs.readFileSync(at("w2.parquet")).equals(fs.readFileSync(at("w.parquet")))).toBe(true);
    expect(await score("wide/a.parquet", "-o", "w.parquet", "--memory", "much")).toMatchObject({ status: 2 });
    expect(fs.readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  }, 60_000);
});
