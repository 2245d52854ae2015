// What the code says about itself. In: the text of the tree. Out: exports that other folders use without a word on hover, files of
// layers, losses, optimizers and initializers that do not name Keras' page, comments that cite a page outside, and the share of
// comment lines.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const filesIn = (folders: readonly string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|md)$/.test(name) && !/\bnode_modules\b/.test(name))
      .map((name) => join(folder, name)),
  );
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
const parse = (file: string): ts.SourceFile => ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);

const files = filesIn(["compiler", "runtime", "src"]);
const sources = new Map(files.map((file) => [file, parse(file)]));

interface Words {
  /** Everything between tokens: comments and white space. */
  readonly comments: string;
  readonly commentLines: number;
  /** All lines but empty ones. */
  readonly lines: number;
}

/** Splits a file at its tokens, so that `//` inside a string or a template is no comment. A line with a token is no comment line. */
function wordsOf(source: ts.SourceFile): Words {
  const comments: string[] = [];
  const code = new Set<number>();
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const parts = node.getChildren(source);
    for (const part of parts) visit(part);
    if (!ts.isToken(node) && !ts.isTemplateLiteralToken(node)) return;
    const start = node.getStart(source);
    comments.push(source.text.slice(node.pos, start));
    if (node.kind === ts.SyntaxKind.EndOfFileToken) return;
    for (let line = lineOf(start); line <= lineOf(node.end); line++) code.add(line);
  };
  visit(source);
  const lines = source.text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [i]));
  return {
    comments: comments.join("\n"),
    commentLines: lines.filter((line) => !code.has(line)).length,
    lines: lines.length,
  };
}

describe("wordsOf", () => {
  const words = (text: string): Words => wordsOf(ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true));

  it("tells comments from code", () => {
    const template = "export const a = `// no\n $".concat("{1} // no\n`; // aside\n\n");
    const text = `// one\n/** two\n * three */\n${template}const b = '// no'; /* aside */\n// four\n`;
    expect(words(text)).toMatchObject({ commentLines: 4, lines: 8 });
    for (const word of ["one", "three", "aside", "four"]) expect(words(text).comments).toContain(word);
    expect(words(text).comments).not.toContain("no");
  });
});

interface Export {
  readonly file: string;
  readonly name: string;
  readonly isDocumented: boolean;
}

/** What a file declares and exports; a re-export is documented where it is declared. */
function exportsOf(file: string, source: ts.SourceFile): Export[] {
  return source.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) return [];
    const declared: readonly ts.NamedDeclaration[] = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations
      : [statement as ts.DeclarationStatement];
    const isDocumented = ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc));
    return declared.map(({ name }) => ({ file, name: name?.getText(source) ?? "", isDocumented }));
  });
}

const all = new Map([...sources].flatMap(([file, source]) => exportsOf(file, source)).map((found) => [keyOf(found), found]));

function keyOf({ file, name }: Pick<Export, "file" | "name">): string {
  return `${file} ${name}`;
}

/** The declarations behind a name that a file exports, through re-exports; behind every name without one. */
function behind(file: string, name?: string): Export[] {
  const own = name === undefined ? [...all.values()].filter((found) => found.file === file) : [all.get(keyOf({ file, name }))];
  const passed = (sources.get(file)?.statements ?? []).flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const to = targetOf(file, statement.moduleSpecifier);
    const { exportClause: clause } = statement;
    if (to === undefined) return [];
    if (clause === undefined) return behind(to, name);
    if (ts.isNamespaceExport(clause)) return name === undefined || clause.name.text === name ? behind(to) : [];
    const named = clause.elements.filter((element) => name === undefined || element.name.text === name);
    return named.flatMap((element) => behind(to, (element.propertyName ?? element.name).text));
  });
  return [...own, ...passed].filter((found) => found !== undefined);
}

function targetOf(file: string, specifier: ts.Expression | undefined): string | undefined {
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
  return relative(root, resolve(root, dirname(file), specifier.text));
}

/** What the imports and re-exports of a file name. */
function usedBy(file: string, source: ts.SourceFile): Export[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const to = targetOf(file, statement.moduleSpecifier);
    if (to === undefined) return [];
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    if (bindings === undefined) return ts.isExportDeclaration(statement) ? behind(to) : [];
    if (ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings)) return behind(to);
    return [...bindings.elements].flatMap(({ propertyName, name }) => behind(to, (propertyName ?? name).text));
  });
}

describe("exports", () => {
  const foreign = new Set<Export>();
  for (const [file, source] of sources)
    for (const used of usedBy(file, source)) if (dirname(used.file) !== dirname(file)) foreign.add(used);

  it("are found through re-exports and namespaces", () => {
    expect(foreign.size).toBeGreaterThan(300);
    const names = new Set([...foreign].map(keyOf));
    expect(names).toContain("compiler/ops/nest/dot.ts dot");
    expect(names).toContain("compiler/layers/core/dense.ts dense");
    expect(names).toContain("compiler/program/value.ts madd");
  });

  it("that another folder imports say on hover what they give", () => {
    expect([...foreign].flatMap((found) => (found.isDocumented ? [] : [keyOf(found)])).sort()).toEqual([]);
  });
});

it.each([
  "compiler/layers",
  ...["losses", "optimizers", "initializers", "regularizers", "constraints"].map((kind) => `compiler/training/${kind}`),
])("every line of %s/list.ts leads to a file that names Keras' page", (folder) => {
  const list = join(folder, "list.ts");
  const named = new Set(behind(list).map(({ file }) => file));
  expect(named.size).toBeGreaterThan(1);
  const without = [...named].filter((file) => !/https:\/\/keras\.io\/api\/\S+/.test(wordsOf(parse(file)).comments));
  expect(without).toEqual([]);
});

it("no comment and no page cites what is not in the repository", () => {
  const pages = readdirSync(root).filter((name) => name.endsWith(".md"));
  const everything = [...files, ...filesIn(["tests", "bench", "examples", "scripts"]), ...pages];
  expect(everything.length).toBeGreaterThan(files.length + pages.length);
  // An import of a file `shared.ts` is no citation, so code that holds the words is read closely.
  const suspects = everything.filter((file) => textOf(file).includes("../shared"));
  const citing = suspects.filter((file) => file.endsWith(".md") || wordsOf(parse(file)).comments.includes("../shared"));
  expect(citing).toEqual([]);
});

it("between 12 and 18 % of the lines of compiler, runtime and src are comments", () => {
  const words = [...sources.values()].map(wordsOf);
  const sum = (of: (words: Words) => number): number => words.reduce((total, each) => total + of(each), 0);
  const share = (100 * sum(({ commentLines }) => commentLines)) / sum(({ lines }) => lines);
  expect(share).toBeGreaterThanOrEqual(12);
  expect(share).toBeLessThanOrEqual(18);
});
