// THE list of regularizers, by name. Adding one is one file beside this one and one line here.
export { l1 } from "./l1.ts";
export { l1l2 } from "./l1l2.ts";
export { l2 } from "./l2.ts";
export { orthogonal } from "./orthogonal.ts";
