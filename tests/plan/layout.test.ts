// Which values do not lie row-major: Graph text in, the layouts of its values and of what its dots read out. And what a layout is: every
// element of a value has one place in its buffer, and no two share one.
import { describe, expect, it } from "vitest";
import { type Graph, isGraph } from "../../compiler/graph/graph.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { ops } from "../../compiler/ops/index.ts";
import { bufferShape, chooseLayouts, type Layout, stridesOf } from "../../compiler/plan/layout.ts";
import type { Rows } from "../../compiler/plan/plan.ts";

const show = ({ blocked, gap }: Layout): string => (blocked === undefined ? `a gap of ${gap}` : `axis ${blocked} in blocks`);

/** `neg: a gap of 16`, `right of dot: axis 1 in blocks`. */
function layoutsOf(text: string, rows: Rows, copies: boolean): string[] {
  const graph = parseGraph(
    `graph g\n${text.trim().replaceAll(/\n\s*/g, "\n  ")}\nend\n`.replace("graph g\n", "graph g\n  "),
    ops,
  );
  const { values, operands } = chooseLayouts(graph, rows, copies);
  const inside = ({ nodes }: Graph): string[] =>
    nodes.flatMap((node) => [
      ...(isGraph(node.attrs.body) ? inside(node.attrs.body) : []),
      ...(values.has(node) ? [`${node.op}: ${show(values.get(node) ?? {})}`] : []),
      ...(operands.has(node) ? [`right of ${node.op}: ${show(operands.get(node) ?? {})}`] : []),
    ]);
  return inside(graph);
}

const map = (size: number): string => `%0 = input {name: "x", shape: [n, ${size}]} : [n, ${size}]
  %1 = neg(%0) : [n, ${size}]
results
  y = %1`;
const dot = (
  left: string,
  inner: number,
  units: number,
  right = "param",
): string => `%0 = input {name: "x", shape: [${left}, ${inner}]} : [${left}, ${inner}]
  %1 = ${right} {name: "w", shape: [${inner}, ${units}]} : [${inner}, ${units}]
  %2 = dot(%0, %1) {batch: [[], []], contract: [[1], [0]]} : [${left}, ${units}]
results
  y = %2`;

describe("a layout", () => {
  it.each<readonly [decision: string, text: string, rows: Rows, copies: boolean, layouts: readonly string[]]>([
    ["rows of 256 floats lie a gap apart", map(256), 32, false, ["input: a gap of 16", "neg: a gap of 16"]],
    ["rows of a batch too", map(512), { max: 2 }, true, ["input: a gap of 16", "neg: a gap of 16"]],
    ["not rows of 255", map(255), 32, false, []],
    ["not one row", map(256), 1, false, []],
    ["not a batch of at most one", map(256), { max: 1 }, true, []],
    [
      "large right operands are read in blocks where weights change",
      dot("n", 64, 16),
      { max: 4 },
      true,
      ["right of dot: axis 1 in blocks"],
    ],
    ["any right operand, not weights alone", dot("n", 64, 16, "input"), { max: 4 }, true, ["right of dot: axis 1 in blocks"]],
    ["not where they do not: pack has seen to it", dot("n", 64, 16), 4, false, []],
    ["not below a page", dot("n", 63, 16), { max: 4 }, true, []],
    ["not where blocks of eight do not fit", dot("n", 128, 12), { max: 4 }, true, []],
    ["not for a product without rows of a batch", dot("3", 64, 16), { max: 4 }, true, []],
  ])("%s", (_, text, rows, copies, layouts) => {
    expect(layoutsOf(text, rows, copies)).toEqual(layouts);
  });
});

describe("strides", () => {
  it.each<readonly [shape: readonly number[], layout: Layout]>([
    [[3, 4, 5], {}],
    [[3, 256], { gap: 16 }],
    [[2, 2, 128], { gap: 16 }],
    [[5, 16], { blocked: 1 }],
    [[16, 5], { blocked: 0 }],
    [[3, 8, 2], { blocked: 1 }],
  ])("%j %j: an element a place, none beyond the buffer", (shape, layout) => {
    const { strides, blocked } = stridesOf(shape, layout);
    const size = (bufferShape(shape, layout) as readonly number[]).reduce((product, extent) => product * extent, 1);
    const places = shape.reduce<number[]>(
      (found, extent, axis) =>
        found.flatMap((at) =>
          Array.from({ length: extent }, (_, i) =>
            axis === blocked?.axis
              ? at + blocked.outer * Math.floor(i / blocked.size) + (i % blocked.size)
              : at + strides[axis] * i,
          ),
        ),
      [0],
    );
    expect(new Set(places).size).toBe(places.length);
    expect(Math.min(...places)).toBe(0);
    expect(Math.max(...places)).toBeLessThan(size);
  });
});
