// `bisect` finds a planted fault by its name: a rule, a pass, a strategy, an emitter of each kind. What is right agrees everywhere. Faults are
// handed to it; nothing of the compiler is changed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { emitModule } from "../../compiler/emit/module/module.ts";
import { emitWasm } from "../../compiler/emit/wasm/emit.ts";
import { regraph } from "../../compiler/graph/rebuild.ts";
import { begin } from "../../compiler/ops/index.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { allPasses, type Draft, type Passes, type Row, rewriting, type Whole } from "../../compiler/pipeline/passes.ts";
import type { Nest } from "../../compiler/program/nest/nest.ts";
import { mapTree } from "../../compiler/program/nest/nest.ts";
import type { Kernel, Program, Stmt, Value } from "../../compiler/program/program.ts";
import { mapOperands, mapStmt, shared } from "../../compiler/program/walk.ts";
import { any, op, rule } from "../../compiler/rewrite/pattern.ts";
import { inferenceRules } from "../../compiler/rewrite/rules/index.ts";
import seed from "../../examples/seed-2-4-3-1/seed.model.ts";
import { textOf } from "../../src/cli/commands/bisect.ts";
import { bisect, type Tools } from "../../src/explore/bisect/bisect.ts";
import { saveJson } from "../../src/formats/index.ts";
import { batchNormalization, conv2d, dense, flatten, lstm, type Model, maxPooling2d, sequential } from "../../src/index.ts";
import { layerc } from "../cli/bin.ts";

const given = (rows: number, size: number) => {
  const x = Float32Array.from({ length: rows * size }, (_, i) => Math.sin(3 * i + 1));
  return { rows, values: [x], feeds: { x } };
};
const net = sequential([
  dense({ name: "first", units: 20, activation: "relu", inputShape: [6] }),
  dense({ name: "second", units: 16, activation: "relu" }),
  dense({ name: "last", units: 5, activation: "softmax" }),
]);
const models: Readonly<Record<string, readonly [Model, number]>> = {
  seed: [seed, 2],
  dense: [net, 6],
  convolution: [
    sequential([
      conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 2] }),
      batchNormalization(),
      maxPooling2d(),
      flatten(),
      dense({ units: 3 }),
    ]),
    128,
  ],
  recurrent: [sequential([lstm({ units: 5, inputShape: [4, 3] }), dense({ units: 2 })]), 12],
};
const looped: OptionsInput = { unroll: 0, target: "simd" };
const inLoops = (tools: Partial<Tools>, model: Model = net, size = 6) => bisect(model, given(2, size), looped, tools).fault;

/** The table with the row of a name replaced. */
const withEntry = (name: string, make: (row: Row<Draft>) => Partial<Row<Draft>>): Passes => ({
  ...allPasses,
  entry: allPasses.entry.map((row) => (row.name === name ? { ...row, ...make(row) } : row)),
});
const withProgram = (name: string, make: (row: Row<Whole>) => Partial<Row<Whole>>): Passes => ({
  ...allPasses,
  program: allPasses.program.map((row) => (row.name === name ? { ...row, ...make(row) } : row)),
});
/** Where a kernel takes the larger of two numbers, the smaller. */
const turned = shared<Value>((value, visit) => {
  const made = mapOperands(value, visit);
  return made.op === "most" ? ({ ...made, op: "least" } as Value) : made.op === "max" ? ({ ...made, op: "min" } as Value) : made;
});
const turnedIn = (body: readonly Stmt[]): readonly Stmt[] =>
  body.map((one) => (one.do === "for" ? { ...one, body: turnedIn(one.body) } : mapStmt(one, turned)));
const turnedKernel = (program: Program, isIt: (kernel: Kernel) => boolean): Program => ({
  ...program,
  kernels: program.kernels.map((kernel) => (isIt(kernel) ? { ...kernel, body: turnedIn(kernel.body) } : kernel)),
});

describe.each(Object.entries(models))("%s", (_, [model, size]) => {
  it.each([{}, looped, { ...looped, exact: true }] as const)("all agree: %o", (options) => {
    const { checks, fault } = bisect(model, given(3, size), options);
    expect(fault).toBeUndefined();
    expect(checks.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["build", "rewrite", "plan", "nests", "lower", "JavaScript"]),
    );
    for (const { promise, off } of checks) expect(off).toBeLessThanOrEqual(promise === "bits" ? 0 : 1);
    // Bounds are no excuse: in doubles a Graph is hardly off.
    expect(checks[0].off).toBe(0);
  });
});

it("asks WebAssembly too, where it pays", () => {
  const { checks } = bisect(...([net, given(2, 6), looped] as const));
  expect(checks.map(({ step }) => step)).toContain("WebAssembly");
  expect(checks.filter(({ step }) => step === "vectorize")).toHaveLength(1);
});

