// Which kernels become one: text in, text out; near misses; and what follows for whole models, in counts and bytes.
import { describe, expect, it } from "vitest";
import { compile, lowerModel } from "../../compiler/compile.ts";
import { share } from "../../compiler/lower/share.ts";
import { parseNests } from "../../compiler/program/nest/parse.ts";
import { printNests } from "../../compiler/program/nest/print.ts";
import { verifyNests } from "../../compiler/program/nest/verify.ts";
import type { OptionsInput } from "../../src/index.ts";
import { dense, type Model, normalization, sequential } from "../../src/index.ts";

const head = `program p
buffer x input @0 [4]
buffer "a/kernel" const @4 [4]
buffer "b/kernel" const @8 [4]
buffer rate input @12 [1]
buffer long arena @13 [8]
buffer h arena @21 [4]
buffer y output @25 [4]`.replace("program", "nests");
const tail = `entry predict rows 1
  in x = x
  out y = y
  call first
  call second
end
`;
const nest = (layer: string, lines: readonly string[]): string =>
  [`kernel ${layer} from "layers ${layer}"`, `  nest ${layer}`, ...lines.map((line) => `    ${line}`)].join("\n");

/** The kernels and calls after sharing. */
function shared(first: readonly string[], second: readonly string[], ends = tail): string {
  const program = parseNests([head, nest("first", first), nest("second", second), ends].join("\n"));
  verifyNests(program);
  const made = share(program);
  verifyNests(made);
  const text = printNests(made);
  expect(printNests(parseNests(text))).toBe(text);
  if (made === program) return "nothing";
  const lines = text.split("\n").slice(head.split("\n").length);
  return lines.filter((line) => !/^ {2}(in|out) |^entry|^end|^$/.test(line)).join("\n");
}

const scale = (from: string, kernel: string, to: string) => ["map i < 4", `store ${to}[i] = ${from}[i] * ${kernel}[i] + rate[0]`];

