/// <reference path="./imported.d.ts" />
// `layerc/model`: the types of `import … from "./iris.model.ts?model"`, for `"types": ["layerc/model"]` in tsconfig.json or
// `/// <reference types="layerc/model" />`. A file has no types of its own before it is compiled, so shapes are lists here, ports any
// names, and what predict gives is a Float32Array until the caller says otherwise: `predict<{ p: Float32Array }>(…)`. The option `types`
// of the plugin writes exact ones, which take the place of these. What a module exports goes by how the query ends, because a pattern of
// TypeScript has one star: the flags that decide stand at the end, before or after `model`, with `exact` or a usual `batch` behind them.

// Of patterns that all fit TypeScript takes the first.
declare module "*&train&stream" {
  export * from "layerc/model/both";
}
declare module "*?train&stream&model" {
  export * from "layerc/model/both";
}
declare module "*&train&stream&model" {
  export * from "layerc/model/both";
}
declare module "*&train&stream&exact" {
  export * from "layerc/model/both";
}
declare module "*&stream&train" {
  export * from "layerc/model/both";
}
declare module "*?stream&train&model" {
  export * from "layerc/model/both";
}
declare module "*&stream&train&model" {
  export * from "layerc/model/both";
}
declare module "*&stream&train&exact" {
  export * from "layerc/model/both";
}
declare module "*&train" {
  export * from "layerc/model/train";
}
declare module "*?train&model" {
  export * from "layerc/model/train";
}
declare module "*&train&model" {
  export * from "layerc/model/train";
}
declare module "*&train&exact" {
  export * from "layerc/model/train";
}
declare module "*&stream" {
  export * from "layerc/model/stream";
}
declare module "*?stream&model" {
  export * from "layerc/model/stream";
}
declare module "*&stream&model" {
  export * from "layerc/model/stream";
}
declare module "*&stream&exact" {
  export * from "layerc/model/stream";
}
declare module "*&train&batch=1" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=2" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=4" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=8" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=16" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=32" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=64" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=128" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=256" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=512" {
  export * from "layerc/model/train";
}
declare module "*&train&batch=1024" {
  export * from "layerc/model/train";
}
declare module "*?model" {
  export * from "layerc/model/predict";
}
declare module "*&model" {
  export * from "layerc/model/predict";
}
declare module "*?model&exact" {
  export * from "layerc/model/predict";
}
