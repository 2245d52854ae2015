// THE list of optimizers, by name. Adding one is one file beside this one and one line here.
export { adadelta } from "./adadelta.ts";
export { adafactor } from "./adafactor.ts";
export { adagrad } from "./adagrad.ts";
export { adam } from "./adam.ts";
export { adamax } from "./adamax.ts";
export { adamw } from "./adamw.ts";
export { ftrl } from "./ftrl.ts";
export { lamb } from "./lamb.ts";
export { lion } from "./lion.ts";
export { muon } from "./muon.ts";
export { nadam } from "./nadam.ts";
export { rmsprop } from "./rmsprop.ts";
export { scheduleFreeAdamw } from "./schedule-free-adamw.ts";
export { sgd } from "./sgd.ts";
