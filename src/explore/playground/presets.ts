// What the playground opens with, and offers. In: nothing. Out: texts, each with the rows it is trained on. Guarantee: each is a model file as the
// command line takes it, and learns its rows (tests/explore/playground-presets.test.ts). A preset is a row of the table.

/** A list that runs at once. */
export interface Preset {
  readonly id: string;
  readonly title: string;
  /** An id of `datasets`. */
  readonly data: string;
  readonly text: string;
}

/** In a template of its own, since no file of ours exports a default. */
const model = "export default sequential";

/** Every preset, in the order of the menu; the first is what a visitor sees. */
export const presets: readonly Preset[] = [
  {
    id: "seed",
    title: "Seed net 2-4-3-1",
    data: "product",
    text: `// The smallest net that shows everything.
import { dense, sequential } from "layerc";

${model}(
  [
    dense({ name: "hidden1", units: 4, activation: "relu", inputShape: [2] }),
    dense({ name: "hidden2", units: 3, activation: "relu" }),
    dense({ name: "output", units: 1 }),
  ],
  {
    name: "seed-2-4-3-1",
    seed: 42,
    training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 } },
  },
);
`,
  },
  {
    id: "spirals",
    title: "Two spirals",
    data: "spirals",
    text: `import { dense, sequential } from "layerc";

${model}(
  [
    dense({ units: 16, activation: "tanh", inputShape: [2] }),
    dense({ units: 16, activation: "tanh" }),
    dense({ units: 1, activation: "sigmoid" }),
  ],
  {
    name: "spirals",
    seed: 1,
    training: {
      loss: "binary_crossentropy",
      optimizer: { name: "adam", learningRate: 0.02 },
      metrics: ["accuracy"],
    },
  },
);
`,
  },
  {
    id: "arms",
    title: "Three spirals",
    data: "arms",
    text: `import { dense, sequential } from "layerc";

${model}(
  [
    dense({ units: 16, activation: "tanh", inputShape: [2] }),
    dense({ units: 16, activation: "tanh" }),
    dense({ units: 3, activation: "softmax" }),
  ],
  {
    name: "arms",
    seed: 1,
    training: {
      loss: "sparse_categorical_crossentropy",
      optimizer: { name: "adam", learningRate: 0.02 },
      metrics: ["accuracy"],
    },
  },
);
`,
  },
  {
    id: "iris",
    title: "Iris",
    data: "iris",
    text: `import { dense, sequential } from "layerc";

${model}(
  [
    dense({ units: 8, activation: "relu", inputShape: [4] }),
    dense({ units: 3, activation: "softmax" }),
  ],
  {
    name: "iris",
    seed: 2,
    training: {
      loss: "sparse_categorical_crossentropy",
      optimizer: { name: "adam", learningRate: 0.02 },
      metrics: ["accuracy"],
    },
    about: { classes: ["setosa", "versicolor", "virginica"] },
  },
);
`,
  },
  {
    id: "digits",
    title: "Digits",
    data: "digits",
    text: `import { conv2d, dense, flatten, maxPooling2d, sequential } from "layerc";

${model}(
  [
    conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [14, 14, 1] }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 10, activation: "softmax" }),
  ],
  {
    name: "digits",
    seed: 3,
    training: {
      loss: "sparse_categorical_crossentropy",
      optimizer: { name: "adam", learningRate: 0.005 },
      metrics: ["accuracy"],
    },
  },
);
`,
  },
  {
    id: "waves",
    title: "Waves, a recurrent net",
    data: "waves",
    text: `import { dense, gru, sequential } from "layerc";

${model}(
  [
    gru({ units: 8, inputShape: [12, 1] }),
    dense({ units: 1 }),
  ],
  {
    name: "waves",
    seed: 4,
    training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 } },
  },
);
`,
  },
];
