// What module text holds that ES5 lacks, as rows of a table: how a node is known, and what is written in its place. In: a node, and an
// Editor of the text around it. Out: edits. Guarantee: the text that comes out computes the same bits; a name that it takes from
// the engine stands behind a look whether it is there.

import type { Edition, Tree } from "../tree.ts";
import type { Declaration } from "./variables.ts";

/** Changes to a text, in any order; those of a node leave the text of the nodes within it alone. */
export interface Editor {
  readonly code: string;
  insert(at: number, text: string): void;
  replace(from: number, to: number, text: string): void;
  /** A function of `shims` that the text will have. */
  shim(name: keyof typeof shims): string;
  /** What is known of the names that a `const` or `let` declares. */
  declared(node: Tree): Declaration;
}

/** One row. */
export interface Feature {
  readonly says: string;
  /** The edition that has it. */
  readonly since: Edition;
  readonly is: (node: Tree) => boolean;
  readonly lower: (node: Tree, editor: Editor) => void;
}

const row = <T extends Tree>(
  says: string,
  since: Edition,
  is: (node: Tree) => node is T,
  lower: (node: T, editor: Editor) => void,
): Feature => ({ says, since, is, lower: (node, editor) => is(node) && lower(node, editor) });

type Of<K extends Tree["type"]> = Extract<Tree, { readonly type: K }>;
const isMember = (node: Tree, object: string | undefined, property: string): node is Of<"MemberExpression"> =>
  node.type === "MemberExpression" &&
  !node.computed &&
  node.property.type === "Identifier" &&
  node.property.name === property &&
  (object === undefined || (node.object.type === "Identifier" && node.object.name === object));

/** A member of Math that an engine may lack, and what it gives there. */
const mathMember = (member: string, shim: string): Feature =>
  row(
    `Math.${member}`,
    2015,
    (node): node is Of<"MemberExpression"> => isMember(node, "Math", member),
    (node, { insert }) => {
      insert(node.start, "(");
      insert(node.end, ` || ${shim})`);
    },
  );

/** Functions that stand in the text where a row asks for them. */
export const shims = {
  filled: `function filled(values, value, from, to) {
  if (to === undefined) to = values.length;
  for (var i = from || 0; i < to; i++) values[i] = value;
  return values;
}`,
  keyed: `function keyed(list) {
  var made = {};
  for (var i = 0; i < list.length; i += 2) Object.defineProperty(made, list[i], { value: list[i + 1], enumerable: true, writable: true, configurable: true });
  return made;
}`,
} as const;

/** In any order: no row sees what another writes. */
export const features: readonly Feature[] = [
  row(
    "const and let",
    2015,
    (node): node is Of<"VariableDeclaration"> => node.type === "VariableDeclaration" && node.kind !== "var",
    (node, { replace, insert, declared }) => {
      replace(node.start, node.start + node.kind.length, "var");
      // A `let` of a loop starts anew in each turn, a `var` does not.
      if (declared(node).again) for (const { init, end } of node.declarations) if (!init) insert(end, " = undefined");
    },
  ),
  row(
    "an arrow function",
    2015,
    (node): node is Of<"ArrowFunctionExpression"> => node.type === "ArrowFunctionExpression" && !node.async,
    (node, { code, insert, replace }) => {
      const arrow = code.lastIndexOf("=>", node.body.start);
      const bare = code[node.start] !== "(";
      insert(node.start, bare ? "function (" : "function ");
      if (bare) insert(node.params[0].end, ")");
      replace(arrow, arrow + 3, node.expression ? "{ return " : "");
      if (node.expression) insert(node.end, "; }");
    },
  ),
  row(
    "a computed key",
    2015,
    (node): node is Of<"ObjectExpression"> =>
      node.type === "ObjectExpression" && node.properties.some((one) => one.type === "Property" && one.computed),
    (node, { code, insert, replace, shim }) => {
      replace(node.start, node.start + 1, `${shim("keyed")}([`);
      for (const property of node.properties) {
        if (property.type !== "Property") continue;
        const { key, computed } = property;
        if (computed) replace(property.start, key.start, "");
        else if (key.type === "Identifier") {
          insert(key.start, '"');
          insert(key.end, '"');
        }
        replace(key.end, code.indexOf(":", key.end) + 1, ",");
      }
      replace(node.end - 1, node.end, "])");
    },
  ),
  row(
    "fill of a typed array",
    2015,
    (node): node is Of<"CallExpression"> => node.type === "CallExpression" && isMember(node.callee, undefined, "fill"),
    (node, { insert, replace, shim }) => {
      if (node.callee.type !== "MemberExpression") return;
      insert(node.start, `${shim("filled")}(`);
      replace(node.callee.object.end, node.arguments[0].start, ", ");
    },
  ),
  // Storing a float rounds as fround does.
  mathMember("fround", "function (one) { return function (x) { one[0] = x; return one[0]; }; }(new Float32Array(1))"),
  mathMember("imul", "function (a, b) { return (a & 65535) * b + (((a >>> 16) * b & 65535) << 16) | 0; }"),
];
