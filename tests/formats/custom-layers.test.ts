// Layers of a file's author, by definitions that are given beside it: whole files that Keras wrote, as .keras and .h5 and in the form of
// TensorFlow.js; where variables go by names, by order and by the definition's own word; and every way in which a definition is wrong.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import { openHdf5 } from "../../src/formats/hdf5/index.ts";
import {
  dense,
  type LayerDefinitions,
  layerNormalization,
  type Model,
  open,
  sequential,
  type Variable,
} from "../../src/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import * as definitions from "../fixtures/custom/definitions.ts";
import { diagnosticOf } from "../support/error.ts";

const folder = join(import.meta.dirname, "../fixtures/custom");
const bytesOf = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(folder, `${name}.gz`))));
interface Case {
  readonly x: readonly number[];
  readonly y: readonly number[];
}
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<string, Case>;
const { Scale, Block, Attention, Net, bump, plain_act } = definitions;
const all: LayerDefinitions = { Scale, Block, Attention, Net, bump, plain_act };

const opened = (file: string, layers: LayerDefinitions = all): Model => open(bytesOf(file), file, { layers });
function expectNumbers(model: Model, name: string, where: string): void {
  const { x, y } = expected[name];
  // In lanes for archives, in plain JavaScript for the others: which of them runs does not depend on the reader.
  const target = where.endsWith(".keras") ? "simd" : "js";
  expectClose(
    load<Predictor>(compile(model, { target, selfTest: false })).predict(x as never) as Float32Array,
    y,
    standard.layers,
    where,
  );
}

