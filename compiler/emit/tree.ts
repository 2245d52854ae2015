// The tree of emitted text: what acorn reads, walked. In: text, or a node. Out: nodes, and the names that a scope declares. Who judges
// text and who rewrites it for older engines see scopes alike, because both ask here.
import * as acorn from "acorn";

/** A node of acorn's. */
export type Tree = acorn.AnyNode;
/** How text is loaded. */
export type Kind = "module" | "script";

/** The tree of `code`, in a language of that edition. Throws SyntaxError. */
export const parse = (code: string, kind: Kind, edition: Edition): acorn.Program =>
  acorn.parse(code, { ecmaVersion: edition, sourceType: kind });
/** An edition of the language, as acorn counts them. */
export type Edition = 5 | 2015 | 2020;

/** What stands directly in a node. */
export function children(node: Tree): Tree[] {
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
/** What stands in a node where a name means a value: no names of members, keys or labels. */
export function inner(node: Tree): Tree[] {
  switch (node.type) {
    case "MemberExpression":
      return node.computed ? [node.object, node.property] : [node.object];
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return [...(node.computed ? [node.key] : []), ...(node.value ? [node.value] : [])];
    case "ExportNamedDeclaration":
      return [...(node.declaration ? [node.declaration] : []), ...node.specifiers.map(({ local }) => local)];
    case "LabeledStatement":
      return [node.body];
    case "BreakStatement":
    case "ContinueStatement":
      return [];
    default:
      return children(node);
  }
}
const isTree = (value: object): value is Tree => "type" in value && typeof value.type === "string";
/** A function of any form. */
export const isFunction = (node: Tree) =>
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
/** Whether names may be declared in a node that end with it. */
export const opensScope = (node: Tree) => isFunction(node) || scopes.has(node.type);

/** What a scope declares: for a function its name, parameters and every `var` below; for a block what stands directly in it. */
export function declaredIn(scope: Tree): ReadonlySet<string> {
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
