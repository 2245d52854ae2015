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
writeFileSync(join(folder, "empty.model.ts"), "export const a = 1;\n");

/** The text from the place on. */
async function at(file: string, path: string): Promise<string | undefined> {
  const place = await locate(join(folder, file), path);
  if (place === undefined) return undefined;
  return readFileSync(place.file, "utf8")
    .split("\n")
    [place.line - 1].slice(place.column - 1);
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
