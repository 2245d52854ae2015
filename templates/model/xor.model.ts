// Whether one of two numbers is 1 and the other 0. A model of your own goes here: layers, and weights by name or in a file beside.
import { dense, sequential } from "layerc";

export default sequential(
  [dense({ name: "hidden", units: 2, activation: "relu", inputShape: [2] }), dense({ name: "output", units: 1 })],
  {
    name: "xor",
    weights: {
      "hidden/kernel": Float32Array.of(1, 1, 1, 1),
      "hidden/bias": Float32Array.of(0, -1),
      "output/kernel": Float32Array.of(1, -2),
      "output/bias": Float32Array.of(0),
    },
  },
);
