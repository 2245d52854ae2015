// The last word on emitted text: acorn parses it, a scope walk lists the names it takes from outside, and anything beyond
// the lists in `code.ts` is a bug of layerc. Runs on every module before it leaves the compiler.
import * as acorn from "acorn";
import { globals } from "../base/words.ts";
import { internal } from "../diagnostics/error.ts";
import { mathMembers } from "./code.ts";

type Tree = acorn.AnyNode;
type Kind = "module" | "script";

// 2020 is what every engine with WebAssembly SIMD reads; newer syntax must not slip in.
const parse = (code: string, kind: Kind): acorn.Program => acorn.parse(code, { ecmaVersion: 2020, sourceType: kind });

/** Throws when `code` does not parse, or uses a name or a construct that no artifact may use. */
export function judge(code: string, kind: Kind, also: readonly string[] = []): void {
  const allowed = new Set<string>([...globals, ...mathMembers.map((member) => `Math.${member}`), ...also]);
  const { free, newer } = foundOrFault(code, kind);
  const bad = [...newer, ...free].find((name) => !allowed.has(name));
  if (bad !== undefined) internal(`emitted text uses ${bad}`, [code]);
}

function foundOrFault(code: string, kind: Kind): Found {
  try {
    return findIn(code, kind);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return internal(`emitted text does not parse: ${error.message}`, [code]);
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
}
function findIn(code: string, kind: Kind): Found {
  const found: Found = { free: new Set(), newer: new Set() };
  walk(parse(code, kind), [], found);
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
      if (node.declaration) walk(node.declaration, inside, found);
      for (const { local } of node.specifiers) if (local.type === "Identifier") use(local.name);
      return;
    case "LabeledStatement":
      walk(node.body, inside, found);
      return;
    case "BreakStatement":
    case "ContinueStatement":
      return;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      if (node.computed) walk(node.key, inside, found);
      if (node.value) walk(node.value, inside, found);
      return;
    default:
      for (const child of children(node)) walk(child, inside, found);
  }
}

function children(node: Tree): Tree[] {
  const found: Tree[] = [];
  // Not Object.values: this runs for every node of a module, several times.
  for (const key in node) {
    const value = (node as unknown as Readonly<Record<string, unknown>>)[key];
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) {
      if (isTree(value)) found.push(value);
    } else for (const item of value) if (typeof item === "object" && item !== null && isTree(item)) found.push(item);
  }
  return found;
}
const isTree = (value: object): value is Tree => "type" in value && typeof value.type === "string";
const isFunction = (node: Tree) =>
  node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
const scopes: ReadonlySet<Tree["type"]> = new Set([
  "Program",
  "BlockStatement",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "SwitchStatement",
  "CatchClause",
  "ClassExpression",
]);
const opensScope = (node: Tree) => isFunction(node) || scopes.has(node.type);

/** What a scope declares: for a function its name, parameters and every `var` below; for a block what stands directly in it. */
function declaredIn(scope: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  if (isFunction(scope) || scope.type === "ClassExpression") {
    if ("id" in scope && scope.id) names.add(scope.id.name);
    if ("params" in scope) for (const param of scope.params) bind(param, names);
    names.add("arguments");
  }
  if (scope.type === "CatchClause" && scope.param) bind(scope.param, names);
  for (const child of children(scope)) declare(child, names, true, isFunction(scope) || scope.type === "Program");
  return names;
}

/** `direct`: the node stands in the scope itself; `vars`: the scope is a function's or the program's, to which `var` climbs. */
function declare(node: Tree, names: Set<string>, direct: boolean, vars: boolean): void {
  if (node.type === "VariableDeclaration") {
    if (node.kind === "var" ? vars : direct) for (const { id } of node.declarations) bind(id, names);
  } else if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") {
    if (direct && node.id) names.add(node.id.name);
    return;
  } else if (node.type === "ExportNamedDeclaration" && node.declaration) {
    declare(node.declaration, names, direct, vars);
  }
  // No expression declares a name around itself.
  if (!vars || isFunction(node) || node.type.startsWith("Expression") || node.type.endsWith("Expression")) return;
  for (const child of children(node)) declare(child, names, false, true);
}

/** The names a pattern binds: `{ a, b: [c] = … }` binds a and c. */
function bind(pattern: Tree, names: Set<string>): void {
  if (pattern.type === "Identifier") names.add(pattern.name);
  else if (pattern.type === "AssignmentPattern") bind(pattern.left, names);
  else if (pattern.type === "Property") bind(pattern.value, names);
  else for (const child of children(pattern)) bind(child, names);
}
