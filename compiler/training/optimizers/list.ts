// THE list of optimizers, by name. Adding one is one file beside this one and one line here.
export { adam } from "./adam.ts";
export { sgd } from "./sgd.ts";
