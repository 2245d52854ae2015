// Small Programs written by hand, as the lowering would make them: a 2-2-1 net as a straight line, the same as loops with a
// tile, and a trainable line y = w·x + b with plain gradient descent.
import { emitModule } from "../../compiler/emit/module/module.ts";
import type { ModuleParts } from "../../compiler/emit/module/parts.ts";
import { type OptionsInput, optionsSchema } from "../../compiler/options.ts";
import type { Buffer, Fmt, Index, Kernel, Program, Role, Stmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { load } from "../../runtime/load.ts";

export const at = (base: number, ...terms: [string, number][]): Index => ({ base, terms });
const f64 = (buffer: string, index: Index): Value => v.convert(v.load(buffer, index), "f64");
export const use = (name: string, fmt: Fmt = "f64"): Value => ({ op: "use", name, fmt });
export const reg = (name: string, fmt: Fmt = "f64"): Value => ({ op: "reg", name, fmt });
export const buffers = (list: readonly (readonly [name: string, length: number, role: Role])[]): Buffer[] => {
  let next = 0;
  return list.map(([name, length, role]) => {
    next += length;
    return { name, at: next - length, length, role };
  });
};
const num = (value: number): Value => v.lit(value, "f64");

export const kernel1 = [0.5, -1, 0.25, 2];
export const kernel2 = [1.5, -0.75];

/** relu(x · [[.5, −1], [.25, 2]] + [.125, 0]) · [1.5, −.75] + .0625, rounded where float32 stores would. */
export function netByHand(a: number, b: number): number {
  const f = Math.fround;
  const h0 = f(Math.max(0.125 + f(a) * kernel1[0] + f(b) * kernel1[2], 0));
  const h1 = f(Math.max(0 + f(a) * kernel1[1] + f(b) * kernel1[3], 0));
  return f(0.0625 + h0 * kernel2[0] + h1 * kernel2[1]);
}

export function straightNet(): Program {
  const hidden = (j: number, bias: number): Stmt => ({
    do: "let",
    name: `hidden_${j}`,
    value: v.convert(
      v.convert(
        v.max(v.madd(f64("in", at(1)), num(kernel1[2 + j]), v.madd(f64("in", at(0)), num(kernel1[j]), num(bias))), num(0)),
        "f32",
      ),
      "f64",
    ),
  });
  const body: Stmt[] = [
    hidden(0, 0.125),
    hidden(1, 0),
    {
      do: "store",
      buffer: "out",
      index: at(0),
      value: v.madd(use("hidden_1"), num(kernel2[1]), v.madd(use("hidden_0"), num(kernel2[0]), num(0.0625))),
    },
  ];
  return {
    name: "net",
    scalars: [],
    buffers: buffers([
      ["in", 2, "input"],
      ["out", 1, "output"],
    ]),
    kernels: [
      { name: "dense", origin: 'layers[0] dense "hidden": matmul ⊕ add ⊕ max\nlayers[1] dense "out": matmul ⊕ add', body },
    ],
    entries: [{ name: "predict", rows: 1, calls: [{ kernel: "dense" }], inputs: [["x", "in"]], outputs: [["y", "out"]] }],
  };
}

/** `rows` rows: h[r][j] = max(b[j] + Σ_k x[r][k]·w[k][j], 0), then y[r] = c + Σ_j h[r][j]·u[j]. */
function layer(name: string, [x, w, b, out]: readonly string[], [rows, inner, units]: readonly number[], relu: boolean): Kernel {
  const sum = v.convert(reg("acc"), "f32");
  return {
    name,
    origin: `layers dense ${JSON.stringify(name)}`,
    body: [
      {
        do: "for",
        loop: "r",
        to: rows,
        body: [
          {
            do: "for",
            loop: "j",
            to: units,
            body: [
              { do: "set", reg: "acc", value: f64(b, at(0, ["j", 1])) },
              {
                do: "for",
                loop: "k",
                to: inner,
                body: [
                  {
                    do: "set",
                    reg: "acc",
                    value: v.madd(f64(x, at(0, ["r", inner], ["k", 1])), f64(w, at(0, ["k", units], ["j", 1])), reg("acc")),
                  },
                ],
              },
              { do: "store", buffer: out, index: at(0, ["r", units], ["j", 1]), value: relu ? v.max(sum, v.lit(0, "f32")) : sum },
            ],
          },
        ],
      },
    ],
  };
}

export const loopConstants = new Map([
  ["hidden/kernel", Float32Array.from(kernel1)],
  ["hidden/bias", Float32Array.from([0.125, 0])],
  ["out/kernel", Float32Array.from(kernel2)],
  ["out/bias", Float32Array.from([0.0625])],
]);

export function loopNet(tile = 4): Program {
  const weights = ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"].map(
    (name) => [name, loopConstants.get(name)?.length ?? 0, "const"] as const,
  );
  return {
    name: "net",
    scalars: [],
    buffers: buffers([
      ["unused", 7, "const"],
      ...weights,
      ["x", 2, "input"],
      ["h", 2, "arena"],
      ["y", 1, "output"],
      ["tile/x", 2 * tile, "input"],
      ["tile/h", 2 * tile, "arena"],
      ["tile/y", tile, "output"],
    ]),
    kernels: [
      layer("hidden", ["x", "hidden/kernel", "hidden/bias", "h"], [1, 2, 2], true),
      layer("out", ["h", "out/kernel", "out/bias", "y"], [1, 2, 1], false),
      layer("tile/hidden", ["tile/x", "hidden/kernel", "hidden/bias", "tile/h"], [tile, 2, 2], true),
      layer("tile/out", ["tile/h", "out/kernel", "out/bias", "tile/y"], [tile, 2, 1], false),
    ],
    entries: [
      { name: "predict", rows: 1, calls: [{ kernel: "hidden" }, { kernel: "out" }], inputs: [["x", "x"]], outputs: [["y", "y"]] },
      {
        name: "predictTile",
        rows: tile,
        calls: [{ kernel: "tile/hidden" }, { kernel: "tile/out" }],
        inputs: [["x", "tile/x"]],
        outputs: [["y", "tile/y"]],
      },
    ],
  };
}

