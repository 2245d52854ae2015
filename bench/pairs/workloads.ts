// What `npm run bench:pair` compares, a line each, of the nets of nets.ts. In: nothing. Out: works with their options. Guarantee:
// names are unique; nothing here depends on which checkout compiles it.
import type { OptionsInput } from "../../src/index.ts";
import type { Net } from "../nets.ts";
import * as nets from "../nets.ts";

/** One thing to be timed. */
export interface Pairing {
  readonly name: string;
  readonly net: Net;
  readonly rows: number;
  readonly options: OptionsInput;
  readonly kind: "predict" | "train";
}

export const optimizer = "adam";

const predict = (net: Net, rows: number, options: OptionsInput = {}): Pairing => {
  const knobs = Object.keys(options).length === 0 ? "" : ` ${JSON.stringify(options)}`;
  return { name: `${net.name} x${rows}${knobs}`, net, rows, options, kind: "predict" };
};
const train = (net: Net, rows: number): Pairing => ({
  name: `${net.name} x${rows}, step of ${optimizer}`,
  net,
  rows,
  options: { train: true, batch: rows },
  kind: "train",
});

export const pairings: readonly Pairing[] = [
  ...nets.denseNets.flatMap((net) => [1, 32].map((rows) => predict(net, rows))),
  predict(nets.conv8, 1),
  predict(nets.conv32, 1),
  predict(nets.depthwise, 1),
  predict(nets.depthwise, 32),
  predict(nets.grouped, 1),
  predict(nets.pairs, 1),
  predict(nets.dscnn, 1),
  predict(nets.dscnn, 32),
  predict(nets.pool, 1),
  predict(nets.lenet, 1),
  predict(nets.lenet, 32),
  predict(nets.mnist, 1),
  predict(nets.mnist, 32),
  predict(nets.mobilenet, 1),
  predict(nets.mobilenet, 32),
  predict(nets.encoder, 1),
  predict(nets.encoder, 32),
  predict(nets.lstm64, 1),
  predict(nets.text, 1),
  predict(nets.softmax, 1),
  predict(nets.layerNorm, 1),
  ...nets.elementary.map((net) => predict(net, 1)),
  train(nets.netNamed("2-4-3-1"), 32),
  train(nets.netNamed("4-10-3"), 32),
  train(nets.normalised, 32),
  train(nets.lenet, 32),
  train(nets.mnist, 32),
  train(nets.strided, 32),
  train(nets.lstm64, 32),
  train(nets.gru64, 32),
];

/** Whose compile time is compared: with default options, as a user compiles them, and as training modules. */
export const compilings: readonly Pairing[] = [
  ...[nets.netNamed("784-128-64-10"), nets.lenet, nets.dscnn, nets.hundred].map((net) => ({
    ...predict(net, 1),
    name: `compile ${net.name}`,
  })),
  ...[nets.lenet, nets.lstm64, nets.hundred].map((net) => ({ ...train(net, 32), name: `compile ${net.name} with training` })),
];

export const pairingNamed = (name: string): Pairing => {
  const found = [...pairings, ...compilings].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no work is named ${name}`);
  return found;
};