describe("a planted fault", () => {
  it("in a rule is found among all that fire, with the layer", () => {
    const planted = rule(
      "planted: max(x, y) is x",
      "bits",
      op("max", any("x"), any("y")),
      (_g, { x }, node) => (node.type.shape[1] === 16 ? x : undefined),
      () => undefined as never,
    );
    const passes = withEntry("rewrite", () => rewriting((_, options) => [planted, ...inferenceRules(options)]));
    const fault = inLoops({ passes });
    expect(fault).toMatchObject({
      step: "rewrite",
      rule: { name: planted.name },
      layer: expect.stringContaining('dense "second"'),
    });
    expect(fault?.rule?.of).toBeGreaterThanOrEqual(fault?.rule?.firing ?? 0);
  });

  it("in a pass over the Graph is found by the pass", () => {
    const passes = withEntry("expand", ({ run }) => ({
      run: (draft, options) => {
        const made = run(draft, options);
        const g = begin();
        const [[name, y]] = made.graph.results;
        const copies = new Map(made.graph.nodes.map((node) => [node, node]));
        copies.set(y, g.add(y, y));
        return { ...made, graph: regraph(g.builder, { ...made.graph, results: [[name, y]] }, copies) };
      },
    }));
    expect(inLoops({ passes })).toMatchObject({ step: "expand", at: { output: "y", row: expect.any(Number) } });
  });

  it("in a pass that breaks a rule of its stage is told by the verifier's words", () => {
    const passes = withEntry("hoist", ({ run }) => ({
      run: (draft, options) => {
        const made = run(draft, options);
        return { ...made, graph: { ...made.graph, nodes: made.graph.nodes.toReversed() } };
      },
    }));
    expect(inLoops({ passes })).toMatchObject({ step: "hoist", threw: expect.stringContaining("operand") });
  });

  it("in the lowering of a region is found by region, kernel and layer", () => {
    const halved = (nest: Nest): Nest =>
      nest.name.includes("second") ? { ...nest, finish: { op: "const", value: 7, fmt: nest.finish.fmt } as Value } : nest;
    const passes = withProgram("nests", ({ run }) => ({
      run: (whole, options) => {
        const made = run(whole, options);
        const nests = made.nests && {
          ...made.nests,
          kernels: made.nests.kernels.map((kernel) => ({ ...kernel, parts: kernel.parts.map((part) => mapTree(part, halved)) })),
        };
        return { ...made, ...(nests === undefined ? {} : { nests }) };
      },
    }));
    expect(inLoops({ passes })).toMatchObject({
      ...{ step: "nests", promise: "bound", kernel: expect.stringContaining("second") },
      ...{ region: expect.stringContaining("second"), layer: expect.stringContaining('dense "second"') },
    });
  });

  it("in a strategy is found by its name", () => {
    let name = "";
    // It leaves the last term of each sum out.
    const passes = withProgram("schedule", ({ run }) => ({
      run: (whole, options) => {
        const made = run(whole, options);
        const short = ({ nest, ...rest }: { readonly nest: Nest; readonly strategy: string }) => {
          const isIt = nest.reduce.length > 0 && nest.name.includes("last");
          if (isIt) name ||= rest.strategy;
          return {
            ...rest,
            nest: isIt ? { ...nest, reduce: nest.reduce.map(([dim, to]) => [dim, (to as number) - 1] as const) } : nest,
          };
        };
        const scheduled = made.scheduled && {
          ...made.scheduled,
          kernels: made.scheduled.kernels.map((kernel) => ({
            ...kernel,
            parts: kernel.parts.map((part) => mapTree(part, short as never)),
          })),
        };
        return { ...made, scheduled: scheduled as never };
      },
    }));
    const fault = inLoops({ passes });
    expect(fault).toMatchObject({ step: "schedule", promise: "bits", kernel: expect.stringContaining("last") });
    expect(name).not.toBe("");
    expect(fault?.strategy).toContain(name);
  });

  it("in one target is found there alone", () => {
    const passes = withProgram("vectorize", ({ run }) => ({
      run: (whole, options) => {
        const made = run(whole, options);
        return made.program === undefined || made.target.name !== "simd"
          ? made
          : { ...made, program: turnedKernel(made.program, ({ name }) => name.includes("first")) };
      },
    }));
    expect(inLoops({ passes })).toMatchObject({
      step: "vectorize",
      kernel: expect.stringContaining("first"),
      layer: expect.stringContaining("first"),
    });
  });

  it("in the emitter of JavaScript is found by the kernel", () => {
    const wrong: typeof emitModule = (parts) =>
      emitModule({ ...parts, program: turnedKernel(parts.program, ({ origin, by }) => `${origin} ${by}`.includes("second")) });
    expect(inLoops({ emitModule: wrong })).toMatchObject({
      step: "JavaScript",
      promise: "bits",
      kernel: expect.stringContaining("second"),
    });
    expect(
      bisect(
        seed,
        given(2, 2),
        {},
        { emitModule: (parts) => emitModule({ ...parts, program: turnedKernel(parts.program, () => true) }) },
      ).fault,
    ).toMatchObject({ step: "JavaScript" });
  });

  it("in the emitter of WebAssembly is found by the kernel, and a module that the engine refuses is one", () => {
    const wrong: typeof emitWasm = (program, options) =>
      emitWasm(
        turnedKernel(program, ({ origin }) => origin.includes("second")),
        options,
      );
    expect(inLoops({ emitWasm: wrong })).toMatchObject({
      step: "WebAssembly",
      target: "simd",
      kernel: expect.stringContaining("second"),
    });
    const throws = (): never => {
      throw new Error("planted");
    };
    expect(inLoops({ emitWasm: throws })).toMatchObject({ step: "WebAssembly", threw: "planted" });
    expect(inLoops({ emitModule: throws })).toMatchObject({ step: "JavaScript", threw: "planted" });
  });
});

