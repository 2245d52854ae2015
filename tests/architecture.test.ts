// Who may import whom. In: the import statements of the tree. Out: the offending edges by name.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

interface Edge {
  readonly from: string;
  /** A path in the tree, or a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const root = resolve(import.meta.dirname, "..");
const files = ["compiler", "runtime", "src"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);
const edges = files.flatMap(edgesOf);

function edgesOf(file: string): Edge[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found: Edge[] = [];
  const add = (specifier: string, typeOnly: boolean) =>
    found.push({
      from: file,
      to: specifier.startsWith(".") ? relative(root, resolve(root, dirname(file), specifier)) : specifier,
      typeOnly,
    });
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, ts.isImportDeclaration(node) ? isTypeOnly(node) : node.isTypeOnly);
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      ts.isStringLiteral(node.arguments[0])
    ) {
      add(node.arguments[0].text, false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      add(node.argument.literal.text, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = importClause.namedBindings;
  return (
    importClause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

const inside =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
const isNode = (to: string) => to.startsWith("node:") || builtinModules.includes(to);
const show = ({ from, to }: Edge) => `${from} → ${to}`;
const offending = (rule: (edge: Edge) => boolean) => edges.filter(rule).map(show);

it("reads the tree", () => {
  expect(edges.length).toBeGreaterThan(100);
  expect(edges.map(show)).toContain("compiler/compile.ts → compiler/options.ts");
});

/**
 * The rooms of the compiler from the ground up: an import may only go down. The schedule comes before layers, whose code never
 * meets it; a Model, its options and what becomes of it are plain types that every floor above the losses may speak of.
 */
const floors = [
  ...[
    "base",
    "diagnostics",
    "options.ts",
    "targets.ts",
    "encode",
    "graph",
    "program",
    "ops",
    "schedule",
    "training",
    "model.ts",
    "artifact.ts",
  ],
  ...["layers", "front", "rewrite", "plan", "lower", "interpret", "emit", "pipeline", "compile.ts"],
];
const roomOf = (file: string): string => file.split("/").slice(0, 2).join("/");
const floorOf = (file: string): number => floors.findIndex((room) => roomOf(file) === `compiler/${room}`);

/** The members of every circle of a graph, one circle a line (Tarjan's strongly connected components). */
function circles(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) as number);
    stack.push(node);
    for (const next of arrows.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== order.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1) found.push(members.sort().join(" ↔ "));
  };
  for (const node of arrows.keys()) if (!order.has(node)) visit(node);
  return found;
}

/** Arrows between files, or between what stands for them. */
function arrowsOf(place: (file: string) => string): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    if (!files.includes(to) || place(from) === place(to)) continue;
    arrows.set(place(from), (arrows.get(place(from)) ?? new Set()).add(place(to)));
  }
  return arrows;
}

it("no file reaches itself, types included", () => {
  expect(circles(arrowsOf((file) => file))).toEqual([]);
});

it("no folder reaches itself, types included", () => {
  expect(circles(arrowsOf(roomOf))).toEqual([]);
});

it("finds a circle where there is one", () => {
  const arrows = { a: ["b"], b: ["c"], c: ["a", "d"], d: ["e"], e: ["f"], f: ["e"], g: ["a"] };
  const asMap = new Map(Object.entries(arrows).map(([node, next]) => [node, new Set(next)]));
  expect(circles(asMap)).toEqual(["e ↔ f", "a ↔ b ↔ c"]);
});

it("every room of the compiler has a floor, and an import never climbs", () => {
  expect(files.filter((file) => inside("compiler")(file) && floorOf(file) < 0)).toEqual([]);
  expect(offending(({ from, to }) => inside("compiler")(from) && inside("compiler")(to) && floorOf(to) > floorOf(from))).toEqual(
    [],
  );
});

it("runtime imports nothing", () => {
  expect(offending(({ from, to }) => inside("runtime")(from) && !inside("runtime")(to))).toEqual([]);
});

it("the compiler imports nothing from src, runtime or Node", () => {
  expect(offending(({ from, to }) => inside("compiler")(from) && (inside("src", "runtime")(to) || isNode(to)))).toEqual([]);
});

it("the compiler depends on zod and acorn only", () => {
  const isPackage = (to: string) => !inside("compiler", "src", "runtime")(to) && !isNode(to);
  expect(offending(({ from, to }) => inside("compiler")(from) && isPackage(to) && !["zod", "acorn"].includes(to))).toEqual([]);
});

it("layers and rewrite never import program, emit or interpret", () => {
  const upper = inside("compiler/layers", "compiler/rewrite");
  expect(
    offending(({ from, to }) => upper(from) && inside("compiler/program", "compiler/emit", "compiler/interpret")(to)),
  ).toEqual([]);
});

it("the interpreters share no helper with anything that lowers or emits", () => {
  const accused = inside(
    "compiler/plan",
    "compiler/program",
    "compiler/schedule",
    "compiler/lower",
    "compiler/emit",
    "compiler/rewrite",
  );
  expect(offending(({ from, to, typeOnly }) => inside("compiler/interpret")(from) && accused(to) && !typeOnly)).toEqual([]);
});

it("the pipeline alone calls the interpreters", () => {
  const callers = ["lower-model", "self-test", "golden-rows", "rounding"].map((file) => `compiler/pipeline/${file}.ts`);
  const judged = (from: string) => inside("compiler")(from) && !inside("compiler/interpret", ...callers)(from);
  expect(offending(({ from, to }) => judged(from) && inside("compiler/interpret")(to))).toEqual([]);
});

it("nothing exports a default", () => {
  expect(files.filter((file) => /^export default /m.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
