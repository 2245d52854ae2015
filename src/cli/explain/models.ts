// Examples of what is wrong with a model: its shapes, its lines, and the text of a Graph.
import { compile, type Example, file, good, head, model, net, type Pairs, simpleSpec, spec } from "./pair.ts";

const ports = (lines: string): Example => file(`${head}export default l.model({ ${lines} });\n`);
const about = (names: string): Example =>
  file(`${head}export default l.sequential([l.dense({ units: 2, inputShape: [3] })], { about: { classes: ${names} } });\n`);
/** The text of a Graph that doubles its input. */
const ir = (node: string, values = '{ "x": [1, 2] }'): Example => ({
  files: {
    "net.graph": `graph predict\n  %0 = input {name: "x", shape: [n, 2]} : [n, 2]\n  %1 = ${node}\nresults\n  y = %1\nend\n`,
    "values.json": `${values}\n`,
  },
  run: "layerc run - --input values.json < net.graph",
});
const doubled = ir("add(%0, %0) : [n, 2]");
const fitted = (lines: string): Example =>
  file(
    `${head}export default l.sequential([${lines}], { training: { loss: "mse", optimizer: "sgd" } });\n`,
    `${compile} --train`,
  );

/** Pairs of shape/*, op/*, ir/*, graph/*, autodiff/*, model/*, layer/* and stream/*. */
export const models: Pairs = {
  "shape/mismatch": {
    wrong: net("l.reshape({ targetShape: [3], inputShape: [4] })"),
    right: net("l.reshape({ targetShape: [2, 2], inputShape: [4] })"),
  },
  "shape/rank": {
    wrong: net("l.conv2d({ filters: 1, kernelSize: 3, inputShape: [8, 8] })"),
    right: net("l.conv2d({ filters: 1, kernelSize: 3, inputShape: [8, 8, 1] })"),
  },
  "shape/unknown-size": { wrong: net("l.dense({ units: 2 })"), right: good },
  "model/empty": { wrong: net(""), right: good },
  "model/schema": { wrong: net('"dense"'.concat(" as never")), right: good },
  "model/inputs": { wrong: model('l.add({ inputs: ["a", "c"] })'), right: model('l.add({ inputs: ["a", "b"] })') },
  "layer/unknown": {
    wrong: spec('{ "layers": [{ "layer": "Dense", "config": { "units": 2, "inputShape": [3] } }] }\n'),
    right: spec(simpleSpec),
  },
  "layer/name": {
    wrong: net('l.dense({ name: "a", units: 2, inputShape: [3] }), l.dense({ name: "a", units: 2 })'),
    right: net('l.dense({ name: "a", units: 2, inputShape: [3] }), l.dense({ name: "b", units: 2 })'),
  },
  "layer/config": { wrong: net("l.dense(4 as never)"), right: net("l.dense({ units: 4, inputShape: [3] })") },
  "layer/unsupported": {
    wrong: net("l.dense({ units: 2, inputShape: [3], loraRank: 4 } as never)"),
    right: good,
  },

  "shape/too-large": { wrong: net("l.dense({ units: 1e9, inputShape: [3] })"), right: good },
  "op/unknown": { wrong: ir("plus(%0, %0) : [n, 2]"), right: doubled },
  "op/attrs": {
    wrong: ir("broadcast(%0) {shape: [n, 2, 3]} : [n, 2, 3]"),
    right: ir("broadcast(%0) {shape: [n, 2, 3], axes: [0, 1]} : [n, 2, 3]"),
  },
  "ir/parse": { wrong: ir("add(%0 %0) : [n, 2]"), right: doubled },
  "graph/values": { wrong: ir("add(%0, %0) : [n, 2]", '{ "z": [1, 2] }'), right: doubled },
  "model/port": {
    wrong: ports('inputs: { "a/b": [2] }, layers: [l.dense({ units: 1 })]'),
    right: ports("inputs: { a: [2] }, layers: [l.dense({ units: 1 })]"),
  },
  "model/unused": {
    wrong: model('l.dense({ units: 2, inputs: ["a"] }), l.add({ inputs: ["a", "b"] })'),
    right: model('l.dense({ name: "c", units: 2, inputs: ["a"] }), l.add({ inputs: ["c", "b"] })'),
  },
  "model/about": { wrong: about('["cat"]'), right: about('["cat", "dog"]') },
  "layer/untrained": {
    wrong: fitted("l.randAugment({ inputShape: [8, 8, 3] }), l.flatten(), l.dense({ units: 1 })"),
    right: fitted("l.flatten({ inputShape: [8, 8, 3] }), l.dense({ units: 1 })"),
  },
  "stream/refused": {
    wrong: net("l.globalAveragePooling1d({ inputShape: [4, 2] })", `${compile} --stream`),
    right: net("l.lstm({ units: 2, inputShape: [4, 2] })", `${compile} --stream`),
  },
};