describe("a step of training", () => {
  const training = { loss: "mse", optimizer: "adam" } as const;
  // The first is what faults are planted in.
  const trained: Readonly<Record<string, readonly [Model, number, number]>> = {
    dense: [{ ...net, training: { loss: "categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] } }, 6, 5],
    convolution: [{ ...models.convolution[0], training: { ...training, optimizer: "sgd" } }, 128, 3],
    recurrent: [{ ...models.recurrent[0], training }, 12, 2],
  };
  const batch = (size: number, targets: number) => ({
    ...given(3, size),
    targets: [Float32Array.from({ length: 3 * targets }, (_, i) => Number(i % (targets + 1) === 0))],
  });
  const onlyJs: OptionsInput = { unroll: 0, target: "js" };
  const stepOf = (tools: Partial<Tools>, options: OptionsInput = looped) => bisect(trained.dense[0], batch(6, 5), options, tools);

  it.each(Object.entries(trained).slice(1))(
    "%s: all agree on loss, gradients, weights and states",
    (_, [model, size, targets]) => {
      const { checks, fault } = bisect(model, batch(size, targets), looped);
      expect(fault).toBeUndefined();
      const steps = [
        "build",
        "differentiate",
        "optimize",
        "rewrite",
        "plan",
        "nests",
        "lower",
        "vectorize",
        "JavaScript",
        "WebAssembly",
      ];
      expect(checks.map(({ step }) => step)).toEqual(expect.arrayContaining(steps));
      expect(checks.some(({ promise, off }) => promise === "bound" && off > 0)).toBe(true);
    },
  );

  /** One result or update of what a pass leaves, doubled. */
  const doubled = (pass: string, list: "results" | "updates", isIt: (name: string) => boolean) =>
    withEntry(pass, ({ run }) => ({
      run: (draft, options) => {
        const made = run(draft, options);
        const found = made.graph[list].find(([name]) => isIt(name));
        if (found === undefined) return made;
        const g = begin();
        const copies = new Map(made.graph.nodes.map((node) => [node, node]));
        copies.set(found[1], g.add(found[1], found[1]));
        return { ...made, graph: regraph(g.builder, made.graph, copies) };
      },
    }));

  it("a gradient that is off is found behind differentiate, before it moves a weight", () => {
    const fault = stepOf({ passes: doubled("differentiate", "results", (name) => /second/.test(name)) }, onlyJs).fault;
    expect(fault).toMatchObject({ step: "differentiate", at: { output: expect.stringContaining("second/") } });
  });

  it("an update that is off is found by the pass, and by its weight", () => {
    const fault = stepOf({ passes: doubled("optimize", "updates", (name) => name === "last/bias") }, onlyJs).fault;
    expect(fault).toMatchObject({ step: "optimize", promise: "bound", at: { output: "last/bias" } });
  });

  it("a rule that fires in steps alone is found by its name", () => {
    const planted = rule(
      "planted: x * y is x",
      "bits",
      op("mul", any("x"), any("y")),
      (_g, { x }, node) => (x.type === node.type || String(x.type.shape) === String(node.type.shape) ? x : undefined),
      () => undefined as never,
    );
    const passes = withEntry("rewrite", () => rewriting(({ fixed }, options) => (fixed ? inferenceRules(options) : [planted])));
    expect(stepOf({ passes }, onlyJs).fault).toMatchObject({ step: "rewrite", rule: { name: planted.name } });
  });

  it("a target's kernel, and what is emitted, are found as in predictions", () => {
    const passes = withProgram("vectorize", ({ run }) => ({
      run: (whole, options) => {
        const made = run(whole, options);
        const isIt = ({ name }: Kernel) => name === "trainStep/first";
        return made.program === undefined ? made : { ...made, program: turnedKernel(made.program, isIt) };
      },
    }));
    const found = stepOf({ passes });
    expect(found.fault).toMatchObject({ step: "vectorize", kernel: "trainStep/first", layer: expect.stringContaining("first") });
    expect(textOf(found, "net.model.ts", "trainStep")).toMatch(
      /layerc inspect net\.model\.ts --goal trainStep --diff vectorize\n {2}report +report\.html#view=passes&goal=trainStep&pass=vectorize$/,
    );
    const wrong: typeof emitModule = (parts) =>
      emitModule({ ...parts, program: turnedKernel(parts.program, ({ name }) => name === "trainStep/second") });
    expect(stepOf({ emitModule: wrong }, onlyJs).fault).toMatchObject({ step: "JavaScript", promise: "bits" });
    const other: typeof emitWasm = (program, options) =>
      emitWasm(
        turnedKernel(program, ({ origin }) => origin.includes("second") && !origin.includes("∂")),
        options,
      );
    expect(stepOf({ emitWasm: other }).fault).toMatchObject({ step: "WebAssembly", kernel: expect.stringContaining("second") });
  });
});

describe("layerc bisect", () => {
  const folder = mkdtempSync(join(tmpdir(), "bisect-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "seed.json");
  writeFileSync(file, saveJson(seed));

  it("prints every check, and that all agree", async () => {
    const { status, stdout } = await layerc(tmpdir(), ["bisect", file, "--input", "[[0.5, -1], [2, 3]]"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^step +target +held to +off by\nbuild +bound +0 bounds\n[\s\S]*\nunroll +bits +nothing\nJavaScript +js +bits +nothing\n/,
    );
    expect(stdout).toMatch(/\nall agree within [\d.e-]+ of the bound of this model at these rows, the code to the bit\n$/);
  });

  it("gives the same as JSON, and refuses rows that are none", async () => {
    const { stdout } = await layerc(tmpdir(), ["bisect", file, "--input", "[0.5, -1]", "--json"]);
    const { checks, fault } = JSON.parse(stdout);
    expect([checks.at(-1), fault]).toEqual([{ step: "JavaScript", target: "js", promise: "bits", off: 0 }, undefined]);
    const refused = await layerc(tmpdir(), ["bisect", file, "--input", "[0.5]"]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("format/input")]);
  });

  it("takes a step of training with what its rows are held against, as many as there are", async () => {
    const trained = join(folder, "trained.json");
    writeFileSync(trained, saveJson({ ...seed, training: { loss: "mse", optimizer: "adam" } }));
    const { status, stdout } = await layerc(tmpdir(), [
      "bisect",
      trained,
      "--input",
      "[[0.5, -1], [2, 3]]",
      "--train",
      "--targets",
      "[1, 2]",
    ]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/\ndifferentiate +bound[\s\S]*\nJavaScript +js +bits +nothing\n/),
    ]);
    const short = await layerc(tmpdir(), ["bisect", trained, "--input", "[[0.5, -1], [2, 3]]", "--train", "--targets", "[1]"]);
    expect([short.status, short.stderr]).toEqual([1, expect.stringContaining("--input has 2 rows, --targets 1")]);
    const untrained = await layerc(tmpdir(), ["bisect", file, "--input", "[0.5, -1]", "--train", "--targets", "[1]"]);
    expect([untrained.status, untrained.stderr]).toEqual([1, expect.stringContaining("training/missing")]);
    const alone = await layerc(tmpdir(), ["bisect", trained, "--input", "[0.5, -1]", "--train"]);
    expect([alone.status, alone.stderr]).toEqual([1, expect.stringContaining("--targets")]);
  });

  it("tells a fault with its rule, kernel, strategy, layer and difference, and where to look", () => {
    const passes = withProgram("vectorize", ({ run }) => ({
      run: (whole, options) => {
        const made = run(whole, options);
        return made.program === undefined
          ? made
          : { ...made, program: turnedKernel(made.program, ({ name }) => name.includes("first")) };
      },
    }));
    const text = textOf(bisect(net, given(1, 6), looped, { passes }), "net.model.ts");
    expect(text).toContain("\nthe first to disagree: what the pass vectorize leaves\n");
    expect(text).toMatch(
      /\n {2}output +y, row 0, place 0: wanted [\d.]+, got [\d.]+\n {2}apart +[\d.e-]+\n {2}layer +layers\[0\] dense "first"/,
    );
    expect(text).toMatch(
      /\n {2}kernel +predict\/first\n {2}strategy +columns: .*\n {2}see +layerc inspect net\.model\.ts --diff vectorize\n {2}report +report\.html#view=passes&goal=predict&pass=vectorize$/,
    );
  });
});
