// A place is right when the text that starts there is the text that was meant.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { locate } from "../../src/source/locate.ts";

const folder = mkdtempSync(join(tmpdir(), "locate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, "plain.model.ts"),
  `import { sequential, dense, lstm, bidirectional } from "layerc";

export default sequential(
  [
    dense({ units: 4, activation: "relu", inputShape: [2, 0] }),
    /* a comment */ dense({ "units": -3, kernelInitializer: { name: "constant", value: NaN } }),
    bidirectional({ layer: lstm({ units: 0 }) }),
    { layer: "dense", config: { units: 1 } },
  ],
  { seed: 0.5, weights: "./missing.safetensors", loss: "mes", optimizer: { name: "sgd", momentum: 2 } },
);
`,
);
writeFileSync(
  join(folder, "named.model.ts"),
  `import { sequential, dense, type LayerSpec } from "layerc";
import { tail, width as wide } from "./blocks.js";
import head from "./head.ts";
const units = 3;
const hidden = dense({ units, activation: ("relu" as const) });
const list: LayerSpec[] = [head, hidden, ...[dense({ units: 5 }), dense({ units: 6 })], ...tail, dense({ units: wide })];
const model = sequential(list satisfies LayerSpec[]);
export default model;
`,
);
writeFileSync(
  join(folder, "blocks.ts"),
  `import { dense } from "layerc";\nexport const width = 9;\nexport const tail = [\n  dense({ units: 7 }),\n];\n`,
);
writeFileSync(join(folder, "head.ts"), `import { dense } from "layerc";\nexport default dense({ units: 2, inputShape: [1] });\n`);
writeFileSync(
  join(folder, "computed.model.ts"),
  `import { sequential, dense } from "layerc";
const size = (n: number) => [dense({ units: n })];
const loop = loop2;
const loop2 = loop;
export default sequential([dense({ units: 1 }), ...size(2), dense({ units: 3 })]);
`,
);
writeFileSync(
  join(folder, "wrapped.model.ts"),
  `import * as layerc from "layerc";\nexport default make();\nfunction make() {\n  return layerc.sequential([layerc.dense({ units: 0 })]);\n}\n`,
);
writeFileSync(
  join(folder, "ports.model.ts"),
  `import { call, model, sequential, dense, concatenate, reuse } from "layerc";
import { shared } from "./shared.ts";
const encoder = sequential([dense({ units: 3 }), dense({ units: -1, name: "deep" })], { name: "enc" });
export default model({
  inputs: { left: [4], "the right": { shape: [4], below: 0.5 } },
  layers: [
    dense({ name: "a", units: 4, inputs: ["lefd"] }),
    encoder,
    reuse("enc", { name: "again", inputs: ["the right"] }),
    sequential([encoder, dense({ units: 11 })]),
    shared,
    { layer: "model", config: { layers: [{ layer: "dense", config: { units: 12 } }] }, inputs: ["a"] },
    call(encoder, { name: "third", inputs: ["a"] }),
    concatenate({ inputs: ["a", "again"] }),
  ],
  outputs: { p: "concat", q: "nowhere" },
  training: { loss: { p: "mes", q: "mse" }, lossWeights: { r: 1 }, optimizer: "sgd" },
  about: { features: { left: ["one"] } },
});
`,
);
writeFileSync(
  join(folder, "shared.ts"),
  `import { dense, model } from "layerc";
export const shared = model({ inputs: [{ name: "in", shape: [0] }], layers: [dense({ units: 7 })], outputs: ["denes"] });
`,
);
writeFileSync(
  join(folder, "made.model.ts"),
  `import { adapt, dense, fit, model, normalization, sequential } from "layerc";
const part = sequential([dense({ units: 1 })]);
const net = model({ inputs: { x: [2] }, layers: [normalization({ name: "scale", axis: 9 }), part] });
const other = sequential([dense({ units: 2 })]);
export default { ...fit(adapt(net, "scale", [1, 2]), { x: [1, 2], y: [1] }).model, name: "made" };
`,
);
writeFileSync(
  join(folder, "data.model.ts"),
  `export default { name: "data", seed: 1, layers: [{ layer: "dense", config: { units: 0, inputShape: [1] } }] };\n`,
);
writeFileSync(join(folder, "empty.model.ts"), "export const a = 1;\n");

/** The text from the place on. */
async function at(file: string, path: string): Promise<string | undefined> {
  const place = await locate(join(folder, file), path);
  if (place === undefined) return undefined;
  return readFileSync(place.file, "utf8")
    .split("\n")
    [(place.line ?? 0) - 1].slice((place.column ?? 0) - 1);
}

it.each([
  ["layers[0].units", /^units: 4/],
  ["layers[0].inputShape[1]", /^0\]/],
  ["layers[0].activation", /^activation: "relu"/],
  ["layers[1].units", /^"units": -3/],
  ["layers[1].kernelInitializer.value", /^value: NaN/],
  ["layers[1]", /^dense\(\{ "units"/],
  ["layers[1].useBias", /^dense\(\{ "units"/],
  ["layers[2].layer.units", /^units: 0/],
  ["layers[2].layer.config.units", /^units: 0/],
  ["layers[3].config.units", /^units: 1/],
  ["layers[9].units", /^sequential\(/],
  ["layers", /^sequential\(/],
  ["seed", /^seed: 0.5/],
  ["weights", /^weights: "/],
  ["training.loss", /^loss: "mes"/],
  ["training.optimizer.momentum", /^momentum: 2/],
  ["training.optimizer.nesterov", /^optimizer: /],
  ["", /^sequential\(/],
])("finds %s where it is written", async (path, text) => {
  expect(await at("plain.model.ts", path)).toMatch(text);
});

it.each([
  ["layers[0].units", /^units: 2/],
  ["layers[1].units", /^units, activation/],
  ["layers[1].activation", /^activation: \(/],
  ["layers[2].units", /^units: 5/],
  ["layers[3].units", /^units: 6/],
  ["layers[4].units", /^units: 7/],
  ["layers[5].units", /^units: wide/],
  ["", /^sequential\(list/],
])("follows names, spreads and imports to %s", async (path, text) => {
  expect(await at("named.model.ts", path)).toMatch(text);
});

it("does not count past a list that is computed", async () => {
  expect(await at("computed.model.ts", "layers[0].units")).toMatch(/^units: 1/);
  expect(await at("computed.model.ts", "layers[2].units")).toMatch(/^sequential\(/);
});

it("finds the call inside a function", async () => {
  expect(await at("wrapped.model.ts", "layers[0].units")).toMatch(/^units: 0/);
});

it("gives nothing for a file without a model, or without the file", async () => {
  expect(await at("empty.model.ts", "layers[0]")).toBeUndefined();
  expect(await at("missing.model.ts", "layers[0]")).toBeUndefined();
});

it.each([
  ["inputs[0].shape", /^left: \[4\]/],
  ["inputs[0]", /^left: /],
  ["inputs[1].name", /^"the right": /],
  ["inputs[1].below", /^below: 0.5/],
  ["inputs[2]", /^inputs: /],
  ["outputs[0]", /^p: "concat"/],
  ["outputs[1]", /^q: "nowhere"/],
  ["layers[0].units", /^units: 4/],
  ["layers[0].inputs[0]", /^"lefd"/],
  ["layers[1].layers[0].units", /^units: 3/],
  ["layers[1].layers[1].units", /^units: -1/],
  ["layers[1].layers[1].name", /^name: "deep"/],
  ["layers[1].inputs", /^encoder,/],
  ["layers[2].of", /^"enc", \{/],
  ["layers[2].inputs[0]", /^"the right"\]/],
  ["layers[2].layers[0].units", /^reuse\("enc"/],
  ["layers[3].layers[1].units", /^units: 11/],
  ["layers[3].layers[0].layers[1].units", /^units: -1/],
  ["layers[4].layers[0].units", /^units: 7/],
  ["layers[4].inputs[0].shape", /^shape: \[0\]/],
  ["layers[4].outputs[0]", /^"denes"/],
  ["layers[5].layers[0].units", /^units: 12/],
  ["layers[5].inputs[0]", /^"a"\] \}/],
  ["layers[6].name", /^name: "third"/],
  ["layers[6].inputs[0]", /^"a"\] \}\)/],
  ["layers[6].layers[1].units", /^units: -1/],
  ["layers[7].inputs[1]", /^"again"/],
  ["training.loss.p", /^p: "mes"/],
  ["training.lossWeights.r", /^r: 1/],
  ["about.features.left", /^left: \["one"/],
  ["layers[9]", /^model\(/],
  ["seed", /^model\(/],
])("finds %s of a model with ports", async (path, text) => {
  expect(await at("ports.model.ts", path)).toMatch(text);
});

it("finds the model that another is made from, and one that is data", async () => {
  expect(await at("made.model.ts", "layers[0].axis")).toMatch(/^axis: 9/);
  expect(await at("made.model.ts", "layers[1].layers[0].units")).toMatch(/^units: 1/);
  expect(await at("data.model.ts", "layers[0].units")).toMatch(/^units: 0/);
});
