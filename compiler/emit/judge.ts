// The last word on emitted text: acorn parses it, a scope walk lists the names it takes from outside, and anything beyond
// the lists in `code.ts` is a bug of layerc. Runs on every module before it leaves the compiler.
import { globals } from "../base/words.ts";
import { internal } from "../diagnostics/error.ts";
import { mathMembers } from "./code.ts";
import { moduleWords } from "./module/words.ts";
import { levels, type Syntax } from "./syntax/levels.ts";
import { declaredIn, type Edition, inner, type Kind, opensScope, parse, type Tree } from "./tree.ts";

/** Throws when `code` does not parse, or uses a name or a construct that no artifact may use. */
export function judge(code: string, kind: Kind, also: readonly string[] = [], syntax: Syntax = "es2020"): void {
  const fault = faultIn(code, kind, also, syntax);
  if (fault !== undefined) internal(`emitted text ${fault}`, [code]);
}

/** The first thing that no artifact has, in words; `also`: names that this one may take from outside. */
export function faultIn(code: string, kind: Kind, also: readonly string[], syntax: Syntax): string | undefined {
  const { edition, methods } = levels[syntax];
  // Of old engines some text asks what they are able to.
  const asked = edition > 5 ? [] : ["Object"];
  const allowed = new Set<string>([...globals, ...mathMembers.map((member) => `Math.${member}`), ...asked, ...also]);
  try {
    const { free, newer, called } = findIn(code, kind, edition);
    const strange = methods && [...called].find((name) => !methods.has(name) && !moduleWords.includes(name));
    if (strange !== undefined) return `for ${syntax} calls .${strange}()`;
    const bad = [...newer, ...free].find((name) => !allowed.has(name));
    return bad === undefined ? undefined : `uses ${bad}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `does not parse: ${error.message}`;
  }
}

/**
 * The names `code` uses and does not declare, sorted. `Math.max` counts as one name. Constructs that reach outside without
 * a name are listed as names too: `import`, `this`, `.constructor`, `.__proto__`.
 */
export const freeNames = (code: string, kind: Kind = "module"): readonly string[] => [...findIn(code, kind).free].sort();

/** Syntax that njs or Rhino lack, in words; nothing in a module needs it. */
export const newerSyntax = (code: string, kind: Kind = "module"): readonly string[] => [...findIn(code, kind).newer].sort();

interface Found {
  readonly free: Set<string>;
  readonly newer: Set<string>;
  /** Names of methods. */
  readonly called: Set<string>;
}
// 2020 is what every engine with WebAssembly SIMD reads; newer syntax must not slip in.
function findIn(code: string, kind: Kind, edition: Edition = 2020): Found {
  const found: Found = { free: new Set(), newer: new Set(), called: new Set() };
  walk(parse(code, kind, edition), [], found);
  return found;
}

const newerSyntaxes: Readonly<Record<string, (node: Tree) => boolean>> = {
  "a shorthand property": (node) => node.type === "Property" && (node.shorthand || node.method),
  destructuring: ({ type }) => type === "ObjectPattern" || type === "ArrayPattern",
  "a parameter with a default": ({ type }) => type === "AssignmentPattern",
  "catch without a name": (node) => node.type === "CatchClause" && !node.param,
  spread: ({ type }) => type === "SpreadElement" || type === "RestElement",
  "a template": ({ type }) => type === "TemplateLiteral",
  "a class": ({ type }) => type === "ClassDeclaration" || type === "ClassExpression",
  // It would run on when the call has returned, where nothing bounds it.
  "a function that waits": (node) =>
    (node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression") &&
    node.async,
  "a typed array copied by slice()": (node) =>
    node.type === "CallExpression" &&
    node.arguments.length === 0 &&
    node.callee.type === "MemberExpression" &&
    node.callee.property.type === "Identifier" &&
    node.callee.property.name === "slice",
};
const newerKinds: ReadonlySet<Tree["type"]> = new Set([
  "Property",
  "ObjectPattern",
  "ArrayPattern",
  "AssignmentPattern",
  "CatchClause",
  "SpreadElement",
  "RestElement",
  "TemplateLiteral",
  "ClassDeclaration",
  "ClassExpression",
  "CallExpression",
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);

/** Open scopes, outermost first; which of them declares a name does not matter here. */
type Scopes = readonly ReadonlySet<string>[];

function walk(node: Tree, scopes: Scopes, found: Found): void {
  const { free } = found;
  if (newerKinds.has(node.type)) {
    for (const [syntax, is] of Object.entries(newerSyntaxes)) if (is(node)) found.newer.add(syntax);
  }
  const inside = opensScope(node) ? [...scopes, declaredIn(node)] : scopes;
  const use = (name: string) => {
    if (!inside.some((scope) => scope.has(name))) free.add(name);
  };
  if ((node.type === "CallExpression" || node.type === "NewExpression") && node.callee.type === "MemberExpression") {
    const { computed, property } = node.callee;
    if (!computed && property.type === "Identifier") found.called.add(property.name);
  }
  switch (node.type) {
    case "Identifier":
      use(node.name);
      return;
    case "ImportDeclaration":
    case "ImportExpression":
    case "MetaProperty":
      free.add("import");
      return;
    case "ExportAllDeclaration":
      free.add("import");
      return;
    case "ThisExpression":
      free.add("this");
      return;
    case "MemberExpression": {
      const { object, property, computed } = node;
      const member = !computed && property.type === "Identifier" ? property.name : undefined;
      if (member === "constructor" || member === "__proto__") free.add(`.${member}`);
      // `Math.max` is the name, so that a member nobody listed is found; a computed member is a use of Math itself.
      if (object.type === "Identifier" && object.name === "Math" && member !== undefined) {
        if (!inside.some((scope) => scope.has("Math"))) free.add(`Math.${member}`);
        return;
      }
      walk(object, inside, found);
      if (computed) walk(property, inside, found);
      return;
    }
    case "ExportNamedDeclaration":
      if (node.source) free.add("import");
      break;
    default:
  }
  for (const child of inner(node)) walk(child, inside, found);
}
