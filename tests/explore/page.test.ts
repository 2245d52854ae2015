// What of the page of reports needs no browser. In: small texts with marks. Out: what lights up, rows with folds, words of a line, addresses, order of tables, and the size of
// the page that every report has within it.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAddress, writeAddress } from "../../src/explore/page/address.ts";
import {
  bestLine,
  brightness,
  indexed,
  keysOf,
  type Lit,
  layerOf,
  linesWith,
  litBy,
  rowOf,
  rowsOf,
} from "../../src/explore/page/links.ts";
import { bytes, count, short } from "../../src/explore/page/numbers.ts";
import { pairTimes, shareOf, timeOf } from "../../src/explore/page/profile.ts";
import { tokens } from "../../src/explore/page/tokens.ts";
import type { Mark, Pane, Report } from "../../src/explore/report.ts";

const pane = (lines: number, marks: readonly Mark[], folds?: Pane["folds"]): Pane => ({
  stage: "nests",
  title: "Nests",
  text: `${Array.from({ length: lines }, (_, i) => `line ${i}`).join("\n")}\n`,
  marks,
  ...(folds && { folds }),
});
const lit = (own: number, ...others: number[]): Lit => ({ own, all: new Set([own, ...others]) });

describe("a text", () => {
  it("has one line a line, and none for the end of the last", () => {
    expect(indexed(pane(3, [])).lines).toEqual(["line 0", "line 1", "line 2"]);
  });

  it("gives a line to the innermost mark, of equally long ones to the first, and never to one that only reads", () => {
    const index = indexed(pane(6, [[0, 5, 7], [2, 3, 8], [2, 3, 9], [3, 3, 10, 1]])); // biome-ignore format: one line a text
    expect([0, 1, 2, 3, 4, 5, 6, -1].map(index.at)).toEqual([7, 7, 8, 8, 7, 7, undefined, undefined]);
  });

  it("is the same index when asked again", () => {
    const one = pane(2, []);
    expect(indexed(one)).toBe(indexed(one));
  });

  it("is brightest where the thing itself is", () => {
    const bright = brightness(indexed(pane(6, [[0, 1, 1], [3, 4, 2]])), lit(1, 2)); // biome-ignore format: one line a text
    expect([0, 1, 2, 3, 4, 5].map((line) => bright(line))).toEqual([2, 2, 0, 1, 1, 0]);
    expect([bright(2, 2), bright(2, 3), bright(0, 5)]).toEqual([0, 1, 2]);
  });

  it("shows best the thing itself, then what lights up, then what only reads", () => {
    const index = indexed(pane(9, [[8, 8, 1], [2, 2, 2], [0, 0, 3, 1]])); // biome-ignore format: one line a text
    expect(bestLine(index, lit(1, 2, 3))).toBe(8);
    expect(bestLine(index, lit(4, 2, 3))).toBe(2);
    expect(bestLine(index, lit(4, 3))).toBe(0);
    expect(bestLine(index, lit(4))).toBeUndefined();
  });

  it("is searched in any case of letters, and by no words not at all", () => {
    const index = indexed(pane(12, []));
    expect(linesWith(index, " LINE 1")).toEqual([1, 10, 11]);
    expect(linesWith(index, " ")).toEqual([]);
  });

  it("hides what is folded behind one row, until that is open", () => {
    const folds = [[1, 3]] as const;
    expect([...rowsOf(6, folds)]).toEqual([0, -1, 4, 5]);
    expect([...rowsOf(6, folds, new Set([0]))]).toEqual([0, -1, 1, 2, 3, 4, 5]);
    expect([0, 2, 4].map((line) => rowOf(rowsOf(6, folds), line, folds))).toEqual([0, 1, 2]);
    expect(rowOf(rowsOf(6, folds, new Set([0])), 2, folds)).toBe(3);
  });

  it("shows every line, once, in its row or behind a fold", () => {
    const edges = fc.uniqueArray(fc.nat(40), { maxLength: 8 }).map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(edges, fc.uniqueArray(fc.nat(3)), (cuts, opened) => {
        const folds = Array.from({ length: cuts.length >> 1 }, (_, i) => [cuts[2 * i], cuts[2 * i + 1]] as const);
        const rows = rowsOf(41, folds, new Set(opened));
        for (let line = 0; line <= 40; line++) {
          const row = rowOf(rows, line, folds);
          const [from, to] = rows[row] >= 0 ? [rows[row], rows[row]] : folds[-1 - rows[row]];
          expect(from <= line && line <= to, `line ${line}`).toBe(true);
        }
        expect(new Set(rows).size).toBe(rows.length);
      }),
    );
  });
});

