// Many classes: the species of a penguin from four measurements. The names of the classes come from the data.
import { dense, normalization, sequential } from "layerc";

export default sequential(
  [normalization({ inputShape: [4] }), dense({ units: 10, activation: "relu" }), dense({ units: 3, activation: "softmax" })],
  {
    name: "species",
    seed: 3,
    training: { loss: "sparse_categorical_crossentropy", optimizer: { name: "adam", learningRate: 0.01 }, metrics: ["accuracy"] },
  },
);
