// Eight numbers to one: what the runs in this folder score.
import { dense, sequential } from "layerc";

export default sequential(
  [dense({ units: 64, activation: "relu", inputShape: [8] }), dense({ units: 32, activation: "relu" }), dense({ units: 1, activation: "sigmoid" })],
  { name: "net", seed: 3, about: { features: ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"] } },
);
