// THE list of ops, by name. Adding an op is one file beside this one and one line here.
export { add } from "./add.ts";
export { broadcast } from "./broadcast.ts";
export { reduceSum } from "./reduce-sum.ts";
export { sigmoid } from "./sigmoid.ts";
