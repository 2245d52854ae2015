// layerc: the emitted module, imported from its file, `out` given. One engine per set of options.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as api from "../../src/index.ts";
import { compile, type LayerSpec, type OptionsInput } from "../../src/index.ts";
import { isDense, type Net } from "../nets.ts";
import { factsOf, modelOf, netOf, type Training } from "../workloads.ts";
import { type Engine, readFile } from "./define.ts";

interface Emitted {
  predict(x: Float32Array, out?: Float32Array): Float32Array;
  trainStep(x: Float32Array, y: Float32Array): number;
  getWeights(): Float32Array[];
}

/** Compiles a net once a run; the file's path. */
function emitted(name: string, options: OptionsInput, folder: string, net: Net, training?: Training): string {
  const optimizer = training?.optimizer;
  const words = [name, net.name, ...(isDense(net) ? [net.end] : []), ...(optimizer === undefined ? [] : [optimizer])];
  const file = join(
    folder,
    words
      .join("_")
      .replaceAll(/[^\w.-]/g, "-")
      .concat(".mjs"),
  );
  if (!existsSync(file)) {
    const how = training === undefined ? options : { ...options, train: true, batch: training.batch };
    const { code, weights } = compile(modelOf(net, training), how);
    // Whole or not at all: a process that was ended while writing leaves no half module.
    if (weights !== undefined) writeFileSync(`${file}.bin`, weights);
    writeFileSync(`${file}.part`, code);
    renameSync(`${file}.part`, file);
  }
  return file;
}

export function layerc(name: string, says: string, options: OptionsInput, rest: Partial<Engine> = {}): Engine {
  return {
    name,
    says,
    packages: [],
    emits: (net, folder) => emitted(name, options, folder, net),
    async predictor({ net, batch, inputs, folder }) {
      const { predict } = (await import(pathToFileURL(emitted(name, options, folder, net)).href)) as Emitted;
      const out = new Float32Array(batch * factsOf(net).output);
      const mask = inputs.length - 1;
      return {
        run(calls) {
          for (let i = 0; i < calls; i++) predict(inputs[i & mask], out);
        },
        output: () => predict(inputs[0]),
      };
    },
    async trainer({ training, folder, x, y }) {
      const file = emitted(name, options, folder, training.net, training);
      const { trainStep, getWeights } = (await import(pathToFileURL(file).href)) as Emitted;
      let loss = 0;
      return {
        run(steps) {
          for (let i = 0; i < steps; i++) loss += trainStep(x, y);
          if (Number.isNaN(loss)) throw new Error("the loss is NaN");
        },
        weights: () => getWeights().filter((_, i) => factsOf(training.net).weights[i].trainable),
      };
    },
    cold: ({
      net,
      folder,
    }) => `import { predict } from ${JSON.stringify(pathToFileURL(emitted(name, options, folder, net)).href)};
const out = new Float32Array(${net.sizes.at(-1)});
const call = () => predict(x, out);`,
    ...rest,
  };
}

/** Without Winograd's tiles, where the default build has them: what stands beside the roofline of plain products. */
export const layercDirect = layerc(
  "layerc direct",
  "winograd: false, `out` given",
  { winograd: false },
  {
    hasRoof: true,
    refuses: (work) => (work.kind === "predict" && netOf(work).layers(api).some(isTiled) ? undefined : "the default build"),
  },
);

const isTiled = ({ layer, config }: LayerSpec): boolean => {
  const { kernelSize, strides = 1, groups = 1 } = config as { kernelSize?: unknown; strides?: unknown; groups?: unknown };
  return layer === "conv2d" && kernelSize === 3 && strides === 1 && groups === 1;
};

/** Measured from process start only: then on nothing differs from the default build. */
export function layercFiles(name: string, says: string): Engine {
  return {
    name,
    says,
    packages: [],
    cold: ({ net, folder }) => {
      const file = emitted(name, { weights: "external" }, folder, net);
      return `${readFile}
import { create } from ${JSON.stringify(pathToFileURL(file).href)};
const { predict } = create(readFileSync(${JSON.stringify(`${file}.bin`)}));
const out = new Float32Array(${net.sizes.at(-1)});
const call = () => predict(x, out);`;
    },
  };
}
