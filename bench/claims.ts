// What layerc says about its speed, judged by every run. In: the lines of a run. Out: each claim with what was found.
// Guarantee: a claim about several works holds only where its worst does; one that a partial run did not measure is not judged.
import { fitWorks } from "./fit.ts";
import type { Results } from "./results.ts";

export interface Claim {
  /** time: calls beside a rival's; start: process start to first result beside a rival's; roofline: the part reached; fit: the part of its time that its steps take. */
  readonly about: "time" | "start" | "roofline" | "fit";
  /** Names of works; nets for `start`. */
  readonly works: readonly string[];
  /** The best of these counts. */
  readonly rivals: readonly string[];
  readonly atLeast: number;
  /** For rooflines: the build that is meant, where it is not the baseline. */
  readonly build?: string;
  /** What is aimed at, beyond what is claimed. */
  readonly isGoal?: true;
}

const large = ["11-512-512-512-1", "784-128-64-10", "640-128x4-8-128x4-640"];
const small = ["2-4-3-1 x1", "4-10-3 x1"];
const one = large.map((net) => `${net} x1`);
const many = large.flatMap((net) => [`${net} x32`, `${net} x256`]);
const step = "11-512-512-512-1 x256, step of adam";

const claim =
  (about: Claim["about"]) =>
  (atLeast: number, rivals: readonly string[], works: readonly string[], rest: Pick<Claim, "build" | "isGoal"> = {}): Claim => ({
    about,
    works,
    rivals,
    atLeast,
    ...rest,
  });
const [time, start, roofline, fit] = [claim("time"), claim("start"), claim("roofline"), claim("fit")];

const [web, native, torch] = [["onnxruntime-web"], ["onnxruntime-node"], ["pytorch", "pytorch traced"]];
const relaxed = ["f32x4 relaxed madd"];
const convolution = ["conv2d 26x26x32→64 x1"];
const goal = { isGoal: true } as const;
const adam = (net: string): readonly string[] => [`${net} x32, step of adam`];

export const claims: readonly Claim[] = [
  time(100, ["onnxruntime-web"], small),
  time(300, ["tfjs-wasm"], small),
  time(5, ["brain.js run"], small),
  time(12, ["onnxruntime-web"], ["11-64-64-1 x1"]),
  time(40, ["tfjs-wasm"], ["11-64-64-1 x1"]),
  time(10, ["onnxruntime-node"], ["11-64-64-1 x1"]),
  time(1.25, ["onnxruntime-web"], one),
  time(1.1, ["onnxruntime-node"], one),
  time(2.5, ["tfjs-wasm"], one),
  time(2, ["onnxruntime-web"], many),
  time(2.5, ["tfjs-wasm"], many),
  roofline(0.85, ["f32x4 relaxed madd"], ["11-512-512-512-1 x32", "11-512-512-512-1 x256"]),
  time(14, ["tfjs-wasm", "tfjs-cpu"], [step]),
  roofline(0.7, ["f32x4 relaxed madd"], [step]),
  time(150, ["tfjs-wasm", "tfjs-cpu"], ["4-10-3 x16, step of adam"]),
  time(6, ["brain.js run"], ["4-10-3 x16, step of sgd"]),
  roofline(0.95, relaxed, convolution, { build: "layerc direct" }),
  time(7, web, convolution),
  time(1, native, convolution, goal),
  roofline(0.8, relaxed, ["depthwise 25x25x64 x1"]),
  time(3, web, ["lenet-5 x1"]),
  time(2.5, web, ["lenet-5 x32"]),
  time(6, web, ["mnist-cnn x1"]),
  time(5, web, ["mnist-cnn x32"]),
  time(1, native, ["mnist-cnn x1"], goal),
  time(4.6, web, ["ds-cnn x1"]),
  time(5, web, ["ds-cnn x1"], goal),
  time(2.5, web, ["mobilenet 0.25 96x96 x1"]),
  time(3, web, ["mobilenet 0.25 96x96 x1"], goal),
  time(4.6, web, ["lstm-64 100x16 x1"]),
  time(3.2, web, ["text 80 lstm-64x2 x1"]),
  time(5, web, ["lstm-64 100x16 x1", "text 80 lstm-64x2 x1"], goal),
  time(6, torch, ["lstm-64 100x16 x1"]),
  time(5, torch, ["text 80 lstm-64x2 x1"]),
  time(5, web, ["softmax 128x128 x1", "layer norm 128x64 x1"]),
  time(3, torch, ["softmax 128x128 x1", "layer norm 128x64 x1"]),
  time(1.2, ["pytorch"], adam("lenet-5")),
  time(0.8, ["pytorch"], adam("mnist-cnn")),
  time(1.1, ["pytorch"], adam("mnist-cnn"), goal),
  time(1.6, ["pytorch"], adam("lstm-64 100x16")),
  // Of the convolutions it has no gradients.
  time(40, ["tfjs-wasm"], adam("lstm-64 100x16")),
  start(3, ["onnxruntime-web"], ["784-128-64-10"]),
  start(3, ["tfjs-wasm"], ["784-128-64-10"]),
  fit(0.5, ["its bare steps"], fitWorks),
];

export interface Verdict {
  readonly claim: Claim;
  /** The smallest of the works' numbers; undefined: not all of them were measured. */
  readonly found?: number;
}

type Measured = Pick<Results, "comparisons" | "roofs" | "cold" | "fit">;

function numberOf(
  { comparisons, roofs, cold, fit }: Measured,
  { about, build }: Claim,
  work: string,
  rival: string,
): number | undefined {
  if (about === "time") return comparisons.find((line) => line.work === work && line.rival === rival)?.ratio.median;
  if (about === "roofline")
    return roofs.find((line) => line.work === work && line.name === rival && line.engine === build)?.share.median;
  if (about === "fit") return fit?.find((line) => line.work === work)?.share.median;
  return cold.find((line) => line.net === work && line.engine === rival)?.ratio.median;
}

export function judgeClaims(measured: Measured): Verdict[] {
  return claims.map((claim) => {
    const { works, rivals } = claim;
    const found = works.flatMap((work) => rivals.map((rival) => numberOf(measured, claim, work, rival)));
    return found.some((value) => value === undefined) ? { claim } : { claim, found: Math.min(...(found as number[])) };
  });
}
