// What an editor shows of the public face. In: the build's declarations and TypeScript's language service. Out: keys without a sentence or
// with another default than their schema's, names that completion lacks or that are accepted and do not exist, a face that has changed.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { layers } from "../compiler/layers/index.ts";
import { optionsSchema } from "../compiler/options.ts";
import { publicFace } from "../scripts/face.ts";
import { defaultOf, keysOf } from "../scripts/words/schema.ts";
import { kinds, specsOf } from "../scripts/words/specs.ts";
import * as l from "../src/index.ts";

const root = resolve(import.meta.dirname, "..");
const file = join(root, "tests/hover.ts");
const api = 'import * as l from "../dist/src/index.js";\n';
let text = api;
let version = 0;
const options: ts.CompilerOptions = {
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022 },
  ...{ strict: true, skipLibCheck: true, noEmit: true, types: ["node"] },
};
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : "0"),
  getScriptSnapshot: (name) => {
    if (name === file) return ts.ScriptSnapshot.fromString(text);
    return ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, "utf8")) : undefined;
  },
  getCurrentDirectory: () => root,
  getCompilationSettings: () => options,
  getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  readFile: ts.sys.readFile,
});
const write = (code: string): void => {
  text = `${api}${code}`;
  version++;
};

/** By expression of a type the doc of each of its keys. */
function docsOf(types: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlyMap<string, string>> {
  write(
    Object.entries(types)
      .map(([name, type]) => `export declare const ${name}: ${type};`)
      .join("\n"),
  );
  const program = service.getProgram() as ts.Program;
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file) as ts.SourceFile;
  const module = checker.getSymbolAtLocation(source) as ts.Symbol;
  return new Map(
    checker.getExportsOfModule(module).map((symbol) => [
      symbol.name,
      new Map(
        checker
          .getTypeOfSymbol(symbol)
          .getProperties()
          .map((key) => [key.name, ts.displayPartsToString(key.getDocumentationComment(checker))]),
      ),
    ]),
  );
}
const faults = (code: string): readonly string[] => {
  write(code);
  return service.getSemanticDiagnostics(file).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
};
/** What completion offers where the code has a `|`. */
const offered = (code: string): readonly string[] => {
  const [before, after] = code.split("¦");
  write(`${before}${after}`);
  return service.getCompletionsAtPosition(file, api.length + before.length, undefined)?.entries.map(({ name }) => name) ?? [];
};
const isSentence = (doc: string): boolean => /\S \S.*[.:)]$/su.test(doc);

