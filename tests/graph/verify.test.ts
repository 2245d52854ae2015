// The verifier: every rule of a Graph, broken once, is named; the error shows the text around the place.
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { type Graph, graph, type Node } from "../../compiler/graph/graph.ts";
import { parseOrigin } from "../../compiler/graph/origin.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { begin, ops } from "../../compiler/ops/index.ts";

function failure(g: Graph): CompileError {
  try {
    verifyGraph(g, ops);
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error("the graph was accepted");
}

const g = begin();
const x = g.input({ name: "x", shape: ["n", 2] });
const w = g.param({ name: "w", shape: [2] });
const s = g.state({ name: "s", shape: [], initial: 0 });
const y = g.mul(g.tanh(x), g.broadcast(w, { shape: ["n", 2], axes: [1] }));
const good = graph("good", [["y", y]], [["w", g.neg(w)], ["s", g.add(s, g.fill(1, []))]], new Map([[y, parseOrigin("here")]])); // biome-ignore format: one line

const b = begin();
const carry = b.input({ name: "carry0", shape: ["n", 2] });
const scanOf = (body: Graph) => g.scan(x, { body, carries: 1, xs: 0, length: 2, reverse: false, keep: ["last"] });
const bundle = scanOf(graph("step", [["carry0", b.tanh(carry)]]));
const withBody = (body: Graph): Graph => {
  const node: Node = { ...bundle, attrs: { ...bundle.attrs, body } };
  return graph("loop", [["y", { op: "pick", inputs: [node], attrs: { index: 0 }, type: x.type }]]);
};
const one = (node: Node): Graph => graph("one", [["y", node]]);
const fake = (node: Partial<Node>): Graph => one({ op: "tanh", inputs: [x], attrs: {}, type: x.type, ...node });

test("a good graph passes, loops included", () => {
  verifyGraph(good, ops);
  verifyGraph(one(g.pick(bundle, { index: 0 })), ops);
});

describe("a broken rule is named", () => {
  const cases: readonly (readonly [rule: string, broken: Graph, message: string | RegExp])[] = [
    ["operands first", { ...good, nodes: [...good.nodes].reverse() }, /^an operand \(\w+\) is not among the nodes above$/],
    ["an operand is missing", { ...good, nodes: good.nodes.slice(1) }, "an operand (input) is not among the nodes above"],
    ["a node stands twice", { ...good, nodes: [good.nodes[0], ...good.nodes] }, "this node stands here twice"],
    ["nothing is dead", { ...good, results: [] }, "no result and no update needs this node"],
    ["a result is missing", { ...good, results: [["y", g.exp(x)]] }, 'the result "y" (exp) is not among the nodes'],
    ["ops are known", fake({ op: "tahn" }), 'there is no op "tahn"'],
    ["ops are own names", fake({ op: "toString" }), 'there is no op "toString"'],
    ["arity", fake({ inputs: [x, x] }), "tanh takes 1 to 1 inputs, this has 2"],
    ["attributes", fake({ attrs: { slope: 1 } }), /^tanh: .*slope/],
    ["types are inferred", fake({ type: { shape: ["n", 3] } }), "tanh gives [n, 2], the node says [n, 3]"],
    ["shapes fit", fake({ op: "add", inputs: [x, w] }), /\[n, 2\].*\[2\]/],
    ["n on axis 0 only", fake({ op: "reduceSum", attrs: { axes: [] }, inputs: [{ ...x, attrs: { name: "x", shape: [2, "n"] }, type: { shape: [2, "n"] } }] }), /^input: n stands only on axis 0/],
    ["one meaning per name", one(g.add(x, g.broadcast(g.param({ name: "x", shape: [2] }), { shape: ["n", 2], axes: [1] }))), 'input and param share the name "x"'],
    ["results have different names", { ...good, results: [["y", y], ["y", g.tanh(x)]] }, 'there are two results "y"'],
    ["updates have different names", { ...good, updates: [...good.updates, ["w", w]] }, 'there are two updates "w"'],
    ["updates have a target", { ...good, updates: [...good.updates, ["v", w]] }, 'the update "v" names no param or state'],
    ["inputs are not updated", { ...good, updates: [...good.updates, ["x", y]] }, 'the update "x" names no param or state'],
    ["updates keep the type", { ...good, updates: [["w", s], ["s", w]] }, 'the update "w" has type [], the param has [2]'],
    ["bundles are picked", one(bundle), 'the result "y" is a bundle; it needs a pick'],
    ["only pick reads bundles", fake({ inputs: [bundle] }), "tanh reads a bundle; only pick may"],
    ["origins belong to nodes", { ...good, origins: new Map([[bundle, parseOrigin("there")]]) }, 'an origin ("there") is kept for a node (scan) that is not here'],
    ["bodies are closed", withBody(graph("step", [["carry0", b.mul(carry, b.broadcast(b.param({ name: "w", shape: [2] }), { shape: ["n", 2], axes: [1] }))]])), 'the body "step" reads the param "w" directly; it must come in as an input'],
    ["bodies are sound", withBody(graph("step", [["carry0", { ...b.tanh(carry), type: { shape: ["n", 9] } }]])), 'the body "step": tanh gives [n, 2], the node says [n, 9]'],
    ["bodies fit", withBody(graph("step", [["carry0", b.reduceSum(carry, { axes: [1] })]])), /^scan needs carry0 to keep its shape/],
  ]; // biome-ignore format: one table

  test.each(cases)("%s", (_rule, broken, message) => {
    const error = failure(broken);
    expect(error.code).toBe("ir/verify");
    if (typeof message === "string") expect(error.diagnostic.message).toBe(message);
    else expect(error.diagnostic.message).toMatch(message);
    const lines = error.notes[0].split("\n");
    expect(lines.filter((line) => line === `  ^ ${error.diagnostic.message}`).length).toBe(1);
  });

  test("a body may not update", () => {
    const counter = b.state({ name: "c", shape: [], initial: 0 });
    const body = graph("step", [["carry0", b.tanh(carry)]], [["c", b.neg(counter)]]);
    expect(failure(withBody(body)).diagnostic.message).toMatch(/^the body "step" (reads the state "c" directly|updates "c")/);
  });

  test("the message stands under the line it is about, five lines on either side", () => {
    let node: Node = x;
    for (let i = 0; i < 20; i++) node = i === 10 ? { ...g.neg(node), op: "gen" } : g.neg(node);
    const { notes } = failure(one(node));
    expect(notes[0].split("\n")).toEqual([
      "  …",
      ..."6 7 8 9 10".split(" ").map((i) => `  %${i} = neg(%${Number(i) - 1}) : [n, 2]`),
      "  %11 = gen(%10) : [n, 2]",
      '  ^ there is no op "gen"',
      ..."12 13 14 15 16".split(" ").map((i) => `  %${i} = neg(%${Number(i) - 1}) : [n, 2]`),
      "  …",
    ]);
  });

  test("a fault inside a body shows both places", () => {
    const broken = graph("step", [["carry0", { ...b.tanh(carry), type: { shape: ["n", 9] } }]]);
    const { notes } = failure(withBody(broken));
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain("graph loop");
    expect(notes[1]).toContain("graph step");
  });
});
