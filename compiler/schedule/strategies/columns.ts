// One row at a time: a matrix times a vector, where nothing but the vector's elements can be shared. Many columns hide the latency
// of the additions.
import { blockSize } from "../../program/nest/block.ts";
import { lanesAlong, type Strategy } from "./define.ts";

export const columns: Strategy = {
  name: "columns",
  says: "many columns of one row side by side, lanes along them: independent sums hide the latency",
  when: ({ order, sum }, target) => {
    if (sum?.column === undefined) return undefined;
    const { column, block, rows } = sum;
    // A row dim here has one point, or rows-by-columns had taken the nest; it stands outside.
    const row = rows[0]?.[0];
    const others = order.filter((name) => name !== column && name !== row);
    return {
      order: [...(row === undefined ? [] : [row]), ...others, column],
      tile:
        block === undefined
          ? [[column, target.columns]]
          : [
              [block, target.columns / blockSize],
              [column, blockSize],
            ],
      ...lanesAlong(sum, target),
    };
  },
  sample: {
    target: "simd",
    nest: `map j < 64
reduce k < 16
fold madd x[k], w[64*k + j] from b[j]
store y[j] = max(acc:f32, 0:f32)`,
  },
};