/** y = 2w·x + b, where `double` (2w) is what `prepare` computes; mean squared error, gradient descent on w and b. */
export function trainableLine(): Program {
  const n = { scalar: "n", per: 1 };
  const rows = v.convert(v.scalar("n"), "f64");
  const error = (x: string, y: string): Value =>
    v.sub(v.madd(v.mul(num(2), f64("w", at(0))), f64(x, at(0, ["i", 1])), f64("b", at(0))), f64(y, at(0, ["i", 1])));
  const lossKernel = (name: string, [x, y, weight, loss]: readonly string[]): Kernel => ({
    name,
    origin: "loss",
    body: [
      { do: "set", reg: "sum", value: num(0) },
      {
        do: "for",
        loop: "i",
        to: n,
        body: [
          { do: "let", name: "e", value: error(x, y) },
          { do: "set", reg: "sum", value: v.madd(v.mul(use("e"), use("e")), f64(weight, at(0, ["i", 1])), reg("sum")) },
        ],
      },
      { do: "store", buffer: loss, index: at(0), value: v.convert(v.div(reg("sum"), rows), "f32") },
    ],
  });
  const step: Kernel = {
    name: "update",
    origin: "sgd",
    body: [
      { do: "set", reg: "gw", value: num(0) },
      { do: "set", reg: "gb", value: num(0) },
      {
        do: "for",
        loop: "i",
        to: n,
        body: [
          { do: "let", name: "e", value: v.mul(error("train/x", "train/y"), f64("train/weight", at(0, ["i", 1]))) },
          { do: "set", reg: "gw", value: v.madd(use("e"), f64("train/x", at(0, ["i", 1])), reg("gw")) },
          { do: "set", reg: "gb", value: v.add(reg("gb"), use("e")) },
        ],
      },
      { do: "let", name: "rate", value: v.div(f64("rate", at(0)), rows) },
      {
        do: "store",
        buffer: "w",
        index: at(0),
        value: v.convert(v.sub(f64("w", at(0)), v.mul(num(4), v.mul(use("rate"), reg("gw")))), "f32"),
      },
      {
        do: "store",
        buffer: "b",
        index: at(0),
        value: v.convert(v.sub(f64("b", at(0)), v.mul(num(2), v.mul(use("rate"), reg("gb")))), "f32"),
      },
    ],
  };
  const predict: Kernel = {
    name: "line",
    origin: "predict",
    body: [
      {
        do: "store",
        buffer: "y",
        index: at(0),
        value: v.convert(v.madd(f64("double", at(0)), f64("x", at(0)), f64("b", at(0))), "f32"),
      },
    ],
  };
  const prepare: Kernel = {
    name: "double",
    origin: "prepare",
    body: [{ do: "store", buffer: "double", index: at(0), value: v.mul(v.lit(2, "f32"), v.load("w", at(0))) }],
  };
  return {
    name: "line",
    scalars: [{ name: "n", min: 1, max: 4 }],
    buffers: buffers([
      ["w", 1, "param"],
      ["b", 1, "param"],
      ["double", 1, "const"],
      ["x", 1, "input"],
      ["y", 1, "output"],
      ["train/x", 4, "input"],
      ["train/y", 4, "input"],
      ["train/weight", 4, "input"],
      ["rate", 1, "input"],
      ["loss", 1, "output"],
      ["evaluate/x", 4, "input"],
      ["evaluate/y", 4, "input"],
      ["evaluate/weight", 4, "input"],
      ["evaluate/loss", 1, "output"],
    ]),
    kernels: [
      predict,
      prepare,
      lossKernel("loss", ["train/x", "train/y", "train/weight", "loss"]),
      step,
      lossKernel("evaluate", ["evaluate/x", "evaluate/y", "evaluate/weight", "evaluate/loss"]),
    ],
    entries: [
      { name: "predict", rows: 1, calls: [{ kernel: "line" }], inputs: [["x", "x"]], outputs: [["y", "y"]] },
      { name: "prepare", rows: 1, calls: [{ kernel: "double" }], inputs: [], outputs: [] },
      {
        name: "trainStep",
        rows: "n",
        calls: [{ kernel: "loss" }, { kernel: "update" }],
        inputs: [
          ["x", "train/x"],
          ["y", "train/y"],
          ["sampleWeight", "train/weight"],
          ["learningRate", "rate"],
        ],
        outputs: [["loss", "loss"]],
      },
      {
        name: "evaluate",
        rows: "n",
        calls: [{ kernel: "evaluate" }],
        inputs: [
          ["x", "evaluate/x"],
          ["y", "evaluate/y"],
          ["sampleWeight", "evaluate/weight"],
        ],
        outputs: [["loss", "evaluate/loss"]],
      },
    ],
  };
}

