// One exercise for a module on any engine: text for engines that are not this one, data without NaN in it. In: a random or given
// model's data. Out: everything the module computed, as bits, so that engines can be compared.
import type { Predictor } from "../../runtime/load.ts";

export interface Data {
  readonly train: boolean;
  /** Numbers of one row. */
  readonly size: number;
  /** Inputs, each as bits of float32: JSON has no NaN. The first also trains, with the targets. */
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

export const bitsOf = (numbers: Float32Array): number[] => [
  ...new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length),
];

/** The body of a function of `module` and `data`. All NaNs are one value. */
export const drive = `const floats = (bits) => new Float32Array(Int32Array.from(bits).buffer);
const out = [];
const note = (numbers) => {
  const copy = Float32Array.from(numbers);
  const bits = new Int32Array(copy.buffer);
  for (let i = 0; i < copy.length; i++) out.push(copy[i] === copy[i] ? bits[i] : "NaN");
};
const [x, ...others] = data.inputs.map(floats);
const y = floats(data.targets);
const predict = () => {
  note(module.predict(x));
  note(module.predict(x.slice(0, data.size)));
};
predict();
for (const other of others) note(module.predict(other));
if (data.train) {
  for (let step = 0; step < 3; step++) {
    note([module.trainStep(x, y)]);
    for (const weights of module.getWeights()) note(weights);
    predict();
  }
  note([module.evaluate(x, y).loss]);
}
return out;`;

/** The same on this engine. */
export const driveHere = (module: Predictor, data: Data): (number | "NaN")[] =>
  new Function("module", "data", drive)(module, data);

/** What `drive` gave, as numbers. */
export const numbersOf = (out: readonly (number | "NaN")[]): number[] =>
  out.map((bits) => (bits === "NaN" ? Number.NaN : new Float32Array(Int32Array.of(bits).buffer)[0]));
