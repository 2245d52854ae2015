// QuickJS, within this process: an interpreter without WebAssembly. Out: a row of the table of hosts.
import { readFileSync } from "node:fs";
import { withHost } from "../../src/hosts.ts";
import { type Answer, call, scriptOf } from "./cases.ts";
import type { Host } from "./list.ts";
import { quickjsPackage, standIns } from "./stand-ins.ts";

/** The engine in `devDependencies`. */
export const quickjs: Host = {
  name: "QuickJS",
  version: () => `in @jitl/quickjs-wasmfile-release-sync ${JSON.parse(readFileSync(quickjsPackage, "utf8")).version}`,
  had: "npm ci",
  form: "`--host quickjs`",
  cheap: true,
  run: async () => (await standIns.QuickJS(scriptOf(withHost("quickjs", {}).options), call)) as readonly Answer[],
};
