// Miles per gallon of a car from eight numbers: cylinders, displacement, horsepower, weight, acceleration, model year,
// and whether it was built in Europe or in Japan (else in the USA).
import { dense, normalization, sequential } from "layerc";

export default sequential(
  [
    // Means and variances come from the training rows (see main.ts: adapt), so the module takes raw numbers.
    normalization({ name: "scale", inputShape: [8] }),
    dense({ name: "hidden1", units: 16, activation: "relu" }),
    dense({ name: "hidden2", units: 16, activation: "relu" }),
    dense({ name: "mpg", units: 1 }),
  ],
  { name: "cars", seed: 7, training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 } } },
);
