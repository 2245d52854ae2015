// The species of a penguin from four measurements: bill length and depth (mm), flipper length (mm), body mass (g).
import { dense, normalization, sequential } from "layerc";

/** In the order of the outputs. */
export const species = ["Adelie", "Chinstrap", "Gentoo"];

export default sequential(
  [
    normalization({ name: "scale", inputShape: [4] }),
    dense({ name: "hidden", units: 10, activation: "relu" }),
    dense({ name: "species", units: 3, activation: "softmax" }),
  ],
  {
    name: "penguins",
    seed: 3,
    training: { loss: "sparse_categorical_crossentropy", optimizer: { name: "adam", learningRate: 0.01 } },
  },
);
