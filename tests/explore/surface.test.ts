// The surface of the playground in words. In: a small one. Out: which cell a place or a key leads to, where it is, and what is said of it.
import { expect, it } from "vitest";
import { cellAt, cellBy, givenAt, middleOf, type Surface } from "../../src/explore/playground/surface.ts";

/** Two cells each way over a plane that reaches to 2; two classes. */
const surface: Surface = {
  kind: "surface",
  size: 2,
  reach: 2,
  outputs: 2,
  values: Float32Array.of(0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.25, 0.75),
};

it("cells lie row by row from above, and what lies outside is the nearest", () => {
  expect([0, 1, 2, 3].map((cell) => middleOf(surface, cell))).toEqual([[-1, 1], [1, 1], [-1, -1], [1, -1]]); // biome-ignore format: one line
  expect([[0, 0], [0.99, 0.2], [0.2, 1], [7, 7], [-1, 0.6]].map(([across, down]) => cellAt(surface, across, down))).toEqual([0, 1, 2, 3, 2]); // biome-ignore format: one line
});

it("arrows lead from cell to cell and stop at the edge; other keys are not taken", () => {
  expect([["ArrowRight", 0], ["ArrowRight", 1], ["ArrowDown", 1], ["ArrowUp", 2], ["ArrowLeft", 2]].map(([key, from]) => cellBy(surface, key as string, from as number, 8))).toEqual([1, 1, 3, 0, 2]); // biome-ignore format: one line
  expect(cellBy(surface, "Tab", 0, 1)).toBeUndefined();
});

it("a point tells every class by its name, one number by itself, and outputs that are no classes by their place", () => {
  expect(givenAt(surface, 3, ["no", "yes"])).toBe("at (1, -1): class no 0.25, class yes 0.75");
  expect(givenAt(surface, 0)).toBe("at (-1, 1): output 0 0.1, output 1 0.9");
  expect(givenAt({ ...surface, outputs: 1 }, 2, ["no", "yes"])).toBe("at (-1, -1): 0.2");
});