describe("things", () => {
  const thing = (kind: Report["things"][number]["kind"], ...lights: number[]) => ({ kind, name: "", says: "", lights });
  const report = {
    things: [thing("layer", 2, 3), thing("layer", 3), thing("node", 0), thing("kernel", 0, 1)],
    layers: [{ thing: 0 }, { thing: 1 }],
  } as unknown as Report; // what is asked for, and no more

  it("light themselves up, and the others they name; a rewrite what its layer does; nothing does for what is not there", () => {
    const rewrite = { ...report, things: [...report.things, thing("rewrite", 0)] };
    expect([...litBy(rewrite, 4).all]).toEqual([4, 0, 2, 3]);
    expect([...litBy(report, 0).all]).toEqual([0, 2, 3]);
    expect(litBy(report, 17).all.size).toBe(0);
    expect(litBy(report, undefined).all.size).toBe(0);
  });

  it("have names that are theirs alone within a goal", () => {
    const named = (name: string, goal?: "predict") => ({ ...thing("node"), name, ...(goal && { goal }) });
    const keys = keysOf({ things: [named("%1"), named("%1"), named("%1", "predict"), named("~2")] } as unknown as Report);
    expect(keys).toEqual(["node %1", "node %1~2", "node %1", "node ~2"]);
  });

  it("have the colour of their layer, if it is one", () => {
    expect([0, 1, 2, 3, 9].map(layerOf(report))).toEqual([0, 1, 0, undefined, undefined]);
  });
});

describe("words of a line", () => {
  const stages = ["list", "graph", "javascript", "webassembly"] as const;

  it("are the line, whatever it is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...stages), fc.string({ unit: "binary-ascii" }), (stage, line) => {
        const joined = tokens(stage, line).map(([, text]) => text).join(""); // biome-ignore format: one line
        expect(joined).toBe(line);
      }),
    );
  });

  it.each([
    ["graph", '  %2 = dot(%0, "a # b") : [n, 4]  # layers[0]', 'v:%2 f:dot v:%0 s:"a # b" n:4 c:# layers[0]'],
    ["javascript", "  const h_0 = fround(x * -1.5e-7); // why", "k:const f:fround n:1.5e-7 c:// why"],
    // A row of a weight begins within its literal.
    ["javascript", `${"AAgD+/".repeat(20)} … 9 more characters`, `s:${"AAgD+/".repeat(20)} n:9`],
    ["webassembly", "  local.get $x0 ;; why", "v:$x0 c:;; why"],
    ["graph", "  %3 = constructor(%1) # __proto__", "v:%3 f:constructor v:%1 c:# __proto__"],
  ] as const)("%s: %s", (stage, line, said) => {
    const found = tokens(stage, line).filter(([kind]) => kind !== "");
    expect(found.map(([kind, text]) => `${kind}:${text}`).join(" ")).toBe(said);
  });
});

describe("an address", () => {
  const choices = {
    view: "passes",
    goal: "trainStep",
    panes: ["list", "graph:drawing"],
    pin: "layer layers[1] & co",
    pass: "rewrite",
    search: "a=b",
    sort: ["kernels.-ms", "layers.bytes"],
    theme: "dark",
  } as const;

  it("says all choices, and is read back", () => {
    expect(readAddress(`#${writeAddress(choices)}`)).toEqual(choices);
    expect(writeAddress(choices)).toContain("panes=list,graph:drawing");
  });

  it("of somebody else opens with the defaults", () => {
    const said = readAddress("#view=constructor&theme=pink&x=1&panes=");
    expect(said).toMatchObject({ view: undefined, theme: undefined, panes: [] });
    expect(writeAddress(said)).toBe("");
  });
});

it("numbers are short", () => {
  expect([0, 999, 1000, 1234567].map(count)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect([0, 28, 1023, 1024, 150_000, 4 * 2 ** 30].map(bytes)).toEqual(["0 B", "28 B", "1023 B", "1 KB", "146 KB", "4 GB"]);
  expect([0.1 + 0.2, 1e-9, Number.NaN].map((value) => short(value))).toEqual(["0.3", "1e-9", "NaN"]);
});

describe("time", () => {
  it("is a call's: what takes long is run a few times, what is over at once often", () => {
    let calls = 0;
    const time = timeOf(() => calls++, 5);
    expect(calls).toBeGreaterThan(1000);
    expect(time).toBeGreaterThan(0);
    expect(Number.isFinite(time)).toBe(true);
  });

  it("has a share of the roof that work or memory sets, whichever is lower", () => {
    const peak = { multiplyAdds: 1000, bytes: 100 };
    expect(shareOf({ multiplyAdds: 500, bytes: 10 }, 1, peak)).toBe(0.5);
    expect(shareOf({ multiplyAdds: 500, bytes: 90 }, 1, peak)).toBe(0.9);
  });
});

it("the page within a report is under 50 KB, compressed, with what draws curves", () => {
  const sizes = ["shell.js", "curves.js", "shell.css"].map(
    (name) => gzipSync(readFileSync(`dist/src/explore/page/${name}`), { level: 9 }).length,
  );
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(50_000);
});

it("times of two modules stand side by side, and predict is summed over what runs it", () => {
  const a = new Map([["js predict/hidden", 2], ["js predict/out", 1], ["js trainStep/out", 9]]); // biome-ignore format: one line
  const b = new Map([["js predict/hidden", 2], ["simd predict/hidden", 0.25], ["simd predict/out", 0.5]]); // biome-ignore format: one line
  expect(pairTimes(a, b)).toEqual([
    { name: "all kernels of predict", a: 3, b: 0.75 },
    { name: "predict/hidden on js", a: 2, b: 2 },
    { name: "predict/out on js", a: 1 },
    { name: "trainStep/out on js", a: 9 },
    { name: "predict/hidden on simd", b: 0.25 },
    { name: "predict/out on simd", b: 0.5 },
  ]);
});
