// Which strategy takes a nest, and the schedule it gives: the text of a nest in, the printed line for each target out. Beside each
// kind of nest stand its near misses. The table states today's numbers; a strategy that is tuned changes them here.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { rewriteDims } from "../../compiler/program/nest/dims.ts";
import { choose } from "../../compiler/schedule/choose.ts";
import { type Schedule, showSchedule } from "../../compiler/schedule/schedule.ts";
import { verifySchedule } from "../../compiler/schedule/verify.ts";
import { targets } from "../../compiler/targets.ts";
import { nestOf, programOfNest } from "../support/nests.ts";

/** x[rows, terms] · w[terms, columns]. */
const product = (
  rows: number | "n",
  columns: number,
  terms: number | "n",
  finish = "acc:f32",
): string => `map i < ${rows}, j < ${columns}
reduce k < ${terms}
fold madd x[${terms === "n" ? 70 : terms}*i + k], w[${columns}*k + j] from 0:f32
store y[${columns}*i + j] = ${finish}`;
/** A nest that is summed in parts. */
const inParts = (nest: string, sums: number): string => nest.replace(/^fold .*$/m, (line) => `${line} in ${sums} sums`);
/** xᵀ[rows, n] · w[n, columns]: a weight gradient. */
const gradient = (
  rows: number,
  columns: number,
  finish = "acc:f32",
  terms: number | "n" = "n",
): string => `map i < ${rows}, j < ${columns}
reduce k < ${terms}
fold madd x[${rows}*k + i], d[${columns}*k + j] from 0:f32
store y[${columns}*i + j] = ${finish}`;
/** A depthwise convolution: taps of a channel, [ky, kx, c], over a picture [y + ky − 1, x + kx − 1, c]. */
const channels = (lines: number, pixels: number, c: number, kx: number, ky = kx): string => {
  const line = (pixels + kx - 1) * c;
  return `map y < ${lines}, x < ${pixels}, c < ${c}
reduce k < ${ky}, l < ${kx}
fold madd p[${line}*y + ${c}*x + c + ${line}*k + ${c}*l], w[${kx * c}*k + ${c}*l + c] from b[c]
store q[${pixels * c}*y + ${c}*x + c] = acc:f32`;
};
const sum = (terms: number | "n", stride = 1): string => `map i < 3
reduce k < ${terms}
fold add x[${(terms === "n" ? 70 : terms) * stride}*i + ${stride}*k] from 0:f32
store y[i] = acc:f32`;
/** A chain of squares: five nodes, two more a link, and what stands around its end. */
const chain = (dims: string, at: string, links: number, around = ""): string => {
  const lines = Array.from({ length: links }, (_, i) => `where %${i + 2} = %${i + 1} * %${i + 1} + %${i + 1}`);
  return [`map ${dims}`, `where %1 = x[${at}] * x[${at}] + x[${at}]`, ...lines, `store y[${at}] = ${around}(%${links + 1})`].join(
    "\n",
  );
};

