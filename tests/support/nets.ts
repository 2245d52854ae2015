// Nets that people know, as Models without weights: MobileNet v1 0.25, ResNet-20, DS-CNN, a transformer encoder.
import type { LayerSpec, Model } from "../../compiler/model.ts";
import * as l from "../../src/sequential.ts";

const training = { loss: "categorical_crossentropy", optimizer: "adam" } as const;
const same = { padding: "same" } as const;
const bare = { ...same, useBias: false } as const;
const relu6 = (): LayerSpec => l.reLU({ maxValue: 6 });

const block = (filters: number, strides: number): readonly LayerSpec[] => [
  l.depthwiseConv2d({ kernelSize: 3, strides, ...bare }),
  l.batchNormalization(),
  relu6(),
  l.conv2d({ filters, kernelSize: 1, ...bare }),
  l.batchNormalization(),
  relu6(),
];
/** MobileNet v1 at a quarter of its width, pictures of `size` x `size`. */
export const mobileNet = (size = 96): Model =>
  l.sequential(
    [
      l.conv2d({ filters: 8, kernelSize: 3, strides: 2, ...bare, inputShape: [size, size, 3] }),
      l.batchNormalization(),
      relu6(),
      ...([[16, 1], [32, 2], [32, 1], [64, 2], [64, 1], [128, 2], [128, 1], [128, 1], [128, 1], [128, 1], [128, 1], [256, 2], [256, 1]] as const).flatMap(([filters, strides]) => block(filters, strides)),
      l.globalAveragePooling2d(),
      l.dense({ units: 1000, activation: "softmax" }),
    ],
    { training },
  ); // biome-ignore format: a table

/** DS-CNN for keywords, 49 frames of 10 numbers. */
export const dsCnn = (): Model =>
  l.sequential(
    [
      l.conv2d({ filters: 64, kernelSize: [10, 4], strides: 2, ...same, inputShape: [49, 10, 1] }),
      l.batchNormalization(),
      l.reLU(),
      ...[1, 2, 3, 4].flatMap(() => [
        l.depthwiseConv2d({ kernelSize: 3, ...same }),
        l.batchNormalization(),
        l.reLU(),
        l.conv2d({ filters: 64, kernelSize: 1 }),
        l.batchNormalization(),
        l.reLU(),
      ]),
      l.globalAveragePooling2d(),
      l.dense({ units: 12, activation: "softmax" }),
    ],
    { training },
  );

/** ResNet-20 for pictures of `size` x `size`. */
export function resNet20(size = 32): Model {
  const layers: LayerSpec[] = [];
  const put = (line: LayerSpec): string => {
    layers.push(line);
    return line.name ?? "";
  };
  let count = 0;
  const conv = (from: string, filters: number, strides = 1, kernelSize = 3): string => {
    const name = `conv${count++}`;
    put(l.conv2d({ name, inputs: [from], filters, kernelSize, strides, ...bare }));
    return put(l.batchNormalization({ name: `${name}_bn`, inputs: [name] }));
  };
  const relu = (from: string): string => put(l.reLU({ name: `${from}_relu`, inputs: [from] }));
  let last = relu(conv("x", 16));
  for (const [stage, filters] of [16, 32, 64].entries())
    for (let i = 0; i < 3; i++) {
      const strides = stage > 0 && i === 0 ? 2 : 1;
      const deep = conv(relu(conv(last, filters, strides)), filters);
      const beside = strides === 2 ? conv(last, filters, 2, 1) : last;
      last = relu(put(l.add({ name: `add${stage}${i}`, inputs: [deep, beside] })));
    }
  put(l.globalAveragePooling2d({ name: "mean", inputs: [last] }));
  put(l.dense({ name: "y", inputs: ["mean"], units: 10, activation: "softmax" }));
  return l.model({ inputs: { x: [size, size, 3] }, layers, outputs: "y", training });
}

/** An encoder of so many blocks over 64 tokens. */
export function transformer(blocks = 2): Model {
  const encoder = (from: string, k: number): readonly LayerSpec[] => [
    l.multiHeadAttention({ name: `heads${k}`, inputs: [from, from], numHeads: 4, keyDim: 16 }),
    l.add({ name: `sum${k}`, inputs: [from, `heads${k}`] }),
    l.layerNormalization({ name: `norm${k}`, inputs: [`sum${k}`] }),
    l.dense({ name: `wide${k}`, inputs: [`norm${k}`], units: 128, activation: "relu" }),
    l.dense({ name: `narrow${k}`, inputs: [`wide${k}`], units: 64 }),
    l.add({ name: `second${k}`, inputs: [`norm${k}`, `narrow${k}`] }),
    l.layerNormalization({ name: `block${k}`, inputs: [`second${k}`] }),
  ];
  const layers = [
    l.embedding({ name: "tokens", inputs: ["x"], inputDim: 1000, outputDim: 64 }),
    ...Array.from({ length: blocks }, (_, k) => encoder(k === 0 ? "tokens" : `block${k - 1}`, k)).flat(),
    l.globalAveragePooling1d({ name: "mean", inputs: [`block${blocks - 1}`] }),
    l.dense({ name: "y", inputs: ["mean"], units: 2, activation: "softmax" }),
  ];
  return l.model({ inputs: { x: [64] }, layers, outputs: "y", training });
}
