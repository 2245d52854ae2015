// Two classes: whether a penguin is male, from four measurements and its species.
import { dense, normalization, sequential } from "layerc";

export default sequential(
  [normalization({ inputShape: [7] }), dense({ units: 12, activation: "relu" }), dense({ units: 1, activation: "sigmoid" })],
  {
    name: "sex",
    seed: 3,
    training: { loss: "binary_crossentropy", optimizer: { name: "adam", learningRate: 0.01 }, metrics: ["accuracy"] },
  },
);
