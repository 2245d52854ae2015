// The table of exemptions is the only place of them: rows are whole, asked for where they say, and not more than today; no other
// file of the suite skips, or states a tolerance. In: the text of the suite. Out: the offending lines by file and number.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { exemptions, expectRefused, skipOf, standard, toleranceOf } from "./exemptions.ts";
import { exemptionTable, secondsTable } from "./support/reporter.ts";

/** May only shrink. */
const most = 24;

const root = resolve(import.meta.dirname, "..");
const here = ["tests/exemptions.ts", "tests/exemptions.test.ts"];
/** Every other file of the suite: its lines without comments. */
const texts = new Map(
  readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .map((name) => relative(root, join(root, "tests", name)))
    .filter((file) => file.endsWith(".ts") && !here.includes(file) && !/\bnode_modules\b/.test(file))
    .map((file): [string, readonly string[]] => {
      const lines = readFileSync(join(root, file), "utf8").split("\n");
      return [file, lines.map((line) => line.replace(/^\s*(\/\/|\/?\*).*|\s\/\/ .*$/, ""))];
    }),
);

/** A rule by what it finds in a line. */
const rules: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a skip", /\.(skip|todo|fails|runIf)\b|\bskipIf\((?!skipOf\()|\bskip: true/],
  ["digits", /\b(toBeC|c)loseTo\b/],
  ["a tolerance", /\b(abs|rel): *-?(0*\.0*)?[1-9]/],
  ["a bound", /(<=?[^?]{0,60}?|(toBeLessThan(OrEqual)?\(|\b(tolerance|bound|limit|noise)\b.*=).{0,60}?)\b\d+(\.\d+)?e-\d+/],
  ["a bound", /[?:] \d+(\.\d+)?e-\d+ \*|toBeLessThan(OrEqual)?\(0?\.\d/],
];
const findings = (what: string, pattern: RegExp, lines: readonly string[]): string[] =>
  lines.flatMap((line, i) => (pattern.test(line) ? [`${what}, line ${i + 1}: ${line.trim()}`] : []));

/** Laws that state their own bounds: a file, and in how many lines. These numbers may only shrink, too. */
const laws: Readonly<Record<string, number>> = {
  // Differences on either side of a point.
  "tests/laws/composites.test.ts": 3,
  "tests/laws/ops.test.ts": 2,
  // A scan has many roundings.
  "tests/laws/lowering.test.ts": 1,
  // exp and log undo each other; a logarithm in doubles.
  "tests/program/nest/math.test.ts": 1,
  // A sample of thousands has the mean and the deviation of its distribution.
  "tests/training/initializers.test.ts": 4,
  "tests/training/step.test.ts": 1,
  // What the paired benchmark takes for the same result.
  "tests/bench/pair.test.ts": 1,
  // Where a probability is clipped.
  "tests/property/models.test.ts": 2,
};

describe("the table", () => {
  it("does not grow", () => {
    expect(exemptions.length).toBeLessThanOrEqual(most);
  });

  it("names each row once, and says why in a sentence", () => {
    expect(new Set(exemptions.map(({ id }) => id)).size).toBe(exemptions.length);
    for (const { id, what, reason } of exemptions) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(what, id).toMatch(/^\S.{10,}[^.]$/);
      expect(reason, id).toMatch(/^[A-Z].{20,}\.$/);
    }
  });

  it.each(exemptions)("$id is asked for where it says, and there alone", ({ id, where }) => {
    const asking = [...texts].filter(([, lines]) => lines.some((line) => line.includes(`"${id}"`))).map(([file]) => file);
    expect(asking.sort()).toEqual(where.toSorted());
  });

  it("allows more than the standard, or the row can go; a case refused is at least one", () => {
    for (const row of exemptions) {
      if (row.kind === "tolerance") {
        const { abs, rel } = standard[row.standard];
        expect(row.allowed.abs > abs || row.allowed.rel > rel, row.id).toBe(true);
      }
      if (row.kind === "refused") expect(row.count, row.id).toBeGreaterThan(0);
    }
  });
});

describe("a test that asks", () => {
  it("gets the number, or the answer that it gave; what is skipped is logged once", () => {
    const row = exemptions.find(({ id }) => id === "training-before-batch-norm");
    expect(row).toMatchObject({ allowed: toleranceOf("training-before-batch-norm") });
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    expect([false, true, true].map((applies) => skipOf("no-chromium", applies))).toEqual([false, true, true]);
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^skipped: .*Chromium/)]]);
    log.mockRestore();
  });

  it("has to have exactly the cases that are refused, each of one cause", () => {
    const left = (count: number, cause = "lstm takes no sequence in chunks") =>
      Array.from({ length: count }, (_, i) => [`case${i}`, cause] as const);
    const check = (cases: ReturnType<typeof left>) => () => expectRefused(cases, ["keras-js-stateful"]);
    expect(check(left(6))).not.toThrow();
    expect(check(left(5))).toThrow("keras-js-stateful: 5 cases are left, the table allows 6: shrink it");
    expect(check(left(7))).toThrow("keras-js-stateful: 7 cases are left, the table allows 6");
    expect(check([...left(6), ...left(1, "GRU")])).toThrow('case0: "GRU" is the cause of no row');
  });
});

describe("what a run prints", () => {
  it("has the slowest files first, the others summed, and the total", () => {
    const files = Array.from({ length: 17 }, (_, i) => ({ file: `${i}.test.ts`, seconds: i + 0.25 }));
    const lines = secondsTable(files).split("\n");
    expect(lines).toHaveLength(17);
    expect([lines[0], lines[14]]).toEqual(["    16.3 s  16.test.ts", "     2.3 s  2.test.ts"]);
    expect(lines.slice(15)).toEqual(["     1.5 s  2 more files", "   140.3 s  17 files"]);
    expect(secondsTable(files.slice(0, 1))).toBe("     0.3 s  0.test.ts\n     0.3 s  1 files");
  });

  it("has a line for each exemption", () => {
    const lines = exemptionTable(exemptions).split("\n");
    expect(lines).toHaveLength(exemptions.length);
    for (const [i, { kind, reason }] of exemptions.entries())
      expect([lines[i].startsWith(`${kind} `), lines[i].endsWith(`: ${reason}`)]).toEqual([true, true]);
  });
});

describe("the rest of the suite", () => {
  it("is read", () => {
    expect(texts.size).toBeGreaterThan(80);
    expect([...texts.keys()]).toContain("tests/golden/steps.ts");
  });

  it.each(["it.skip(", "describe.skipIf(old)(", "it.todo(", "expect(y).toBeCloseTo(1, 3)", "{ abs: 1e-3, rel: 0 }", "rel: 0.01", "toBeLessThan(0.01)",
    "toBeLessThan(1e-5);", "Math.abs(a - b) < 1e-6)", "return off <= 1e-5 * scale;", "const bound = 2e-5 * most;"])("%s would be found", (line) => {
    expect(rules.filter(([, pattern]) => pattern.test(line))).not.toEqual([]);
  }); // biome-ignore format: one table

  it.each([...texts])("%s states nothing of its own", (file, lines) => {
    const found = rules.flatMap(([what, pattern]) => findings(what, pattern, lines));
    if (found.length > (laws[file] ?? 0)) expect(found).toEqual([]);
    expect(found.length, "fewer than today: shrink the count").toBe(laws[file] ?? 0);
  });
});
