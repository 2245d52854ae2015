// THE list of layers, by name. Adding a layer is one file beside this one and one line here; `layerc` exports the whole list.
export { activation } from "./activation.ts";
export { dense } from "./dense.ts";
export { dropout } from "./dropout.ts";
export { elu } from "./elu.ts";
export { flatten } from "./flatten.ts";
export { identity } from "./identity.ts";
export { input } from "./input.ts";
export { leakyReLU } from "./leaky-re-lu.ts";
export { permute } from "./permute.ts";
export { prelu } from "./prelu.ts";
export { reLU } from "./re-lu.ts";
export { repeatVector } from "./repeat-vector.ts";
export { rescaling } from "./rescaling.ts";
export { reshape } from "./reshape.ts";
