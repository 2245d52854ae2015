// Charts: what is drawn is what was given, on axes that hold it, whatever the numbers are.
import { describe, expect, it } from "vitest";
import { logAxis, roundAxis, tightAxis } from "../../src/data/axes.ts";
import { bestOf, byEpoch, chart, countsOf, curvesOf, histogram, type Series } from "../../src/data/index.ts";

const points = [[0, 1], [1, 3], [2, 2]] as const; // biome-ignore format: one line
const named = (count: number, name = "series"): Series[] => Array.from({ length: count }, (_, i) => ({ name: `${name} ${i}`, points })); // biome-ignore format: one line
/** Every place that a picture names, with the transforms of its panels left out. */
const placesOf = (svg: string): number[][] =>
  [...svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);

describe("axes", () => {
  it.each([[[3, 7]], [[0.001, 0.0042]], [[-5, 1e7]], [[2, 2]], [[0, 0]], [[]], [[Number.NaN, 4, Number.POSITIVE_INFINITY]]])(
    "hold %j between their first and last tick",
    (values) => {
      const { ticks, at, label } = roundAxis(values, 0, 100);
      for (const value of values.filter(Number.isFinite)) {
        expect(Number(at(value))).toBeGreaterThanOrEqual(0);
        expect(Number(at(value))).toBeLessThanOrEqual(100);
      }
      expect([at(ticks[0]), at(ticks[ticks.length - 1])]).toEqual(["0", "100"]);
      expect(new Set(ticks.map(label)).size).toBe(ticks.length);
    },
  );

  it("that are tight end where the numbers do, and have their ticks inside", () => {
    const { ticks, at } = tightAxis([2.8, 5.1], 0, 100);
    expect([at(2.8), at(5.1)]).toEqual(["0", "100"]);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.every((tick) => tick >= 2.8 && tick <= 5.1)).toBe(true);
    expect(tightAxis([1, 2, 3, 30], 0, 1).ticks).toEqual([1, 5, 10, 15, 20, 25, 30]);
    expect(tightAxis([7], 0, 100).at(7)).toBe("50");
  });

  it.each([[[0.02, 3]], [[1, 1]], [[1e-9, 1e9]], [[]], [[-1, 0, 5]]])("that are logarithmic hold %j, and what is not above 0 has no place", (values) => {
    const { ticks, at, has, label } = logAxis(values, 0, 100);
    for (const value of values.filter((value) => value > 0)) {
      expect(has(value)).toBe(true);
      expect(Number(at(value))).toBeGreaterThanOrEqual(0);
      expect(Number(at(value))).toBeLessThanOrEqual(100);
    }
    expect(has(0) || has(-1)).toBe(false);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.map(label).map(Number)).toEqual(ticks);
    const factors = ticks.slice(1).map((tick, i) => tick / ticks[i]);
    expect(Math.max(...factors)).toBeLessThan(10.001);
  }); // biome-ignore format: one line
});

describe("charts", () => {
  it("draw lines, dots and areas, as many points as are given", () => {
    const svg = chart({ series: [{ name: "a", points }, { name: "b", points, as: "points" }, { name: "c", points, as: "area" }] }); // biome-ignore format: one line
    const drawn = (kind: string): string => new RegExp(`<path class="${kind} s\\d" d="([^h"]*[ML][^"]*)"/>`).exec(svg)?.[1] ?? "";
    expect(drawn("line").match(/[ML]/g)).toHaveLength(3);
    expect(svg.match(/class="points s1" d="([^"]*)"/)?.[1].match(/h0/g)).toHaveLength(3);
    expect(drawn("area").match(/[ML]/g)).toHaveLength(5);
    // An area stands on 0, so the axis begins there.
    expect(svg).toMatch(/>0<\/text>/);
  });

  it("leave out what is not finite, and what a logarithm does not have", () => {
    const gap = [[0, 1], [1, Number.NaN], [2, 0], [3, 4], [Number.POSITIVE_INFINITY, 5], [5, 6]] as const; // biome-ignore format: one line
    for (const as of ["line", "points", "area"] as const)
      for (const isLog of [false, true]) {
        const svg = chart({ series: [{ name: "gap", points: gap, as }], isLog });
        expect(svg, `${as} ${isLog}`).not.toMatch(/NaN|Infinity|undefined/);
      }
    expect(chart({ series: [] })).toContain("</svg>");
    expect(chart([])).toContain("</svg>");
    expect(chart({ series: [{ name: "none", points: [], as: "area" }] })).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("name a series where there are several, inside the picture and below each other where they are long", () => {
    expect(chart({ series: named(1) })).not.toContain("series 0");
    const svg = chart([{ title: "one", series: named(6, "a rather long name") }, { series: named(2) }], { title: "x < y" });
    for (let i = 0; i < 6; i++) expect(svg).toContain(`>a rather long name ${i}<`);
    expect(svg).toContain("x &lt; y");
    expect(Math.max(...placesOf(svg).map(([x]) => x))).toBeLessThanOrEqual(380);
    const rows = placesOf(svg.slice(svg.indexOf(">a rather long name 0<") - 60)).map(([, y]) => y);
    expect(new Set(rows).size).toBeGreaterThan(2);
  });

  it("are as high as their panels, two beside each other", () => {
    const height = (count: number): number => Number(/height="(\d+)"/.exec(chart(Array.from({ length: count }, () => ({ series: named(1) }))))?.[1]); // biome-ignore format: one line
    expect(height(2)).toBe(height(1));
    expect(height(3)).toBe(2 * height(1));
  });

  it("mark a place that is inside, and no other", () => {
    expect(chart({ series: named(1), mark: 1 })).toContain('class="mark"');
    expect(chart({ series: named(1), mark: 3 })).not.toContain('class="mark"');
  });

  it("take the numbers of a history by epoch", () => {
    expect(byEpoch([5, 4])).toEqual([[1, 5], [2, 4]]); // biome-ignore format: one line
  });
});

describe("of runs", () => {
  it("curvesOf draws a measure of each run that has it", () => {
    const runs = { a: { loss: [3, 2], f1: [[1, 2], [3, 4]] }, b: { loss: [1] }, c: { mae: [1] } }; // biome-ignore format: one line
    expect(curvesOf(runs, "loss", { y: "error" })).toEqual({
      ...{ title: "loss", x: "epoch", y: "error" },
      series: [
        { name: "a", points: byEpoch([3, 2]) },
        { name: "b", points: byEpoch([1]) },
      ],
    });
    expect(curvesOf(runs, "f1").series).toEqual([]);
  });

  it("bestOf is the first smallest number that is one", () => {
    expect(bestOf([3, Number.NaN, 1, 2, 1])).toEqual({ epoch: 3, value: 1 });
    for (const none of [[], [Number.NaN]]) expect(bestOf(none)).toEqual({ epoch: 0, value: Number.NaN });
  });

  it("a histogram counts each number of its range once, the end in the last part", () => {
    expect(countsOf([0, 0.1, 0.19, 0.5, 1, -1, 2, Number.NaN])).toEqual([1, 2, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(countsOf(Float32Array.of(-2, 0, 2), { from: -2, to: 2, parts: 2 })).toEqual([1, 2]);
    expect(histogram("h", [1, 3], { from: 0, to: 4, parts: 2 })).toEqual({ name: "h", as: "area", points: [[0, 1], [2, 1], [2, 1], [4, 1]] }); // biome-ignore format: one line
    expect(() => countsOf([], { from: 1, to: 1 })).toThrow("wanted from below to, got 1 and 1");
    expect(() => countsOf([], { parts: 0 })).toThrow("parts: wanted a whole number from 1, got 0");
  });
});
