// Capacity from small to large, each stopped early: from some size on more units no longer help, and cost time alone.
import { fit } from "layerc";
import { bestOf } from "layerc/data";
import type { Sizes } from "../lesson.ts";
import { days, netOf } from "./main.ts";

export async function answer({ epochs = 800 }: Sizes = {}) {
  const { train, held } = await days();
  const best = [1, 2, 4, 16, 64].map((units) => {
    const earlyStopping = { patience: 60, restoreBestWeights: true };
    const { history, epochs: ran } = fit(netOf(units), train, {
      epochs,
      batchSize: 13,
      validationData: held,
      earlyStopping,
      exact: true,
      verbose: 0,
    });
    const { value } = bestOf(history.val_loss);
    console.log(`${String(units).padStart(2)} units a layer: best ${value.toFixed(3)} in ${ran} epochs`);
    return value;
  });
  return { best };
}