describe("files that Keras wrote", () => {
  it.each(["whole.keras", "whole.h5", "wrapped.keras", "wrapped.h5", "net.keras", "activated.keras", "activated.h5"])(
    "%s gives Keras' numbers",
    (file) => {
      expectNumbers(opened(file), file.replace(/\..*/, ""), file);
    },
  );

  it("name an activation that nobody defined, and one that is applied at every step", () => {
    const refused = (file: string, layers: LayerDefinitions) => diagnosticOf(() => opened(file, layers));
    expect(refused("activated.keras", {})).toMatchObject({ code: "format/unsupported", message: expect.stringMatching(/"my>bump" is an activation/) }); // biome-ignore format: one line
    expect(refused("within.keras", all)).toMatchObject({ code: "format/unsupported", message: expect.stringMatching(/"my>bump".*at every step/) }); // biome-ignore format: one line
  });

  it("take a class by its whole name first, and hand over config and call as the file has them", () => {
    const seen: unknown[] = [];
    const watching: LayerDefinitions = {
      "Custom>Scale": (config, layer) => {
        seen.push(config, layer);
        return Scale(config as never);
      },
      Scale: () => [],
      "my>Block": Block as never,
      "my>Attention": (_, layer) => {
        seen.push(layer);
        return Attention(_, layer);
      },
    };
    for (const file of ["whole.keras", "whole.h5"]) expectNumbers(opened(file, watching), "whole", file);
    expect(seen[0]).toMatchObject({ name: "scale", trainable: true, factor: 0.5 });
    expect(seen[1]).toEqual({ name: "scale", className: "Scale", call: {} });
    expect(seen).toContainEqual({ name: "mix", className: "my>Attention", call: { amount: 0.25 } });
  });

  it("are refused by class and with the flag that helps, also where Keras has a layer of that name", () => {
    for (const file of ["whole.keras", "whole.h5"]) {
      const { Attention: _, ...others } = all;
      expect(diagnosticOf(() => opened(file, others))).toMatchObject({
        code: "format/unsupported",
        message: expect.stringMatching(/^"(my>)?Attention" is a layer of the file's author$/),
        hint: expect.stringContaining("--layer Attention=./attention.ts"),
      });
      expect(diagnosticOf(() => opened(file, {})).hint).toContain("--layer Scale=./scale.ts");
    }
    expect(diagnosticOf(() => opened("wrapped.keras", {}))).toMatchObject({ hint: expect.stringContaining("--layer Scale") });
    expect(diagnosticOf(() => opened("net.keras", {}))).toMatchObject({ hint: expect.stringContaining("--layer Net") });
  });
});

/** The config of `whole.h5`, in the form in which TensorFlow.js keeps one: tensors by name behind each other. */
function asTfjs(): readonly [Uint8Array, Uint8Array] {
  const root = openHdf5(bytesOf("whole.h5"));
  const group = root.get("model_weights");
  if (group?.kind !== "group") throw new Error("no weights");
  const weights: { name: string; shape: readonly number[]; dtype: string }[] = [];
  const numbers: number[] = [];
  for (const layer of group.attribute("layer_names") as readonly string[]) {
    const own = group.get(layer);
    if (own?.kind !== "group") continue;
    for (const name of own.attribute("weight_names") as readonly string[]) {
      const data = own.get(name);
      if (data?.kind !== "dataset") continue;
      weights.push({ name, shape: data.shape ?? [], dtype: "float32" });
      numbers.push(...data.numbers());
    }
  }
  const modelTopology = { model_config: JSON.parse(String(root.attribute("model_config"))), keras_version: "3.15.1" };
  const manifest = { format: "layers-model", modelTopology, weightsManifest: [{ paths: ["w.bin"], weights }] };
  return [new TextEncoder().encode(JSON.stringify(manifest)), new Uint8Array(Float32Array.from(numbers).buffer)];
}

describe("a model of TensorFlow.js", () => {
  it("has custom layers too", () => {
    const [json, shard] = asTfjs();
    expectNumbers(open(json, "model.json", { layers: all, beside: () => shard }), "whole", "tfjs");
    expect(diagnosticOf(() => open(json, "model.json", { beside: () => shard }))).toMatchObject({
      hint: expect.stringContaining("--layer Scale=./scale.ts"),
    });
  });
});

describe("a wrapper", () => {
  it("may have arrays that are not named after the layer in it, as Keras 2 wrote them", () => {
    // Names in the file's groups and lists, not in its config: there they stand in quotes.
    const other = Buffer.from(bytesOf("wrapped.h5"))
      .toString("latin1")
      .replaceAll(/(?<!")scale(?=[/\0])/g, "inner");
    const bytes = new Uint8Array(Buffer.from(other, "latin1"));
    expect(other).toContain("each/inner/gain");
    expectNumbers(open(bytes, "wrapped.h5", { layers: all }), "wrapped", "other names");
  });
});

describe("variables", () => {
  it("go where the definition's own function says", () => {
    const names: string[][] = [];
    const Own = ({ units }: { units: number }) => {
      const given = Block({ units });
      const weights = (variables: readonly Variable[]) => {
        names.push(variables.map(({ name }) => name));
        const own = (name: string) => variables.find((one) => one.name === name)?.values ?? new Float32Array();
        const pairs: readonly (readonly [string, string])[] = [
          ...["wide", "back"].flatMap(
            (line) =>
              [
                [`${line}/kernel`, `${line}/0`],
                [`${line}/bias`, `${line}/1`],
              ] as const,
          ),
          ...["gamma", "beta", "moving_mean", "moving_variance"].map((name, i) => [`norm/${name}`, `norm/${i}`] as const),
          ...["dense", "dense_1"].flatMap(
            (line) =>
              [
                [`tail/${line}/kernel`, `tail/layers/${line}/0`],
                [`tail/${line}/bias`, `tail/layers/${line}/1`],
                [`steps/${line}/kernel`, `steps/${line}/0`],
                [`steps/${line}/bias`, `steps/${line}/1`],
              ] as const,
          ),
        ];
        return Object.fromEntries(pairs.map(([weight, variable]) => [weight, own(variable)]));
      };
      return { ...given, weights };
    };
    expectNumbers(opened("whole.keras", { ...all, Block: Own }), "whole", "own weights");
    expect(names[0]).toContain("tail/layers/dense_1/0");
    // In an .h5 file they have names of their own.
    const weights = (variables: readonly Variable[]) => {
      names.push(variables.map(({ name }) => name));
      return { "times/kernel": [0, 0, 0], "times/bias": [0, 0, 0] };
    };
    opened("whole.h5", { ...all, Scale: (config) => ({ layers: Scale(config as never), weights }) });
    expect(names[1]).toEqual(["gain", "shift"]);
  });

  it("may be none, and the definition bring its own", () => {
    const bytes = bytesOf("whole.keras");
    const config = (class_name: string, more: object) => ({ class_name, config: { name: class_name.toLowerCase(), ...more } });
    const modelTopology = { class_name: "Sequential", config: [config("Own", { batch_input_shape: [null, 2] }), config("Dense", { units: 1, use_bias: false })] };
    const weightsManifest = [{ paths: ["w.bin"], weights: [{ name: "dense/kernel", shape: [2, 1], dtype: "float32" }] }];
    const json = new TextEncoder().encode(JSON.stringify({ modelTopology, weightsManifest }));
    const Own = () => sequential([dense({ name: "d", units: 2, useBias: false, inputShape: [2] })], { weights: { "d/kernel": Float32Array.of(1, 0, 0, 2) } });
    const made = open(json, "", { layers: { Own }, beside: () => new Uint8Array(Float32Array.of(3, 5).buffer) });
    expect(Array.from(load<Predictor>(compile(made)).predict([1, 10]) as Float32Array)).toEqual([103]);
    const Bare = () => sequential([dense({ name: "d", units: 3, inputShape: [3] })], { weights: { "d/kernel": new Float32Array(9), "d/bias": Float32Array.of(1, 2, 3) } }); // biome-ignore format: one line
    // The layer has variables, so that these would be left out.
    expect(diagnosticOf(() => open(bytes, "", { layers: { ...all, Scale: Bare } })).message).toMatch(/needs shape \[3, 3\]/);
  }); // biome-ignore format: one line each
});

type Wrong = readonly [what: string, layers: LayerDefinitions, message: RegExp, file?: string];
const withScale = (definition: unknown): LayerDefinitions => ({ ...all, Scale: definition as never });
const wrong: readonly Wrong[] = [
  ["throws", withScale(() => { throw new TypeError("no such thing"); }), /"Scale" for the layer "scale" threw TypeError: no such thing$/], // biome-ignore format: one line
  ["makes a wrong model", withScale(() => sequential("no" as never)), /threw .*sequential takes a list of layers/],
  ["is no function", withScale({ default: Scale }), /is no function$/],
  ["gives nothing", withScale(() => undefined), /gives undefined$/],
  ["gives a number", withScale(() => 3), /gives 3$/],
  ["gives no line", withScale(() => []), /gives no line$/],
  ["gives a Promise", withScale(async () => Scale({ factor: 1 })), /gives a Promise/],
  ["gives a function", withScale(() => dense), /gives a function: call it$/],
  ["gives a list of something else", withScale(() => [dense]), /gives a list with something else than lines$/],
  ["gives another object", withScale(() => ({ line: 1 })), /gives an object with line$/],
  ["has too few weights", withScale(() => dense({ units: 3, useBias: false })), /needs 1 variables \(kernel\), the file holds 2 \(0, 1\)$/],
  ["has too many", withScale(() => layerNormalization({ rmsScaling: true })), /needs 1 variables \(gamma\), the file holds 2/],
  ["has others", withScale(() => dense({ units: 3 })), /needs shape \[3, 3\] for "kernel", the file gives \[3\] in "0"$/],
  ["has others, in .h5", withScale(() => dense({ units: 3 })), /needs shape \[3, 3\] for "kernel", the file gives \[3\] in "gain"$/, "whole.h5"],
  ["gives weights that are none", withScale(() => ({ layers: dense({ units: 3 }), weights: () => 5 })), /gives weights that are no object by name$/],
  ["forgets a weight", withScale(() => ({ layers: dense({ units: 3 }), weights: () => ({ kernel: new Float32Array(9) }) })), /gives no weight "bias"$/],
  ["gives a strange weight", withScale(() => ({ layers: dense({ units: 3 }), weights: () => ({ kernels: [] }) })), /gives the weight "kernels", its lines have "kernel", "bias"$/],
  ["gives a weight too short", withScale(() => ({ layers: dense({ units: 3 }), weights: () => ({ kernel: [1], bias: [1, 2, 3] }) })), /gives a weight "kernel" that does not fit/],
  ["throws over weights", withScale(() => ({ layers: dense({ units: 3 }), weights: () => { throw new Error("why"); } })), /threw Error: why$/],
  ["leaves sublayers without names", { ...all, Block: () => sequential([dense({ units: 6 }), dense({ units: 3 })]) }, /"Block" for the layer "block" has no lines of these names, and the file holds variables in "back", "norm", "steps\/dense"/],
  ["has half of the names by chance", { ...all, Block: (config) => { const { layers: [wide, back, ...rest], ...more } = Block(config as never); return { ...more, layers: [{ ...wide, name: "back" }, { ...back, name: "wide_1" }, ...rest.map((line) => (line.layer === "add" ? { ...line, inputs: ["wide_1", "x"] } : line))] }; } }, /"Block" for the layer "block" has no lines of these names, and the file holds variables in "wide"$/],
  ["misses a sublayer", { ...all, Net: ({ units }: { units: number }) => [dense({ name: "begin", units }), dense({ name: "lost", units: 2, useBias: false })] } as never, /has no lines of these names, and the file holds variables in "last"$/, "net.keras"],
]; // biome-ignore format: one table

describe("a definition that", () => {
  it.each(wrong.map(([what, ...rest]) => ({ what, rest })))("$what is an error that names it", ({ rest }) => {
    const [layers, message, file = "whole.keras"] = rest;
    const found = diagnosticOf(() => opened(file, layers));
    expect(found).toMatchObject({ code: "format/custom-layer", message: expect.stringMatching(message) });
    expect(found.path).toMatch(/^config/);
  });

  it("gives lines that do not compile is named in a note", () => {
    const found = diagnosticOf(() =>
      opened(
        "whole.keras",
        withScale(() => dense({ units: -1 })),
      ),
    );
    expect(found).toMatchObject({ code: "layer/config", path: "layers[0].units" });
    expect(found.notes).toContain('the lines there are what the definition of "Scale" gives for the layer "scale"');
  });

  it("is in vain for a class that layerc has does nothing", () => {
    expectNumbers(opened("whole.keras", { ...all, Dense: () => [] }), "whole", "Dense");
  });
});
