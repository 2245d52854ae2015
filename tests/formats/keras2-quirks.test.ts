// The table of quirks of older Keras: every row fires on its sample and gives what it says; what it has mended no row sees again. Rows of
// arrays give arrays of the layer's shapes.
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { mended } from "../../src/formats/keras2/configs.ts";
import type { Stored } from "../../src/formats/keras2/item.ts";
import { arrayQuirks, layerQuirks } from "../../src/formats/keras2/quirks.ts";

/** Arrays that count on from 0. */
function counted(shapes: readonly (readonly number[])[]): readonly Stored[] {
  let next = 0;
  return shapes.map((shape) => ({ shape, values: Float32Array.from({ length: sizeOf(shape) }, () => next++) }));
}

describe.each(layerQuirks)("$versions: $says", ({ sees, mends, sample: { item, becomes, major } }) => {
  it("mends its sample", () => {
    expect(sees(item, { major })).toBe(true);
    expect(mends(item, { major })).toEqual(becomes);
  });

  it("is the only row that has to", () => {
    const whole = mended(item, { major });
    expect(whole).toEqual(becomes);
    expect(layerQuirks.filter((row) => row.sees(whole, { major })).map(({ says }) => says)).toEqual([]);
  });
});

describe.each(arrayQuirks)("$versions: $says", ({ sees, mends, count, sample: { item, writer, wanted, shapes, becomes } }) => {
  it("mends its sample", () => {
    expect(sees(item, writer)).toBe(true);
    const made = mends(counted(shapes), item, wanted);
    expect(made.map(({ values }) => [...values])).toEqual(becomes);
    expect(made.map(({ shape }) => shape)).toEqual(wanted);
    if (count !== undefined) expect(shapes).toHaveLength(count);
  });

  it("leaves what Keras 3 wrote", () => {
    expect(sees({ ...item, class_name: "Dense" }, { major: 3, backend: "tensorflow" })).toBe(false);
  });
});

it("a quirk is said once", () => {
  const says = [...layerQuirks, ...arrayQuirks].map((row) => row.says);
  expect(new Set(says).size).toBe(says.length);
});

describe("arrays that do not fit", () => {
  it.each(arrayQuirks)("$says: an error with a code, or nothing", ({ mends, sample: { item, wanted } }) => {
    for (const shapes of [[], [[]], [[0]], [[3, 0]], [[2, 2], [], [7]], [[1, 2, 3, 4, 5]]]) {
      let code = "format/tensor";
      try {
        mends(counted(shapes), item, wanted);
      } catch (error) {
        code = (error as { code?: string }).code ?? String(error);
      }
      expect(code).toBe("format/tensor");
    }
  });
});
