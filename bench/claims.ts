// What layerc says about its speed, judged by every run. In: the comparisons of a run. Out: each claim with what was found.
// Guarantee: a claim about several works holds only where its worst ratio does.
import type { Comparison, Results } from "./report.ts";

export interface Claim {
  /** Names of works as `workName` writes them. */
  readonly works: readonly string[];
  /** The best of these counts. */
  readonly rivals: readonly string[];
  readonly atLeast: number;
}

const large = ["11-512-512-512-1", "784-128-64-10", "640-128x4-8-128x4-640"];
const small = ["2-4-3-1 x1", "4-10-3 x1"];
const one = large.map((net) => `${net} x1`);
const many = large.flatMap((net) => [`${net} x32`, `${net} x256`]);
const tfjs = ["tfjs-wasm", "tfjs-cpu"];
const claim = (works: readonly string[], rivals: string | readonly string[], atLeast: number): Claim => ({
  works,
  rivals: typeof rivals === "string" ? [rivals] : rivals,
  atLeast,
});

export const claims: readonly Claim[] = [
  claim(small, "onnxruntime-web", 100),
  claim(small, "tfjs-wasm", 300),
  claim(small, "brain.js run", 5),
  claim(["11-64-64-1 x1"], "onnxruntime-web", 12),
  claim(["11-64-64-1 x1"], "tfjs-wasm", 40),
  claim(["11-64-64-1 x1"], "onnxruntime-node", 10),
  claim(one, "onnxruntime-web", 1.25),
  claim(one, "onnxruntime-node", 1.1),
  claim(one, "tfjs-wasm", 2.5),
  claim(many, "onnxruntime-web", 2),
  claim(many, "tfjs-wasm", 2.5),
  claim(["11-512-512-512-1 x256, step of adam"], tfjs, 14),
  claim(["4-10-3 x16, step of adam"], tfjs, 150),
  claim(["4-10-3 x16, step of sgd"], "brain.js run", 6),
];

export interface Verdict {
  readonly claim: Claim;
  /** The smallest of the works' ratios; undefined: not all of them were measured. */
  readonly found?: number;
}

/** Claims about works or engines that a partial run left out say so. */
export function judgeClaims({ comparisons }: Pick<Results, "comparisons">): Verdict[] {
  const ratioOf = (work: string, rivals: readonly string[]): number | undefined => {
    const ratios = comparisons
      .filter((line: Comparison) => line.work === work && rivals.includes(line.rival))
      .map(({ ratio }) => ratio.median);
    return ratios.length === rivals.length ? Math.min(...ratios) : undefined;
  };
  return claims.map((claim) => {
    const ratios = claim.works.map((work) => ratioOf(work, claim.rivals));
    return ratios.some((ratio) => ratio === undefined) ? { claim } : { claim, found: Math.min(...(ratios as number[])) };
  });
}
