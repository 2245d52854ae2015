// A rate that is far too large: each step overshoots more than the one before, until the loss is no number. fit says where.
import { fit } from "layerc";
import { flowers, net } from "./main.ts";

export async function answer() {
  try {
    fit(net, flowers(), { epochs: 60, batchSize: 16, learningRate: 3, exact: true, verbose: 0 });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log(error.message);
    return { message: error.message };
  }
  return { message: "" };
}
