// Class weights as weights of rows, by Keras' rule; and what is refused.
import { describe, expect, it } from "vitest";
import { type ClassWeight, classWeights } from "../../runtime/weights.ts";

const of = (values: readonly number[], size: number, classWeight: unknown): number[] => [
  ...classWeights({ values, size }, classWeight as ClassWeight),
];

describe("class weights", () => {
  it("go by the label, rounded as NumPy rounds", () => {
    expect(of([0, 1, 2, 1], 1, { 0: 2, 1: 0.5 })).toEqual([2, 0.5, 1, 0.5]);
    expect(of([0.5, 1.5, 2.5, -0.5, -1, 0.4], 1, { 0: 2, 2: 3, "-1": 4 })).toEqual([2, 3, 3, 2, 4, 2]);
  });
  it("go by the first of the largest where a row has several numbers", () => {
    expect(of([0, 1, 0, 0.4, 0.4, 0.2, 0, 0, 9], 3, { 0: 2, 1: 3 })).toEqual([3, 2, 1]);
  });
  it("are a list too", () => expect(of([1, 0, 3], 1, [2, 3])).toEqual([3, 2, 1]));
  it("refuse what is none", () => {
    expect(() => of([0], 1, null)).toThrow("classWeight: wanted weights by class, as { 0: 1, 1: 5 }, got null");
    expect(() => of([0], 1, { a: 1 })).toThrow('classWeight: wanted weights by class, as { 0: 1, 1: 5 }, got the class "a"');
    expect(() => of([0], 1, { 0: "1" })).toThrow('classWeight: class 0: wanted a number, got "1"');
    expect(() => of([0], 1, { 0: Number.NaN })).toThrow("classWeight: class 0: wanted a finite number, got NaN");
  });
});
