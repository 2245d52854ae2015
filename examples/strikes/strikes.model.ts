// How large an animal was that met an aircraft, from the words of the report: textVectorization, embedding, gru. The vocabulary is `adapt`'s.
import { dense, embedding, gru, model, textVectorization } from "layerc";

/** In the order of the outputs. */
export const sizes = ["Small", "Medium", "Large"];

export default model({
  name: "strikes",
  seed: 2,
  inputs: { report: { shape: [1], type: "string" } },
  layers: [
    textVectorization({ name: "words", inputs: ["report"], maxTokens: 120, outputSequenceLength: 8 }),
    embedding({ name: "meaning", inputs: ["words"], inputDim: 120, outputDim: 12, maskZero: true }),
    gru({ name: "reader", inputs: ["meaning"], units: 16 }),
    dense({ name: "size", inputs: ["reader"], units: 3, activation: "softmax" }),
  ],
  outputs: "size",
  about: { classes: sizes },
  training: {
    loss: "sparse_categorical_crossentropy",
    optimizer: { name: "adam", learningRate: 0.01 },
    metrics: ["accuracy"],
  },
});
