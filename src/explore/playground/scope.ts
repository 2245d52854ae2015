// The names that a text may call. In: nothing. Out: the factories of layers, and what makes a model of them.
import { layers } from "../../../compiler/layers/index.ts";
import * as language from "../../sequential.ts";

type Factory = (...given: unknown[]) => unknown;
const own = ["sequential", "model", "reuse", "call"] as const;

/** By name; each gives plain data. */
export const factories: ReadonlyMap<string, Factory> = new Map(
  [...layers.keys(), ...own].flatMap((name) => {
    const factory = (language as unknown as Record<string, unknown>)[name];
    return typeof factory === "function" ? [[name, factory as Factory]] : [];
  }),
);