type Case = readonly [what: string, nest: string, js: string, simd: string, relaxed?: string];
const product5 = "rows-by-columns: j x 8 in lanes, i x 5";
const product6 = "rows-by-columns: j x 8 in lanes, i x 6";
const table: readonly (readonly [kind: string, cases: readonly Case[]])[] = [
  [
    "products",
    [
      ["rows by columns", product(32, 64, 16), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["as many rows as there are", product("n", 64, 16), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["a row alone", product(1, 64, 16), "columns: i, j x 8", "columns: i, j x 32 in lanes"],
      ["four columns", product(32, 4, 6), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["three columns, few terms", product(32, 3, 6), "one-by-one: i, j", "one-by-one: i, j"],
      ["three columns, many terms", inParts(product(32, 3, 16), 8), "partial-sums: i, j, 8 partial sums", "partial-sums: i, j, 8 partial sums"],
      ["columns that lie apart", inParts(product(32, 64, 16).replace("64*k + j", "64*k + 2*j"), 8), "partial-sums: i, j, 8 partial sums", "partial-sums: i, j, 8 partial sums"],
      ["a sum in columns, no product", "map j < 8\nreduce k < 5\nfold add x[8*k + j] from 0:f32\nstore y[j] = acc:f32", "columns: j x 8", "columns: j x 32 in lanes"],
      ["the same, added to what is there", "map j < 8\nreduce k < 5\nfold add x[8*k + j] from 0:f32\nadd y[j] += acc:f32", "one-by-one: j", "one-by-one: j"],
      ["results scattered by data", "map j < 8\nreduce k < 5\nfold add x[8*k + j] from 0:f32\nstore y[j + row(x[j], 4)*8] = acc:f32", "one-by-one: j", "one-by-one: j"],
    ],
  ],
  [
    "products with a blocked operand",
    [
      ["rows", 'map i < 3, "j/" < 8, "j%" < 8\nreduce k < 16\nfold madd x[16*i + k], w[128*"j/" + "j%" + 8*k] from 0:f32\nstore y[64*i + 8*"j/" + "j%"] = acc:f32',
        'rows-by-columns: "j/", "j%" x 4, i x 2', 'rows-by-columns: "j/", "j%" x 8 in lanes, i x 5', 'rows-by-columns: "j/", "j%" x 8 in lanes, i x 6'],
      ["a row alone", 'map "j/" < 8, "j%" < 8\nreduce k < 16\nfold madd x[k], w[128*"j/" + "j%" + 8*k] from 0:f32\nstore y[8*"j/" + "j%"] = acc:f32',
        'columns: "j/" x 1, "j%" x 8', 'columns: "j/" x 4, "j%" x 8 in lanes'],
      ["blocks that lie in one line", 'map "j/" < 8, "j%" < 8\nreduce k < 16\nfold madd x[k], w[64*k + 8*"j/" + "j%"] from 0:f32\nstore y[8*"j/" + "j%"] = acc:f32',
        'columns: "j%" x 8', 'columns: "j%" x 32 in lanes'],
    ],
  ],
  [
    "products of a channel each",
    [
      ["nine taps", channels(5, 10, 8, 3), "held-taps: y, c, x x 5, loads held in c, 45 terms written out", "held-taps: y, c x 4 in lanes, x x 5, loads held in c, 45 terms written out"],
      ["four taps: at most eight pixels", channels(5, 10, 8, 2), "held-taps: y, c, x x 8, loads held in c, 32 terms written out", "held-taps: y, c x 4 in lanes, x x 8, loads held in c, 32 terms written out"],
      ["more taps than registers", channels(5, 10, 8, 4), "pixels-by-channels: y, x x 4, c, 80 terms written out", "pixels-by-channels: y, x x 4, c x 8 in lanes, 80 terms written out"],
      ["lines beyond the near cache", channels(5, 60, 128, 3), "pixels-by-channels: y, x x 4, c, 80 terms written out", "pixels-by-channels: y, x x 4, c x 8 in lanes, 80 terms written out"],
      ["a picture beyond the far one", channels(60, 20, 64, 3), "pixels-by-channels: y, x x 4, c, 80 terms written out", "pixels-by-channels: y, x x 4, c x 8 in lanes, 80 terms written out"],
      ["short lines: along the columns of pixels", channels(8, 3, 8, 3), "held-taps: x, c, y x 5, loads held in c, 45 terms written out", "held-taps: x, c x 4 in lanes, y x 5, loads held in c, 45 terms written out"],
      ["a pixel alone", channels(1, 1, 8, 3), "columns: y, x, c x 8", "columns: y, x, c x 32 in lanes"],
      ["three channels, no lanes", channels(5, 10, 3, 3), "held-taps: y, c, x x 5, loads held in c, 45 terms written out", "held-taps: y, c, x x 5, loads held in c, 45 terms written out"],
      ["results that lie apart", channels(5, 10, 8, 3).replace("80*y + 8*x + c]", "160*y + 16*x + 2*c]"), "held-taps: y, c, x x 5, loads held in c, 45 terms written out", "held-taps: y, c, x x 5, loads held in c, 45 terms written out"],
      ["a long sum with no lanes keeps its partial sums", inParts(channels(5, 10, 3, 9, 1), 4), "partial-sums: y, x, c, 4 partial sums", "partial-sums: y, x, c, 4 partial sums"],
    ],
  ],
  [
    "sums over a batch",
    [
      ["4096 of them", gradient(64, 64), "rows-by-columns: j x 4, i x 2", "strips: j x 8 in lanes, i x 5, k in strips of 64", "strips: j x 8 in lanes, i x 6, k in strips of 64"],
      ["4095", gradient(63, 65), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["with something made of them", gradient(64, 64, "acc:f32 * 2:f32"), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["over a known number of rows", gradient(64, 64, "acc:f32", 64), "rows-by-columns: j x 4, i x 2", product5, product6],
    ],
  ],
  [
    "long sums of many rows",
    [
      ["rows beyond the second cache", product(32, 64, 4096), "rows-by-columns: j x 4, i x 2", "strips: j x 8 in lanes, i x 5, k in strips of 1024", "strips: j x 8 in lanes, i x 6, k in strips of 1024"],
      ["with something made of them", product(32, 64, 4096).replace("acc:f32", "max(acc:f32, 0:f32)"), "rows-by-columns: j x 4, i x 2", "strips: j x 8 in lanes, i x 5, k in strips of 1024", "strips: j x 8 in lanes, i x 6, k in strips of 1024"],
      ["rows that it holds", product(32, 64, 2048), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["few columns", product(32, 8, 4096), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["as many rows as there are", product("n", 64, 4096), "rows-by-columns: j x 4, i x 2", product5, product6],
      ["written over what is read", product(32, 64, 4096).replace("acc:f32", "acc:f32 + y[64*i + j]"), "rows-by-columns: j x 4, i x 2", product5, product6],
    ],
  ],
  [
    "sums without columns",
    [
      ["7 terms", sum(7), "one-by-one: i", "one-by-one: i"],
      ["8 in 4 parts", inParts(sum(8), 4), "partial-sums: i, 4 partial sums", "partial-sums: i x 4, 4 partial sums in lanes"],
      ["15 in 4 parts", inParts(sum(15), 4), "partial-sums: i, 4 partial sums", "partial-sums: i x 4, 4 partial sums in lanes"],
      ["16 in 8 parts", inParts(sum(16), 8), "partial-sums: i, 8 partial sums", "partial-sums: i x 4, 8 partial sums in lanes"],
      ["16 that lie apart", inParts(sum(16, 2), 8), "partial-sums: i, 8 partial sums", "partial-sums: i, 8 partial sums"],
      ["as many as there are rows", sum("n"), "one-by-one: i", "one-by-one: i"],
    ],
  ],
  [
    "maps",
    [
      ["light", "map i < 100\nstore y[i] = max(x[i], 0:f32)", "scalar-map: i x 4", "lane-map: i x 8 in lanes"],
      ["light, three points", "map i < 3\nstore y[i] = max(x[i], 0:f32)", "scalar-map: i x 4", "one-by-one: i"],
      ["light, rows of three", "map i < n, j < 3\nstore y[3*i + j] = max(x[3*i + j], 0:f32)", "scalar-map: i, j x 4", "one-by-one: i, j"],
      ["light, dims that merge", "map i < 5, j < 4\nstore y[4*i + j] = x[4*i + j]", "scalar-map: j x 4", "lane-map: j x 8 in lanes"],
      ["light, transposed", "map i < 5, j < 8\nstore y[5*j + i] = x[8*i + j]", "scalar-map: i, j x 4", "lane-map: j, i x 8 in lanes"],
      ["light, results that lie apart", "map i < 8\nstore y[2*i] = x[i]", "scalar-map: i x 4", "one-by-one: i"],
      ["24 nodes are light", chain("i < 7", "i", 9, "neg"), "scalar-map: i x 4", "lane-map: i x 8 in lanes"],
      ["25 are heavy", chain("i < 7", "i", 10), "one-by-one: i", "heavy-map: i x 8 in padded lanes"],
      ["heavy, three points", chain("i < 3", "i", 12), "one-by-one: i", "heavy-map: i x 8 in padded lanes"],
      ["heavy, a point alone", chain("i < 1", "i", 12), "one-by-one: i", "one-by-one: i"],
      ["heavy, as many points as there are rows", chain("i < n", "i", 12), "one-by-one: i", "one-by-one: i"],
      ["scattered by data", "map i < 4, j < 8\nstore y[8*i + row(x[j], 4)*1] = x[8*i + j]", "scalar-map: i, j x 4", "one-by-one: i, j"],
      ["added to what is there", "map i < 100\nadd y[i] += x[i]", "one-by-one: i", "one-by-one: i"],
      ["one point", "store y[0] = x[0]", "one-by-one:", "one-by-one:"],
    ],
  ],
]; // biome-ignore format: one table

const named = (cases: readonly Case[]) =>
  cases.map(([what, text, js, simd, relaxed = simd]) => ({ what, text, wanted: [js, simd, relaxed] }));

describe.each(table)("%s", (_kind, cases) => {
  it.each(named(cases))("$what", ({ text, wanted }) => {
    const program = programOfNest(text);
    const lines = Object.values(targets).map((target) => {
      const scheduled = choose(nestOf(program), target);
      verifySchedule(scheduled, target, program.scalars);
      return showSchedule(scheduled);
    });
    expect(lines).toEqual(wanted);
  });
});

describe("columns that make no whole vectors", () => {
  const nest = nestOf(programOfNest(product(32, 6, 16).replaceAll("6*k + j", "8*k + j")));
  const product6of8 = (room: number, given = nest, target: keyof typeof targets = "simd") =>
    showSchedule(choose(given, targets[target], { room: (buffer) => (buffer === "w" ? room : 0) }));
  const whole = `${product5.replace("lanes", "padded lanes")}, whole vectors of w`;
  it("are read past their end where numbers stand behind it", () => {
    // The last vector begins at 8·15 + 4 and ends at 127.
    expect(product6of8(128)).toBe(whole);
    expect(product6of8(127)).toBe(product5);
    expect(product6of8(128, nest, "js")).toBe("rows-by-columns: j x 4, i x 2");
    expect(product6of8(128, nest, "relaxed")).toBe(whole.replace("x 5", "x 6"));
  });
  it.each([
    ["one point left over", product(32, 5, 16), whole],
    ["none left over", product(32, 8, 16), product5],
    ["fewer than a vector", product(32, 3, 6), "one-by-one: i, j"],
    ["one row", product(1, 6, 16), "columns: i, j x 32 in padded lanes, whole vectors of w"],
    ["rows that data choose", product(32, 6, 16).replace(/w\[(.*?)\]/, "w[$1 + row(x[0], 4)*96]"), product5],
  ])("%s", (_, text, wanted) => expect(product6of8(1000, nestOf(programOfNest(text)))).toBe(wanted));
  it("and a loop around that moves them is not known to stay inside", () => {
    const moved = {
      ...nest,
      fold:
        nest.fold && rewriteDims(nest, ([dim, stride]) => [[dim, stride], ...(stride === 8 ? [["t", 128] as const] : [])]).fold,
    };
    expect(product6of8(1000, moved as typeof nest)).toBe(product5);
  });
});

describe("terms that pixels share", () => {
  const pixels = (taps: number, step = 1): string => `map x < 24, c < 8
reduce k < ${taps}
fold madd p[${step}*x + k], w[8*k + c] from 0:f32
store q[8*x + c] = acc:f32`;
  const [shared, simd, relaxed] = [4, 5, 6].map((rows) => `rows-by-columns: c x 8 in lanes, x x ${rows}`);
  const written = (terms: number): string => `${shared}, ${terms} terms written out`;
  it.each([
    ["3 taps are few anyway", pixels(3), shared, shared],
    ["5 taps", pixels(5), written(40), written(40)],
    ["8 taps", pixels(8), written(64), written(64)],
    ["9 taps are many", pixels(9), simd, relaxed],
    ["two apart", pixels(4, 2), `${simd}, 40 terms written out`, `${relaxed}, 48 terms written out`],
    ["windows side by side share nothing", pixels(5, 5), simd, relaxed],
  ])("%s", (_, text, ...wanted) => {
    const nest = nestOf(programOfNest(text));
    expect([targets.simd, targets.relaxed].map((target) => showSchedule(choose(nest, target)))).toEqual(wanted);
    expect(showSchedule(choose(nest, targets.js))).toBe("rows-by-columns: c x 4, x x 2");
  });
});

describe("a schedule that does not fit", () => {
  const nests = {
    product: product(8, 16, 8),
    batch: gradient(64, 64),
    parts: inParts(product(4, 4, 16), 4),
    doubles: "map i < 8\nreduce k < 8\nfold add f64(x[8*i + k]) from 0 in 4 sums\nstore y[i] = acc",
    overlap: "map i < 4, j < 4\nadd y[i + j] += x[4*i + j]",
    scatter: "map i < 4, j < 4\nstore y[j + row(x[i], 3)*4] = x[4*i + j]",
    map: "map i < 4, j < 4\nstore y[5*i + j] = x[4*i + j] * 2:f32",
    channel: "map i < 4, j < 4\nreduce k < 2\nfold madd x[4*i + j + k], w[4*k + j] from 0:f32\nstore y[4*i + j] = acc:f32",
    own: "map i < 4, j < 4\nreduce k < 2\nfold madd x[4*i + j + k], y[4*i + k] from 0:f32\nstore y[4*i + j] = acc:f32",
    apart: "map i < 4, j < 4\nstore y[2*j + 8*i] = x[4*i + j]",
  } as const;
  const strip = { dim: "k", size: 64 };
  const [ij, ji] = [{ order: ["i", "j"], tile: [] }, { order: ["j", "i"], tile: [] }]; // biome-ignore format: two of a kind
  const cases: readonly (readonly [nest: keyof typeof nests, target: keyof typeof targets, schedule: Schedule, message: string])[] = [
    ["product", "js", { order: ["i"], tile: [] }, "the order has each map dim once (i, j), found i"],
    ["product", "js", { order: ["i", "i"], tile: [] }, "the order has each map dim once (i, j), found i, i"],
    ["product", "js", { order: ["i", "j", "k"], tile: [] }, "the order has each map dim once (i, j), found i, j, k"],
    ["product", "js", { ...ij, tile: [["k", 4]] }, 'a tile counts points of a map dim, once, found "k"'],
    ["product", "js", { ...ij, tile: [["j", 4], ["j", 2]] }, 'a tile counts points of a map dim, once, found "j"'],
    ["product", "js", { ...ij, tile: [["j", 0]] }, "a tile has at least one point of each dim, found 0"],
    ["product", "js", { ...ij, tile: [["j", 4]], lane: "j" }, "the target js has no lanes"],
    ["product", "simd", { ...ij, lane: "j" }, "lanes are 4 points of a tile's dim, found 0"],
    ["product", "simd", { ...ij, tile: [["j", 6]], lane: "j" }, "lanes are 4 points of a tile's dim, found 6"],
    ["product", "simd", { ...ij, padded: true }, "what is padded has a lane"],
    ["product", "simd", { ...ij, tile: [["i", 4]], lane: "i" }, 'points in lanes lie side by side in the result, "i" does not'],
    ["apart", "simd", { ...ij, tile: [["j", 4]], lane: "j" }, 'points in lanes lie side by side in the result, "j" does not'],
    ["scatter", "simd", { ...ij, tile: [["j", 4]], lane: "j" }, 'points in lanes lie side by side in the result, "j" does not'],
    ["doubles", "simd", { order: ["i"], tile: [["i", 4]], lane: "i" }, "lanes hold f32, the nest computes in f64"],
    ["product", "simd", { ...ij, wide: true }, "sums in lanes are partial sums, four at a time, of points that have no lanes"],
    ["parts", "js", { ...ij, wide: true }, "sums in lanes are partial sums, four at a time, of points that have no lanes"],
    ["doubles", "simd", { order: ["i"], tile: [], wide: true }, "lanes hold f32, the sum is f64"],
    ["product", "simd", { ...ij, strip: { dim: "j", size: 4 } }, 'strips are of the first reduced dim, over all of it, found "j"'],
    ["batch", "simd", { ...ij, strip: { dim: "i", size: 64 } }, 'strips are of the first reduced dim, over all of it, found "i"'],
    ["batch", "simd", { ...ij, strip: { dim: "k", size: 0 } }, "a strip has at least one row, found 0"],
    ["product", "js", { ...ij, hold: "k" }, 'loads are held in a map dim, found "k"'],
    ["product", "js", { ...ij, hold: "j" }, 'what is held in "j" serves the dims further in: there are none, or every load knows one'],
    ["channel", "js", { ...ij, hold: "i" }, 'what is held in "i" serves the dims further in: there are none, or every load knows one'],
    ["own", "js", { ...ij, hold: "i" }, 'what is held is not written, "y" is'],
    ["product", "js", { ...ij, terms: 0 }, "at least one term is written out, found 0"],
    ["product", "simd", { ...ij, tile: [["j", 4]], lane: "j", padded: true, past: ["w"] }, "whole vectors are read where a padded lane leaves the end of a row and numbers stand behind it, found w"],
    ["overlap", "js", ji, "points that may share an address keep their order"],
    ["overlap", "js", { ...ij, tile: [["i", 2]] }, "points that may share an address keep their order"],
    ["scatter", "js", ji, "points that may share an address keep their order"],
  ]; // biome-ignore format: one table
  it.each(cases)("%s on %s: %j", (nest, target, schedule, message) => {
    const program = programOfNest(nests[nest]);
    const check = () => verifySchedule({ nest: nestOf(program), strategy: "mine", schedule }, targets[target], program.scalars);
    expect(check).toThrow(CompileError);
    expect(check).toThrow(`the schedule that mine gives the nest "k": ${message}`);
  });

  it("rests no sum in a result that rounds it, or that something is read from", () => {
    const sums = "sums rest in the result between strips, in f32, at addresses of their own that nothing else is read from";
    const wide = gradient(64, 64).replace("x[64*k + i], d[64*k + j] from 0:f32", "f64(x[64*k + i]), f64(d[64*k + j]) from 0");
    for (const text of [gradient(64, 64, "acc:f32 * y[64*i + j]"), wide.replace("acc:f32", "acc"), gradient(64, 64).replace(/store (.*) =/, "add $1 +=")]) {
      const program = programOfNest(text);
      const scheduled = { nest: nestOf(program), strategy: "mine", schedule: { ...ij, strip } };
      expect(() => verifySchedule(scheduled, targets.simd, program.scalars)).toThrow(sums);
    }
  }); // biome-ignore format: long texts
});
