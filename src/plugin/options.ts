// What an import asks for. In: the options of the plugin, and the query behind a file. Out: options of compile. Names no bundler and
// not unplugin, so that the types of a door want none of them installed.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { type HostName, withHost } from "../hosts.ts";

/** Options of every model that the plugin compiles; a query such as `?model&train&batch=64` adds to them. */
export type PluginOptions = Pick<
  OptionsInput,
  "train" | "batch" | "stream" | "chunk" | "exact" | "target" | "selfTest" | "syntax" | "unroll" | "winograd" | "weightsType"
> & {
  /** What layers of a file's author mean: a file by class, `{ MyLayer: "./my-layer.ts" }`, from the working directory on. It is run. */
  readonly layers?: Readonly<Record<string, string>>;
  /** Where the bundle is to run: syntax and target as that place needs them; what else is given stands. */
  readonly host?: HostName;
  /** Most bytes of a module as it is emitted, packed by gzip: "20kb". More is an error of the build. */
  readonly budget?: string | number;
  /** Writes the exact types of every import beside its model, as `iris.model.d.ts?model.ts`; false. */
  readonly types?: boolean;
};

/** An import that is ours: `model` stands in its query. One of any other kind is none of our business. */
export const modelQuery = /\?(?:.*&)?model(?:&.*)?$/;

/** `./a.model.ts?model&train` as file and query, which is empty or begins with `?`. */
export function split(id: string): readonly [file: string, query: string] {
  const at = id.indexOf("?");
  return at < 0 ? [id, ""] : [id.slice(0, at), id.slice(at)];
}

/** Of a module in a bundle the bundler has the form. */
export const bundled = { format: "esm", weights: "inline", wasm: "embed" } as const satisfies OptionsInput;

/** Options of compile for a bundle that is to run on `host`. Throws CompileError options/host where that wants files beside the module. */
export function inBundle(host: string | undefined, options: OptionsInput): OptionsInput {
  if (host === undefined) return { ...options, ...bundled };
  // A script is what the bundler makes of all modules together.
  const { format: _, ...chosen } = withHost(host, options).options;
  for (const key of ["weights", "wasm"] as const) {
    if (chosen[key] === undefined || chosen[key] === bundled[key]) continue;
    throw new CompileError({
      code: "options/host",
      path: key,
      message: `the host ${host} needs ${key} ${chosen[key]}, and in a bundle it is ${bundled[key]}`,
      hint: `layerc compile --host ${host}, and import what it writes`,
    });
  }
  return { ...chosen, ...bundled };
}

const fixed = ["format", "weights", "wasm", "globalName"];

/** `?model&train&batch=64` as options; a bare key is true. Throws CompileError `cli/option`. */
export function optionsIn(query: string): OptionsInput & Pick<PluginOptions, "host" | "budget"> {
  const given = [...new URLSearchParams(query)].filter(([key]) => key !== "model");
  const parse = (value: string) => {
    if (value === "" || value === "true" || value === "false") return value !== "false";
    return Number.isNaN(Number(value)) ? value : Number(value);
  };
  const chosen = given.find(([key]) => fixed.includes(key));
  if (chosen !== undefined) {
    throw new CompileError({
      code: "cli/option",
      path: chosen[0],
      message: `a module in a bundle has no choice of ${chosen[0]}`,
    });
  }
  return Object.fromEntries(given.map(([key, value]) => [key, parse(value)]));
}
