// The forms that other code imports: an ES module, a CommonJS module, a script with one global. Equal statements, and all exports in one
// place at the end, which `load` of the runtime relies on.
import { type Code, commas, js, lines, type Name, name } from "../../code.ts";
import type { Kind } from "../../tree.ts";
import { byName, sorted } from "./exports.ts";
import { finished } from "./finish.ts";
import type { TextForm } from "./form.ts";

const importable = (
  extension: string,
  kind: Kind,
  takes: readonly string[],
  around: (module: Code, names: readonly Name[], globalName: string) => Code,
): TextForm => ({
  extension: () => extension,
  isText: true,
  isImported: true,
  fixed: () => ({}),
  own: [],
  needs: {},
  language: "JavaScript",
  kind,
  takes,
  write: (site) => {
    const text = around(site.module, sorted(site.names), site.parts.options.globalName);
    const whole = `${lines(site.head, text).text}\n`;
    return finished(whole, { kind, takes: [...takes, ...site.takes] }, site.parts);
  },
});

/** `import { predict } from "./model.js"`. */
export const esm = importable(".js", "module", [], (module, names) => lines(module, js`export { ${commas(names)} };`));

/** `const { predict } = require("./model.cjs")`. */
export const cjs = importable(
  ".cjs",
  "script",
  ["module"],
  (module, names) => js`"use strict";
${module}
module.exports = ${byName(names)};`,
);

/** A script, and then `model.predict`. */
export const iife = importable(
  ".js",
  "script",
  [],
  (module, names, globalName) => js`var ${name(globalName)} = (() => {
  "use strict";
  ${module}
  return ${byName(names)};
})();`,
);
