// A module's text for older engines. In: text, as the doors and kernels write it, and a level. Out: text of that level. Guarantee: what
// no row of `features` knows is left as it was, for `judge` to find; comments, literals and lines stay where they are.
import { children, type Kind, parse, type Tree } from "../tree.ts";
import { type Editor, features, shims } from "./features.ts";
import { levels, type Syntax } from "./levels.ts";
import { variables } from "./variables.ts";

/** The text of the level `syntax`. */
export function lowered(code: string, kind: Kind, syntax: Syntax): string {
  const { edition } = levels[syntax];
  const rows = features.filter(({ since }) => since > edition);
  if (rows.length === 0) return code;
  const program = parse(code, kind, levels.es2020.edition);
  const { again, renamed } = variables(program);
  const edits: (readonly [from: number, to: number, text: string])[] = renamed.map(([at, from, to]) => [
    at,
    at + from.length,
    to,
  ]);
  const asked = new Set<keyof typeof shims>();
  const editor: Editor = {
    code,
    insert: (at, text) => edits.push([at, at, text]),
    replace: (from, to, text) => edits.push([from, to, text]),
    shim: (name) => {
      asked.add(name);
      return name;
    },
    declared: (node) => ({ again: again.has(node) }),
  };
  let strict: Tree | undefined;
  const walk = (node: Tree): void => {
    for (const one of rows) if (one.is(node)) one.lower(node, editor);
    if (strict === undefined && node.type === "ExpressionStatement" && node.directive === "use strict") strict = node;
    for (const child of children(node)) walk(child);
  };
  walk(program);
  const texts = [...asked].map((name) => shims[name]);
  const at: number = strict?.end ?? program.body[0]?.start ?? 0;
  const [before, behind] = strict === undefined ? ["", "\n"] : ["\n", ""];
  // Before what is changed in that place.
  if (texts.length > 0) edits.unshift([at, at, `${before}${texts.join("\n")}${behind}`]);
  return applied(code, edits);
}

/** Edits do not overlap; of several in one place the first stands first. */
function applied(code: string, edits: readonly (readonly [from: number, to: number, text: string])[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [from, to, text] of [...edits].sort((a, b) => a[0] - b[0])) {
    parts.push(code.slice(at, from), text);
    at = to;
  }
  return [...parts, code.slice(at)].join("");
}