describe("hover", () => {
  it("every key of every layer has its sentence and the schema's default", () => {
    const names = [...layers.keys()];
    const docs = docsOf(Object.fromEntries(names.map((name) => [`${name}_`, `NonNullable<Parameters<typeof l.${name}>[0]>`])));
    const common = ["name", "trainable", "activityRegularizer", "inputShape", "inputs"];
    const found: string[] = [];
    for (const [name, layer] of layers) {
      const shown = docs.get(`${name}_`) ?? new Map<string, string>();
      const schemas = keysOf(layer.config) ?? {};
      for (const key of [...Object.keys(schemas), ...common]) {
        const doc = shown.get(key) ?? "";
        const standard = key in schemas ? defaultOf(schemas[key]) : undefined;
        if (!isSentence(doc) || (standard !== undefined && !doc.endsWith(`Default ${standard}.`)))
          found.push(`${name}.${key}: ${doc}`);
      }
    }
    expect(found).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  });

  it("is what an editor shows at a key", () => {
    write("l.dropout({ rate: 0.5 });");
    const info = service.getQuickInfoAtPosition(file, text.indexOf("rate"));
    expect(ts.displayPartsToString(info?.documentation)).toMatch(/0\.\.1/);
  });

  it("every key of the options has its sentence", () => {
    const docs = docsOf({
      compile_: "l.OptionsInput",
      fit_: "l.FitAsyncOptions",
      sequential_: "l.SequentialOptions",
      model_: "l.ModelOptions",
      training_: "l.TrainingInput",
    });
    const missing = [...docs].flatMap(([type, keys]) =>
      [...keys].filter(([, doc]) => doc === "").map(([key]) => `${type}${key}`),
    );
    expect(missing).toEqual([]);
    expect([...docs.values()].every((keys) => keys.size > 4)).toBe(true);
    const wrong = Object.entries(optionsSchema.shape).filter(([key, schema]) => {
      const standard = defaultOf(schema);
      return standard !== undefined && !docs.get("compile_")?.get(key)?.endsWith(`Default ${standard}.`);
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  it("what fit's options say of their defaults is what fit does", () => {
    const net = l.sequential([l.dense({ units: 3, activation: "tanh", inputShape: [2] }), l.dense({ units: 1 })], {
      training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.1 } },
    });
    const x = Array.from({ length: 70 }, (_, row) => [Math.sin(row), Math.cos(row)]);
    const data = { x, y: x.map(([a, b]) => a - b) };
    const run = (options: l.FitOptions): string => {
      const { history, weights, epochs } = l.fit(net, data, options);
      return JSON.stringify({ history, weights, epochs });
    };
    const docs = docsOf({ fit_: "l.FitOptions" }).get("fit_") ?? new Map<string, string>();
    const told = [...docs].flatMap(([key, doc]) => {
      const [, value] = /[Dd]efault:? (-?[\d.]+(?=\W)|true|false)/u.exec(doc) ?? [];
      return value === undefined ? [] : [[key, JSON.parse(value.replace(/\.$/u, "")) as unknown] as const];
    });
    expect(told.map(([key]) => key).sort()).toEqual(
      ["batchSize", "epochs", "initialEpoch", "seed", "shuffle", "validationFreq", "verbose"].sort(),
    );
    // Two epochs and a validation, so that each of them matters where it is another.
    const around = { epochs: 2, validationSplit: 0.2 };
    const asIs = run(around);
    const other: Readonly<Record<string, unknown>> = {
      batchSize: 31,
      initialEpoch: 1,
      seed: 1,
      shuffle: false,
      validationFreq: 2,
    };
    for (const [key, value] of told) {
      expect(run(key === "epochs" ? { validationSplit: 0.2, [key]: value as number } : { ...around, [key]: value }), key).toBe(
        key === "epochs" ? run({ validationSplit: 0.2 }) : asIs,
      );
      if (key in other) expect(run({ ...around, [key]: other[key] }), key).not.toBe(asIs);
    }
    // Those whose default is another option's.
    expect(run({ ...around, validationBatchSize: 32, learningRate: 0.1 })).toBe(asIs);
  });
});

describe("names", () => {
  it.each(Object.entries(kinds))("%s are typed as the list has them", (name, kind) => {
    expect(readFileSync(join(root, `compiler/training/specs/${name}.ts`), "utf8")).toBe(specsOf(kind));
  });

  it("completion lists all of them", () => {
    const training = (rest: string): string => `l.sequential([], { training: { loss: "mse", optimizer: "sgd", ${rest} } });`;
    const places = {
      losses: 'l.sequential([], { training: { optimizer: "sgd", loss: "¦" } });',
      optimizers: 'l.sequential([], { training: { loss: "mse", optimizer: "¦" } });',
      metrics: training('metrics: ["¦"]'),
      initializers: 'l.dense({ units: 1, kernelInitializer: "¦" });',
      regularizers: 'l.dense({ units: 1, kernelRegularizer: "¦" });',
      constraints: 'l.dense({ units: 1, kernelConstraint: "¦" });',
      schedules: 'l.sequential([], { training: { loss: "mse", optimizer: { name: "sgd", learningRate: { name: "¦" } } } });',
    };
    for (const [kind, code] of Object.entries(places))
      expect(offered(code), kind).toEqual(expect.arrayContaining([...kinds[kind].table.keys()]));
    expect(offered('l.dense({ units: 1, activation: "¦" });')).toEqual(
      expect.arrayContaining(["relu", "leakyRelu", "leaky_relu"]),
    );
  });

  it("a right one passes, with its keys", () => {
    const right = [
      'l.dense({ units: 1, activation: "leakyRelu", kernelInitializer: { name: "constant", value: 3 }, activityRegularizer: "l2" });',
      'l.sequential([], { training: { loss: { name: "huber", delta: 2 }, optimizer: { name: "adam", beta1: 0.8, clipnorm: 1 },',
      '  metrics: ["accuracy", { name: "auc", curve: "PR", as: "pr" }] } });',
      'l.sequential([], { training: { loss: { a: "mse", b: { name: "mae" } }, optimizer: "sgd" } });',
    ];
    expect(faults(right.join("\n"))).toEqual([]);
  });

  it.each([
    'l.dense({ units: 1, activation: "relux" });',
    'l.dense({ units: 1, kernelInitializer: "glorot" });',
    'l.dense({ units: 1, kernelRegularizer: { name: "l2", l1: 0.1 } });',
    'l.dense({ units: 1, biasConstraint: "maxnorm" });',
    'l.sequential([], { training: { loss: "msee", optimizer: "sgd" } });',
    'l.sequential([], { training: { loss: { name: "mse", delta: 1 }, optimizer: "sgd" } });',
    'l.sequential([], { training: { loss: "mse", optimizer: "adan" } });',
    'l.sequential([], { training: { loss: "mse", optimizer: { name: "sgd", beta1: 0.9 } } });',
    'l.sequential([], { training: { loss: "mse", optimizer: "sgd", metrics: ["acuracy"] } });',
    'declare const name: string; l.sequential([], { training: { loss: name, optimizer: "sgd" } });',
  ])("a wrong one is an error: %s", (code) => {
    expect(faults(code)).toHaveLength(1);
  });
});

it("the public face is as it was reported: npm run update-face", () => {
  expect(publicFace()).toBe(readFileSync(join(root, "tests/fixtures/public-face.txt"), "utf8"));
});
