// Where a module is to run, as rows of a table: what the place cannot do without, what suits it, and why. In: the name of a place, and options. Out:
// options of compile, and sentences that say what was chosen. Guarantee: a choice that somebody made stands, or is refused by name.
import { CompileError } from "../compiler/diagnostics/error.ts";
import { suggestionFor } from "../compiler/diagnostics/suggest.ts";
import type { OptionsInput } from "../compiler/options.ts";

/** One place. */
export interface Host {
  /** What it is. */
  readonly is: string;
  /** It does not run otherwise. */
  readonly needs: OptionsInput;
  /** Where nobody says otherwise. */
  readonly suits: OptionsInput;
  readonly why: string;
}

const script = { format: "iife" } as const satisfies OptionsInput;
const interpreter = { target: "js" } as const satisfies OptionsInput;

/** The places that `--host` knows. */
export const hosts = {
  workers: {
    is: "Cloudflare Workers",
    needs: { format: "esm", wasm: "import" },
    suits: {},
    why: "WebAssembly is a file that the Worker imports, since a request may compile none from bytes; give it to create() at module level",
  },
  audio: {
    is: "an AudioWorklet",
    needs: { format: "esm", weights: "inline", wasm: "embed" },
    suits: { target: "simd" },
    why: "addModule loads one file, and nothing can be fetched beside it: weights and WebAssembly stand inside, and need no atob, which its scope lacks; WebAssembly is fast from its first call, where JavaScript misses the first blocks",
  },
  csp: {
    is: "a page whose policy allows no WebAssembly",
    needs: {},
    suits: { ...interpreter },
    why: "script-src 'self' refuses WebAssembly, so its bytes are left out; nothing in a module needs eval",
  },
  figma: {
    is: "the main code of a Figma plugin",
    needs: { ...script, weights: "inline" },
    suits: { ...interpreter, syntax: "es2015" },
    why: "it is one script in a sandbox without WebAssembly",
  },
  hermes: {
    is: "Hermes, the engine of React Native",
    needs: {},
    suits: { ...interpreter, format: "cjs", syntax: "es2015" },
    why: "Hermes has no WebAssembly; Metro takes CommonJS as it is",
  },
  quickjs: {
    is: "QuickJS and what is built on it",
    needs: {},
    suits: { ...interpreter, ...script },
    why: "it has no WebAssembly; a script leaves one global",
  },
  bigquery: {
    is: "a function in BigQuery",
    needs: { format: "sql", dialect: "bigquery", weights: "inline" },
    suits: {},
    why: "the body of a function is one text without modules, of 32 KB, evaluated once where its globals outlive a row",
  },
  snowflake: {
    is: "a function in Snowflake",
    needs: { format: "sql", dialect: "snowflake", weights: "inline" },
    suits: {},
    why: "the body of a function is one text without modules, of 100 KB, evaluated once where its globals outlive a row",
  },
  postgres: {
    is: "a function of PostgreSQL in JavaScript (pljs, plv8)",
    needs: { format: "sql", dialect: "postgres", weights: "inline" },
    suits: {},
    why: "the body of a function is one text without modules",
  },
  njs: {
    is: "njs in nginx",
    needs: { syntax: "es5" },
    suits: { ...interpreter, ...script },
    why: "njs lacks some of ES2015, and WebAssembly",
  },
  duktape: {
    is: "Duktape",
    needs: { ...script, syntax: "es5" },
    suits: { ...interpreter },
    why: "Duktape has ES5 and typed arrays, and no modules",
  },
  rhino: {
    is: "Rhino on the JVM",
    needs: { ...script, syntax: "es5" },
    suits: { ...interpreter },
    why: "Rhino lacks some of ES2015, and keeps floats with the high byte first, which the module sees and minds",
  },
} as const satisfies Readonly<Record<string, Host>>;

/** The name of a place. */
export type HostName = keyof typeof hosts;
/** Names in the order of the table. */
export const hostNames = Object.keys(hosts) as readonly HostName[];

/** What a place made of options. */
export interface Chosen {
  readonly options: OptionsInput;
  /** `for Duktape: format iife, …, since …`. */
  readonly says: string;
}

const shown = (options: OptionsInput): string =>
  Object.entries(options)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(", ");

/** Options for a place. Throws CompileError options/host for a name that is none, and for what the place cannot run. */
export function withHost(name: string, given: OptionsInput): Chosen {
  const host: Host | undefined = Object.hasOwn(hosts, name) ? hosts[name as HostName] : undefined;
  if (host === undefined) {
    const hint = suggestionFor(name, hostNames) ?? `one of ${hostNames.join(", ")}`;
    throw new CompileError({ code: "options/host", path: "host", message: `there is no host ${JSON.stringify(name)}`, hint });
  }
  const { is, needs, suits, why } = host;
  for (const [key, value] of Object.entries(needs)) {
    const own = given[key as keyof OptionsInput];
    if (own === undefined || own === value) continue;
    throw new CompileError({
      code: "options/host",
      path: key,
      message: `${is} needs ${key} ${String(value)}, and ${key} ${String(own)} is asked for: ${why}`,
      hint: `leave ${key} or the host out`,
    });
  }
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options = { ...suits, ...own, ...needs };
  const chosen = Object.fromEntries(Object.entries(options).filter(([key]) => !(key in own)));
  return { options, says: `for ${is}: ${shown(chosen) || "nothing to choose"}; ${why}` };
}
