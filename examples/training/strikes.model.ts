// Text: how large an animal was that met an aircraft, from the words of the report. The vocabulary is that of the rows trained with.
import { dense, embedding, globalAveragePooling1d, model, textVectorization } from "layerc";

export default model({
  name: "strikes",
  seed: 2,
  inputs: { report: { shape: [1], type: "string" } },
  layers: [
    textVectorization({ inputs: ["report"], maxTokens: 200, outputSequenceLength: 8 }),
    embedding({ inputDim: 200, outputDim: 16, maskZero: true }),
    globalAveragePooling1d(),
    dense({ name: "size", units: 3, activation: "softmax" }),
  ],
  training: {
    loss: "sparse_categorical_crossentropy",
    optimizer: { name: "adam", learningRate: 0.01 },
    metrics: ["accuracy"],
  },
});