export interface Emitted {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  predict(x: unknown, out?: unknown): Float32Array;
  selfTest(): number;
  trainStep(x: unknown, y: unknown, options?: unknown): number;
  evaluate(x: unknown, y: unknown, options?: unknown): { readonly loss: number };
  getWeights(): Float32Array[];
  setWeights(list: unknown): void;
  create(bytes?: unknown): Emitted;
  readonly ranges?: Readonly<Record<string, { readonly below: number; readonly ignore?: number }>>;
  readonly batch?: number;
  readonly weightNames?: readonly string[];
}

export function parts(program: Program, options: OptionsInput = {}, more: Partial<ModuleParts> = {}): ModuleParts {
  return {
    model: { name: "net", hash: "0123abcd" },
    options: optionsSchema.parse(options),
    version: "0.0.0",
    inputs: [{ name: "x", shape: [2] }],
    outputs: [{ name: "y", shape: [1] }],
    words: [],
    feeds: [{ name: "x", ports: [0], shape: [2] }],
    program,
    constants: new Map(),
    weights: [],
    counts: { ops: 5, multiplyAdds: 6 },
    ...more,
  };
}

export const lineParts = (options: OptionsInput = {}, more: Partial<ModuleParts> = {}): ModuleParts =>
  parts(
    trainableLine(),
    { train: true, batch: 4, ...options },
    {
      inputs: [{ name: "x", shape: [1] }],
      targets: [{ name: "y", shape: [1], y: "y", sampleWeight: "sampleWeight", weights: [], unweighted: "one" }],
      learningRate: 0.125,
      constants: new Map([
        ["w", Float32Array.of(0.5)],
        ["b", Float32Array.of(-1)],
      ]),
      weights: [
        { name: "line/kernel", shape: [1, 1], trainable: true, buffer: "w" },
        { name: "line/bias", shape: [1], trainable: true, buffer: "b" },
      ],
      ...more,
    },
  );

export const run = (made: ModuleParts): Emitted => load<Emitted>(emitModule(made));
