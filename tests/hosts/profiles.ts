// Where the profiles of `--host` are run, for docs/hosts.md: in the engine that each is for, or in one that has as little. In: names of profiles. Out: for
// each the engine, and whether it stands in. Guarantee: profiles.test.ts runs those that stand in, and finds the others in the table of hosts.
import type { HostName } from "../../src/hosts.ts";

/** Engines that stand in, within the process of a test. */
export type StandIn = "QuickJS" | "V8 without WebAssembly";

/** `own`: the row of the table of hosts, or the test, that runs the profile in its own engine. */
export type Run = { readonly own: string; readonly test?: string } | { readonly standIn: StandIn };

/** Every profile. */
export const runs: Readonly<Record<HostName, Run>> = {
  workers: { own: "workerd with imported WebAssembly, an older date" },
  audio: { own: "Chromium and Firefox", test: "tests/browser/audio.test.ts" },
  // A page with such a policy is in the table of hosts, with a module that brings WebAssembly in vain.
  csp: { standIn: "V8 without WebAssembly" },
  figma: { standIn: "QuickJS" },
  hermes: { own: "Hermes" },
  quickjs: { own: "QuickJS" },
  // Their bodies are functions in a bare context, without modules.
  bigquery: { standIn: "V8 without WebAssembly" },
  snowflake: { standIn: "V8 without WebAssembly" },
  postgres: { standIn: "V8 without WebAssembly" },
  njs: { own: "njs" },
  duktape: { own: "Duktape" },
  rhino: { own: "Rhino" },
};
