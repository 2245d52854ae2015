// Graph texts: printing and parsing are inverse, for every op, number and name; what is no such text is refused with its place.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { equalGraphs } from "../../compiler/graph/equal.ts";
import { type Graph, graph } from "../../compiler/graph/graph.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { begin, ops } from "../../compiler/ops/index.ts";
import { hostileNames, randomGraph } from "../arbitrary/graphs.ts";

const parse = (text: string) => parseGraph(text, ops);
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function expectRoundTrip(g: Graph): string {
  const text = printGraph(g);
  const back = parse(text);
  expect(equalGraphs(back, g), text).toBe(true);
  expect(printGraph(back)).toBe(text);
  return text;
}

/** The code and message of the refusal. */
function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof CompileError) return `${error.code} ${error.diagnostic.message}`;
    throw error;
  }
  return "accepted";
}

describe("printing", () => {
  test("reads like the machine it describes", () => {
    const g = begin();
    const x = g.input({ name: "x", shape: ["n", 2] });
    g.builder.origin = { path: "layers[0]", layer: "dense", name: "hidden" };
    const w = g.as("kernel", () => g.param({ name: "dense/kernel", shape: [2, 4] }));
    const y = g.tanh(g.dot(x, w, { batch: [[], []], contract: [[1], [0]] }));
    g.builder.origin = undefined;
    const next = g.mul(w, g.like(w, Math.fround(0.9)));
    expect(printGraph(graph("predict", [["y", y]], [["dense/kernel", next]], g.builder.origins))).toBe(
      [
        "graph predict",
        '  %0 = input {name: "x", shape: [n, 2]} : [n, 2]',
        '  %1 = param {name: "dense/kernel", shape: [2, 4]} : [2, 4]  # layers[0] dense "hidden".kernel',
        '  %2 = dot(%0, %1) {batch: [[], []], contract: [[1], [0]]} : [n, 4]  # layers[0] dense "hidden"',
        '  %3 = tanh(%2) : [n, 4]  # layers[0] dense "hidden"',
        "  %4 = constant {shape: [2, 4], values: [0.9f]} : [2, 4]",
        "  %5 = mul(%1, %4) : [2, 4]",
        "results",
        "  y = %3",
        "updates",
        '  "dense/kernel" = %5',
        "end",
        "",
      ].join("\n"),
    );
  });

  test("a scan's body stands inside its line", () => {
    const b = begin();
    const body = graph("step", [
      ["carry0", b.add(b.input({ name: "carry0", shape: ["n"] }), b.input({ name: "x0", shape: ["n"] }))],
    ]);
    const g = begin();
    const xs = g.input({ name: "xs", shape: ["n", 3] });
    const attrs = { body, carries: 1, xs: 1, length: 3, reverse: false, keep: ["last"] } as const;
    const text = expectRoundTrip(graph("sum", [["y", g.pick(g.scan(g.fill(0, ["n"]), xs, attrs), { index: 0 })]]));
    expect(text).toContain(
      [
        "  %2 = scan(%0, %1) {body: graph step",
        '      %0 = input {name: "carry0", shape: [n]} : [n]',
        '      %1 = input {name: "x0", shape: [n]} : [n]',
        "      %2 = add(%0, %1) : [n]",
        "    results",
        "      carry0 = %2",
        '    end, carries: 1, xs: 1, length: 3, reverse: false, keep: ["last"]} : ([n])',
      ].join("\n"),
    );
  });
});

