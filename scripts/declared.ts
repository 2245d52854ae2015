// What the source says of its own declarations. In: a file of the tree. Out: the comment of each member of an interface, or of a function, as one
// line: pages show what an editor shows.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const sourceOf = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);

function comment(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return docs
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Name and comment of each member of an interface, in its order. Throws where there is no such interface, or a member without a comment. */
export function membersOf(file: string, name: string): readonly (readonly [name: string, says: string])[] {
  const source = sourceOf(file);
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`${file} has no interface ${name}`);
  return found.members.map((member) => {
    const [key, says] = [member.name?.getText(source) ?? "", comment(member)];
    if (says === "") throw new Error(`${file}: ${name}.${key} has no comment`);
    return [key, says];
  });
}

/** The comment of a function or constant of a file, without what it throws. Throws where there is none. */
export function sayingOf(file: string, name: string): string {
  const found = sourceOf(file).statements.find((node) =>
    ts.isVariableStatement(node)
      ? node.declarationList.declarations.some((each) => each.name.getText() === name)
      : ts.isFunctionDeclaration(node) && node.name?.text === name,
  );
  const says = found === undefined ? "" : comment(found).replace(/ Throws [\s\S]*$/, "");
  if (says === "") throw new Error(`${file} says nothing of ${name}`);
  return says;
}

/** What a list passes on: each name, and the file that has it. */
export const reexportsOf = (list: string): readonly (readonly [name: string, file: string])[] =>
  sourceOf(list).statements.flatMap((node) => {
    if (!ts.isExportDeclaration(node) || node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return [];
    if (node.moduleSpecifier === undefined || !ts.isStringLiteral(node.moduleSpecifier)) return [];
    const file = join(dirname(list), node.moduleSpecifier.text);
    return node.exportClause.elements.map(({ name }) => [name.text, file] as const);
  });
