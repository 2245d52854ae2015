// THE list of constraints, by name. Adding one is one file beside this one and one line here.
export { maxNorm } from "./max-norm.ts";
export { minMaxNorm } from "./min-max-norm.ts";
export { nonNeg } from "./non-neg.ts";
export { unitNorm } from "./unit-norm.ts";
