// Where kinds of code cross: straight lines, loops, lanes; small nets, alternating in one process. In: nothing. Out: tables, from
// which the constants in compiler/pipeline/cost.ts come. Run by `npx tsx bench/crossover.ts`, on Node 22 or later for relaxed SIMD.
import { gzipSync } from "node:zlib";
import { compile } from "../compiler/compile.ts";
import type { OptionsInput } from "../compiler/options.ts";
import { load } from "../runtime/load.ts";
import { dense, type Model, sequential } from "../src/index.ts";
import { alternate, quartiles, type Runner } from "./measure.ts";

const pace = { pairs: 21, batch: 3, warmUp: 150 };
const forms: readonly (readonly [name: string, options: OptionsInput])[] = [
  ["straight", { target: "js", unroll: 10_000 }],
  ["loops", { target: "js", unroll: 0 }],
  ["lanes", { target: "simd" }],
];

function netOf(sizes: readonly number[], training?: { readonly optimizer: "adam" | "sgd" }): Model {
  const layers = sizes.slice(1).map((units, i) =>
    dense({
      units,
      activation: i === sizes.length - 2 ? "linear" : "relu",
      ...(i === 0 ? { inputShape: [sizes[0]] } : {}),
    }),
  );
  return sequential(layers, training === undefined ? {} : { training: { loss: "mse", ...training } });
}
const waves = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i));

/** Nanoseconds of each, and how often the last fits into each. */
async function medians(runners: readonly Runner[]): Promise<string> {
  const rounds = await alternate(runners, pace);
  const columns = runners.map((_, i) => quartiles(rounds.map((line) => line[i])).median.toFixed(0));
  const ratios = runners.map((_, i) => quartiles(rounds.map((line) => line[i] / line[line.length - 1])).median.toFixed(2));
  return `${columns.join(" / ")} ns, ratios to the last ${ratios.join(" / ")}`;
}

const repeated = (call: () => unknown): Runner => ({
  run(calls) {
    for (let i = 0; i < calls; i++) call();
  },
});

console.log(`Node ${process.version}, ${process.arch}\npredict: ${forms.map(([name]) => name).join(" / ")}`);
const nets = [
  [2, 4, 3, 1],
  [4, 10, 3],
  [8, 12, 4],
  [8, 16, 8, 2],
  [8, 24, 8],
  [16, 24, 8],
  [16, 32, 16],
  [11, 32, 32, 1],
  [16, 48, 24, 8],
  [32, 64, 16],
  [100, 2, 2],
  [300, 1],
  [800, 1],
];
for (const sizes of nets) {
  const artifacts = forms.map(([, options]) => compile(netOf(sizes), options));
  const bytes = artifacts.map(({ code }) => gzipSync(code).length).join(" / ");
  for (const rows of [1, 32]) {
    const [x, out] = [waves(rows * sizes[0]), new Float32Array(rows * (sizes.at(-1) ?? 1))];
    const runners = artifacts.map((artifact) => {
      const { predict } = load(artifact);
      return repeated(() => predict(x, out));
    });
    const { multiplyAdds } = artifacts[0].manifest;
    console.log(`${sizes.join("-")}, ${multiplyAdds} multiply-adds, batch ${rows}: ${await medians(runners)}; gzip ${bytes}`);
  }
}

console.log("\ntrainStep: loops / lanes");
for (const sizes of nets.slice(0, 4)) {
  for (const batch of [1, 4, 16, 32]) {
    const model = netOf(sizes, { optimizer: "adam" });
    const [x, y] = [waves(batch * sizes[0]), waves(batch * (sizes.at(-1) ?? 1))];
    const runners = (["js", "simd"] as const).map((target) => {
      const artifact = compile(model, { target, train: true, batch });
      const { trainStep } = load<{ trainStep(x: Float32Array, y: Float32Array): number }>(artifact);
      return repeated(() => trainStep(x, y));
    });
    console.log(`${sizes.join("-")}, batch ${batch}: ${await medians(runners)}`);
  }
}
