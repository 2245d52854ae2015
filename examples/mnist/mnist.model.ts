// LeNet-5 as it is built today: a picture of a digit to ten probabilities.
import { conv2d, dense, dropout, flatten, maxPooling2d, sequential } from "layerc";

export default sequential(
  [
    conv2d({ filters: 6, kernelSize: 5, padding: "same", activation: "relu", inputShape: [28, 28, 1] }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.25 }),
    dense({ units: 120, activation: "relu" }),
    dropout({ rate: 0.25 }),
    dense({ units: 84, activation: "relu" }),
    dense({ units: 10, activation: "softmax" }),
  ],
  {
    name: "mnist",
    seed: 1,
    training: {
      loss: "sparse_categorical_crossentropy",
      optimizer: { name: "adam", learningRate: 0.001 },
      metrics: ["accuracy"],
    },
    about: { classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] },
  },
);
