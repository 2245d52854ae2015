// A series: tomorrow's highest temperature from the last 14 days of four columns.
import { dense, gru, normalization, sequential } from "layerc";

export default sequential([normalization({ inputShape: [14, 4] }), gru({ units: 12 }), dense({ units: 1 })], {
  name: "weather",
  seed: 4,
  training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 }, metrics: ["mae"] },
});
