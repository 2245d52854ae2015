// Regression: miles per gallon of a car from seven columns, of which Origin is text and becomes three numbers.
import { dense, normalization, sequential } from "layerc";

export default sequential(
  [
    // Means and variances come from the rows trained with.
    normalization({ inputShape: [8] }),
    dense({ units: 16, activation: "relu" }),
    dense({ units: 16, activation: "relu" }),
    dense({ units: 1 }),
  ],
  { name: "cars", seed: 7, training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 }, metrics: ["mae"] } },
);
