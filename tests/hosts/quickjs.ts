// QuickJS, within this process: an interpreter without WebAssembly. Out: a row of the table of hosts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import { withHost } from "../../src/hosts.ts";
import { type Answer, call, scriptOf } from "./cases.ts";
import type { Host } from "./list.ts";

const variant = createRequire(import.meta.url).resolve("@jitl/quickjs-wasmfile-release-sync/package.json");

/** The engine in `devDependencies`. */
export const quickjs: Host = {
  name: "QuickJS",
  version: () => `in @jitl/quickjs-wasmfile-release-sync ${JSON.parse(readFileSync(variant, "utf8")).version}`,
  had: "npm ci",
  form: "`--host quickjs`",
  cheap: true,
  run: async () => {
    const context = (await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"))).newContext();
    try {
      const made = context.unwrapResult(
        context.evalCode(`${scriptOf(withHost("quickjs", {}).options)}\nJSON.stringify(${call});`),
      );
      return JSON.parse(String(made.consume((handle) => context.dump(handle)))) as readonly Answer[];
    } finally {
      context.dispose();
    }
  },
};
