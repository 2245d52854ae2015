// Engines that stand in for others, within this process. In: the text of a script. Out: what it gives last, from JSON. Guarantee: neither has WebAssembly, a
// console, or anything of Node.
import { createRequire } from "node:module";
import vm from "node:vm";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import type { StandIn } from "./profiles.ts";

/** The package of `devDependencies` that QuickJS comes in. */
export const quickjsPackage: string = createRequire(import.meta.url).resolve("@jitl/quickjs-wasmfile-release-sync/package.json");

/** Each engine, by name; `script` ends in an expression that gives plain data. */
export const standIns: Readonly<Record<StandIn, (script: string, call: string) => Promise<unknown>>> = {
  QuickJS: async (script, call) => {
    const context = (await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"))).newContext();
    try {
      const made = context.unwrapResult(context.evalCode(`${script}\nJSON.stringify(${call});`));
      return JSON.parse(String(made.consume((handle) => context.dump(handle))));
    } finally {
      context.dispose();
    }
  },
  "V8 without WebAssembly": async (script, call) => {
    const context = vm.createContext({});
    vm.runInContext("delete globalThis.WebAssembly; delete globalThis.console;", context);
    return JSON.parse(String(vm.runInContext(`${script}\nJSON.stringify(${call});`, context)));
  },
};
