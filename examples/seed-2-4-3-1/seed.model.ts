// The smallest net that shows everything: two inputs, hidden layers of four and three, one output.
import { dense, sequential } from "layerc";

export default sequential(
  [
    dense({ name: "hidden1", units: 4, activation: "relu", inputShape: [2] }),
    dense({ name: "hidden2", units: 3, activation: "relu" }),
    dense({ name: "output", units: 1 }),
  ],
  { name: "seed-2-4-3-1", seed: 42 },
);
