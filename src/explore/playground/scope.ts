// The names that a text may call. In: nothing. Out: the factories of layers, and what makes a model of them.
import { layers } from "../../../compiler/layers/index.ts";
import * as layerFactories from "../../../compiler/layers/list.ts";
import { call, model, pipeline, reuse, sequential } from "../../sequential.ts";

type Factory = (...given: unknown[]) => unknown;
// One by one: what else layerc has works on data, which no list has.
const own = { sequential, model, reuse, call, pipeline };
const all: Readonly<Record<string, unknown>> = { ...layerFactories, ...own };

/** By name; each gives plain data. */
export const factories: ReadonlyMap<string, Factory> = new Map(
  [...layers.keys(), ...Object.keys(own)].flatMap((name) => {
    const factory = all[name];
    return typeof factory === "function" ? [[name, factory as Factory]] : [];
  }),
);
