// What layers over spatial axes say to input and configs that make no sense: the code, the path, both facts.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { errorOf } from "../support/error.ts";

const shape = "shape/mismatch";
type Case = readonly [layer: string, input: readonly number[], config: object, code: string, path: string, message: RegExp];
const cases: readonly Case[] = [
  ["conv1d", [3, 2], { filters: 1, kernelSize: 4 }, shape, "kernelSize", /window of 4 does not fit into \[3\]/],
  ["conv1d", [3, 2], { filters: 1, kernelSize: 2, dilationRate: 3 }, shape, "kernelSize", /window of 4/],
  ["conv1d", [3, 2, 2], { filters: 1, kernelSize: 2 }, "shape/rank", "", /2 axes \(steps, channels\)/],
  ["conv2d", [3, 2, 2], { filters: 1, kernelSize: 2, padding: "causal" }, "layer/config", "padding", /causal/],
  ["conv2d", [2, 5, 1], { filters: 1, kernelSize: 2, dataFormat: "channels_first" }, shape, "kernelSize", /2 x 2 does not fit into \[5, 1\]/],
  ["conv2d", [5, 5, 2], { filters: 1, kernelSize: [2, 2, 2] }, "layer/config", "kernelSize", /./],
  ["conv3d", [3, 3, 3, 4], { filters: 6, kernelSize: 2, groups: 3 }, shape, "groups", /the channels must split into 3 groups .* found 4/],
  ["conv3d", [3, 3, 4], { filters: 1, kernelSize: 2 }, "shape/rank", "", /depth, height, width, channels/],
  ["conv2d", [2, 4, 4], { filters: 1, kernelSize: 2, dataFormat: "channels_first", activation: "glu" }, shape, "activation", /even size, found 3/],
  ["depthwiseConv1d", [2, 3], { kernelSize: 3 }, shape, "kernelSize", /window of 3/],
  ["separableConv1d", [2, 3], { filters: 1, kernelSize: 3 }, shape, "kernelSize", /window of 3/],
  ["conv1dTranspose", [2, 3], { filters: 1, kernelSize: 3, strides: 2, outputPadding: 2 }, "layer/config", "outputPadding", /less than strides, found 2 and 2/],
  ["conv1dTranspose", [2, 3], { filters: 1, kernelSize: 3, strides: 2, dilationRate: 2 }, "layer/config", "dilationRate", /2 and 2/],
  ["conv1dTranspose", [1, 3], { filters: 1, kernelSize: 2, strides: 2, padding: "same", outputPadding: 0 }, shape, "outputPadding", /without a point/],
  ["maxPooling1d", [1, 3], {}, shape, "poolSize", /window of 2 does not fit into \[1\]/],
  ["averagePooling3d", [2, 2, 1, 3], { poolSize: 2 }, shape, "poolSize", /2 x 2 x 2/],
  ["averagePooling2d", [2, 2, 3], {}, "layer/config", "poolSize", /./],
  ["globalMaxPooling1d", [0, 3], {}, "layer/config", "inputShape", /0/],
  ["adaptiveAveragePooling1d", [0, 3], { outputSize: 2 }, "layer/config", "inputShape", /0/],
  ["adaptiveMaxPooling2d", [3, 3, 1], { outputSize: 0 }, "layer/config", "outputSize", /0/],
  ["cropping1d", [3, 2], { cropping: [1, 2] }, shape, "cropping", /leave a point .* found 3 points of \[3\]/],
  ["cropping2d", [3, 3, 2], { cropping: -1 }, "layer/config", "cropping", /-1/],
  ["cropping3d", [3, 3, 2, 1], {}, shape, "cropping", /2 and 2 and 2 points of \[3, 3, 2\]/],
  ["zeroPadding2d", [3, 3, 2], { padding: [1, [1, 2, 3]] }, "layer/config", "padding", /./],
  ["zeroPadding1d", [3, 2], { padding: 2 ** 30 }, "shape/too-large", "", /./],
  ["upSampling2d", [3, 3, 2], { interpolation: "area" }, "layer/config", "interpolation", /area/],
  ["resizing", [3, 0, 2], { height: 2, width: 2 }, "layer/config", "inputShape", /0/],
  ["resizing", [3, 3, 2], { height: 2, width: 2, cropToAspectRatio: true, padToAspectRatio: true }, "layer/config", "padToAspectRatio", /exclude each other/],
  ["resizing", [3, 3], { height: 2, width: 2 }, "shape/rank", "", /height, width, channels/],
  ["centerCrop", [3, 3, 2], { height: 0, width: 2 }, "layer/config", "height", /0/],
]; // biome-ignore format: one table

describe("spatial layers refuse", () => {
  it.each(cases)("%s on %j with %j", (layer, inputShape, config, code, path, message) => {
    const error = errorOf(() => compile({ name: "m", seed: 1, layers: [{ layer, config: { ...config, inputShape } }] }));
    expect(error.code).toBe(code);
    expect(error.path.replace(/^layers\[0\]\.?/, "").split(/[.[]/)[0]).toBe(path);
    expect(error.message).toMatch(message);
  });

  it("not strides with a dilation, which newer versions of Keras take", () => {
    const config = { filters: 1, kernelSize: 2, strides: 2, dilationRate: 2, inputShape: [7, 1] };
    expect(resolve({ name: "m", seed: 1, layers: [{ layer: "conv1d", config }] }).predict.outputs[0].shape).toEqual([3, 1]);
  });
});