describe("round trips", () => {
  test("random graphs come back, and every op is among them", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(seed, (at) => {
        const g = randomGraph(at);
        verifyGraph(g, ops);
        expectRoundTrip(g);
        for (const node of g.nodes) seen.add(node.op);
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(Object.keys(ops).filter((op) => !seen.has(op))).toEqual([]);
  });

  test("every number comes back", () => {
    const number = fc.oneof(
      fc.double(),
      fc.float(),
      fc.constantFrom(Number.NaN, -0, 0, Infinity, -Infinity, 1e-45, 0.1, Math.fround(0.1), 1e21, 2 ** 53),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 6 }), (values) => {
        const g = begin();
        const text = printGraph(graph("g", [["y", g.constant({ shape: [values.length], values })]]));
        const found = parse(text).nodes[0].attrs.values as number[];
        expect(found.every((value, i) => Object.is(value, values[i]))).toBe(true);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  const names = fc.oneof(
    fc.constantFrom(...hostileNames),
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
  test("every name comes back, and none leaves its quotes", () => {
    fc.assert(
      fc.property(names, names, names, (name, second, origin) => {
        const g = begin();
        g.builder.origin = { path: "", layer: "", name: origin };
        const x = g.state({ name, shape: [], initial: 0 });
        const results = [[second, g.neg(x)] as const, [`${second}'`, x] as const];
        const text = expectRoundTrip(graph(name, results, [[name, g.neg(x)]], g.builder.origins));
        expect(text.split(/[\n\r\u2028\u2029]/).length).toBe(10);
        expect(text).not.toMatch(/\*\/|<\//);
        expect([...text].every((char) => char === "\n" || char >= " ")).toBe(true);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("blanks, comments and missing types do not matter; unused nodes are left out", () => {
    const text =
      '# a note\n\ngraph g %7=input{name:"x",shape:[n]} # here\n %1 = tanh ( %7 ) %2 = exp(%7) # unused\nresults y=%1\r\nend # done';
    const g = parse(text);
    expect(printGraph(g)).toBe(
      'graph g\n  %0 = input {name: "x", shape: [n]} : [n]  # here\n  %1 = tanh(%0) : [n]\nresults\n  y = %1\nend\n',
    );
  });
});

describe("refusals", () => {
  const x = '%0 = input {name: "x", shape: [n, 2]}';
  test.each([
    ["", 'ir/parse line 1, column 1: expected "graph", the text ends'],
    ["model", 'ir/parse line 1, column 1: expected "graph", found model'],
    ["graph end", 'ir/parse line 1, column 10: expected a node or "results", the text ends'],
    ["graph g\nresults\n  y = %0\nend", "ir/parse line 3, column 7: expected a node defined above, found %0"],
    [
      `graph g\n  ${x} : [n, 3]\nresults\nend`,
      "ir/parse line 2, column 43: expected the type [n, 2] of this input, found [n, 3]",
    ],
    [`graph g\n  ${x}\n  ${x}\nresults\nend`, "ir/parse line 3, column 3: expected a number that is not taken, found %0"],
    [`graph g\n  ${x}\n  %1 = add(%0)\nresults\nend`, "ir/parse line 3, column 8: expected 2 inputs of add, found 1"],
    [`graph g\n  ${x}\n  %1 = tanh(%0 %0)\nresults\nend`, 'ir/parse line 3, column 16: expected ")" or ",", found %0'],
    [`graph g\n  ${x}\n  %1 = tahn(%0)\nresults\nend`, 'op/unknown line 3, column 8: there is no op "tahn"'],
    [
      'graph g\n  %0 = input {name: "x, shape: [n]}\nresults\nend',
      'ir/parse line 2, column 21: expected a closing quote on the same line, found "x, shape: [n]}',
    ],
    [
      'graph g\n  %0 = input {name: "\\x"}\nresults\nend',
      'ir/parse line 2, column 21: expected a string with JSON\'s escapes, found "\\x"',
    ],
    [
      "graph g\n  %0 = constant {shape: [2], values: [1.5.2]}\nresults\nend",
      "ir/parse line 2, column 39: expected a value, found 1",
    ],
    ["graph g results end end", "ir/parse line 1, column 21: expected the end of the text, found end"],
    ["graph g results updates y = %0 end", "ir/parse line 1, column 29: expected a node defined above, found %0"],
  ])("%j", (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test("attributes and shapes are checked where they stand", () => {
    expect(refusal('graph g\n  %0 = input {name: "x", shape: [1, n]}\nresults\nend')).toMatch(
      /^op\/attrs line 2, column 8: input: n stands only on axis 0/,
    );
    expect(refusal('graph g\n  %0 = input {name: "x", shape: [1], __proto__: 1}\nresults\nend')).toMatch(
      /^op\/attrs line 2, column 8: input: /,
    );
    expect(refusal(`graph g\n  ${x}\n  %1 = input {name: "y", shape: [n, 3]}\n  %2 = add(%0, %1)\nresults\nend`)).toMatch(
      /^shape\/mismatch line 4, column 8: /,
    );
    // A rule that a Graph of ours never breaks is the text's mistake here.
    expect(refusal(`graph g\n  ${x}\n  %1 = pick(%0) {index: 0}\nresults\nend`)).toMatch(/^ir\/parse line 3, column 8: /);
  });

  test("whatever is cut off is refused as text", () => {
    for (let at = 0; at < 12; at++) {
      const text = printGraph(randomGraph(at, 6)).trimEnd();
      for (let end = 0; end < text.length; end++) expect(refusal(text.slice(0, end)).split(" ")[0]).toBe("ir/parse");
    }
  });

  test("damaged text is read or refused, never worse", () => {
    const marks = [...'{}[](),:=%#"\\-.0n \n', "graph", "end", "e9", "NaN"];
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(seed, fc.nat(), fc.nat(4), fc.constantFrom("", ...marks), (at, place, gone, put) => {
        const text = printGraph(randomGraph(at % 50, 6));
        const from = place % text.length;
        outcomes.add(refusal(text.slice(0, from) + put + text.slice(from + gone)).split(" ")[0]);
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(outcomes).toContain("accepted");
    expect(outcomes).toContain("ir/parse");
    for (const outcome of outcomes) expect(outcome).toMatch(/^(accepted|ir\/parse|op\/(unknown|attrs)|shape\/(mismatch|rank))$/);
  });

  test("deep nesting and long runs are refused without exhausting the stack", () => {
    const deep = "[".repeat(200_000);
    expect(refusal(`graph g %0 = constant {shape: ${deep}`)).toMatch(/^ir\/parse .*at most 64 levels/);
    expect(refusal(`graph g %0 = constant : ${"(".repeat(200_000)}`)).toMatch(/^ir\/parse .*at most 64 levels/);
    expect(refusal(`graph g %0 = constant {x: ${"graph g %0 = a {x: ".repeat(1000)}`)).toMatch(/^ir\/parse .*at most 64 levels/);
    expect(refusal(`graph ${" ".repeat(1_000_000)}"${"a".repeat(1_000_000)}`)).toMatch(/^ir\/parse .*closing quote/);
  });
});
