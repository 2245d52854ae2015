// Pictures: which digit a picture of 28 x 28 shows.
import { conv2d, dense, dropout, flatten, maxPooling2d, sequential } from "layerc";

export default sequential(
  [
    conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.25 }),
    dense({ units: 10, activation: "softmax" }),
  ],
  {
    name: "digits",
    seed: 1,
    training: { loss: "sparse_categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] },
    about: { classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] },
  },
);