describe("kernels become one", () => {
  it("where they are the same but for their buffers; what all have in common stays", () => {
    expect(
      shared(scale("x", '"a/kernel"', "h"), scale("h", '"b/kernel"', "y")),
    ).toBe(`kernel first(x[4], kernel[4], y[4]) from "layers first\\nand 1 more, the last layers second"
  nest first
    map i < 4
    store y[i] = x[i] * kernel[i] + rate[0]
  call first(x, "a/kernel", h) from "layers first"
  call first(h, "b/kernel", y) from "layers second"`);
  });
  it("where a buffer is read and written, in both", () => {
    expect(shared(["map i < 4", "store h[i] = h[i] + x[i] * x[0]"], ["map i < 4", "store y[i] = y[i] + x[i] * x[0]"])).toMatch(
      /^kernel first\(y\[4\]\) .*\n.*\n.*\n {4}store y\[i\] = y\[i\] \+ x\[i\] \* x\[0\]\n {2}call first\(h\) .*\n {2}call first\(y\) /,
    );
  });
  it("without formals where not even the buffers differ", () => {
    expect(shared(scale("x", "h", "y"), scale("x", "h", "y"))).toMatch(
      /^kernel first from (.*\n)+ {2}call first from .*\n {2}call first from /,
    );
  });
  it("whatever the loops around them are called", () => {
    const program = (loop: string) =>
      `for ${loop} < 2\n    nest n\n      map i < 2\n      store h[2*${loop} + i] = x[2*${loop} + i] + x[0] * x[1]`;
    const text = `${head}\nkernel first\n  ${program("t0")}\nkernel second\n  ${program("t1").replaceAll("h[", "y[")}\n${tail}`;
    expect(share(parseNests(text)).kernels.map(({ name, formals }) => [name, formals?.length])).toEqual([["first", 1]]);
  });
  it("of several entries", () => {
    const ends = tail.replace("  call second\n", "").replace("end\n", "entry evaluate rows 1\n  call second\nend\n");
    const text = shared(scale("x", '"a/kernel"', "h"), scale("h", '"b/kernel"', "y"), ends);
    expect(text).toMatch(/call first\(x.*\n {2}call first\(h/);
  });
});

describe("kernels stay apart", () => {
  const first = scale("x", '"a/kernel"', "h");
  it.each([
    ["other numbers", first, ["map i < 4", 'store y[i] = x[i] * "b/kernel"[i] + rate[0] * 2:f32']],
    ["other ops", first, ["map i < 4", 'store y[i] = x[i] + "b/kernel"[i] + rate[0]']],
    ["other extents", first, ["map i < 3", 'store y[i] = x[i] * "b/kernel"[i] + rate[0]']],
    ["other addresses", first, ["map i < 4", 'store y[-i + 3] = x[i] * "b/kernel"[i] + rate[0]']],
    ["other lengths of buffers", first, scale("long", '"b/kernel"', "y")],
    ["one buffer where the other has two", first, scale("h", "h", "y")],
    ["two buffers where the other reads what it writes", ["map i < 4", "store h[i] = h[i] + x[i] * x[0]"], ["map i < 4", "store y[i] = h[i] + x[i] * x[0]"]],
    ["a store and an addition", ["map i < 4", "store h[i] = x[i] + rate[0] * x[0]"], ["map i < 4", "add y[i] += x[i] + rate[0] * x[0]"]],
    ["fills, of one node", ["map i < 4", "store h[i] = 0:f32"], ["map i < 4", "store y[i] = 0:f32"]],
    ["copies, of two", ["map i < 4", "store h[i] = f64(x[i])"], ["map i < 4", "store y[i] = f64(x[i])"]],
    ["folds of other kinds", ["reduce k < 4", "fold add x[k] from 0:f32", "store h[0] = acc:f32 + 1:f32"], ["reduce k < 4", "fold max x[k] from 0:f32", "store y[0] = acc:f32 + 1:f32"]],
    ["−0 and 0", ["map i < 4", "store h[i] = x[i] * x[0] + 0:f32"], ["map i < 4", "store y[i] = x[i] * x[0] + -0:f32"]],
  ] as const)("%s", (_, one, other) => expect(shared(one, other)).toBe("nothing")); // biome-ignore format: one table
});

describe("a chain of equal layers", () => {
  const chain = (count: number, units = 4): Model =>
    sequential(
      Array.from({ length: count }, (_, i) => dense({ units, activation: "tanh", ...(i === 0 ? { inputShape: [units] } : {}) })),
      { training: { loss: "mse", optimizer: "adam" } },
    );
  const bytes = (count: number, options: OptionsInput = {}): number => compile(chain(count), options).code.length;

  it("has one kernel for rows and one for tiles, however long it is", () => {
    const { program, simd } = lowerModel(chain(100));
    for (const { kernels, entries } of [program, simd?.program, simd?.relaxed].filter((one) => one !== undefined)) {
      expect(kernels.map(({ name }) => name)).toEqual(["predict/dense", "predictTile/dense"]);
      expect(entries.map(({ calls }) => calls.length)).toEqual([100, 100]);
    }
  });
  it("has as many kernels with training for 12 layers as for 24", () => {
    const counts = [12, 24].map((count) => lowerModel(chain(count), { train: true }).program.kernels.length);
    expect(counts[1]).toBe(counts[0]);
  });
  it("takes at most 60 KB for 100 layers, and 2.2 times the 50", () => {
    const [half, whole] = [bytes(50), bytes(100)];
    expect(whole).toBeLessThanOrEqual(60_000);
    expect(whole).toBeLessThanOrEqual(2.2 * half);
  });
  // A layer is 80 bytes of weights and a call in each entry and form; in training also a view of each weight, and of its slots.
  it.each([
    [{ target: "js" }, 50, 250],
    [{ target: "js", exact: true }, 50, 250],
    [{ exact: true }, 50, 350],
    [{ train: true }, 20, 2600],
  ] as const)("grows by the layer with %o", (options, count, most) => {
    const [half, whole] = [bytes(count, options), bytes(2 * count, options)];
    expect(whole).toBeLessThanOrEqual(2.2 * half);
    expect(whole - half).toBeLessThanOrEqual(most * count);
  });
  it("has no view of a buffer that is only given in calls", () => {
    expect(compile(chain(100)).code.match(/= memory\.subarray\(/g)).toHaveLength(4);
  });
  it("is one straight line as before where it is small", () => {
    const { code } = compile(chain(3), { target: "js", selfTest: false });
    expect(code).not.toMatch(/memory/);
    expect(code).toContain('// layers[1] dense "dense_1": matmul + add + tanh');
  });
});

it("a table that several entries read is there once", () => {
  const mean = Array.from({ length: 40 }, (_, i) => i / 7);
  const layers = [normalization({ mean, variance: 2, inputShape: [40] }), dense({ units: 40, activation: "tanh" })];
  const net = sequential(layers, { training: { loss: "mse", optimizer: "sgd" } });
  const tables = (options: OptionsInput) => lowerModel(net, options).program.buffers.filter(({ length, role }) => role === "const" && length === 40); // biome-ignore format: one line
  expect(lowerModel(net, { train: true }).program.entries.map(({ name }) => name)).toContain("predictTile");
  expect(tables({ train: true }).length).toBe(tables({ unroll: 0, target: "js" }).length);
});
