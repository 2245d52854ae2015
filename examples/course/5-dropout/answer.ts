// Pixels from 0 to 255 and no scaling: the first steps are far too long for the plain net, and a batch normalisation in front sees to it.
import { batchNormalization, dense, fit, input } from "layerc";
import type { Sizes } from "../lesson.ts";
import { net, pictures } from "./main.ts";

export async function answer({ epochs = 10, rows = 400 }: Sizes = {}) {
  const { train, held } = pictures(rows);
  const raw = (part: typeof train) => ({ ...part, x: part.x.map((pixels) => pixels.map((grey) => 255 * grey)) });
  const hidden = dense({ units: 128, activation: "relu" });
  const accuracy = [[], [batchNormalization({ momentum: 0.9 })]].map((front) => {
    const model = net([input({ shape: [784] }), ...front, hidden]);
    const { history } = fit(model, raw(train), { epochs, validationData: raw(held), exact: true, verbose: 0 });
    const reached = history.val_accuracy[epochs - 1];
    console.log(`${front.length === 0 ? "raw pixels" : "batch norm in front"}: accuracy ${reached.toFixed(3)}`);
    return reached;
  });
  return { accuracy };
}
