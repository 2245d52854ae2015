// The sentences of a layer's keys in its declaration, where an editor reads them. In: the text of a .d.ts that tsc wrote. Out: the same
// with a doc comment before each key that a factory takes. Guarantee: throws where a key has no sentence; written twice, it stays.
import ts from "typescript";
import { layers } from "../../compiler/layers/index.ts";
import { own, shared } from "./layers.ts";
import { docOf, keysOf } from "./schema.ts";

/** The sentence of a layer's key, with its default. */
export function wordsOf(layer: string, key: string): string | undefined {
  const found = layers.get(layer);
  const schema = found === undefined ? undefined : keysOf(found.config)?.[key];
  if (schema === undefined) return undefined;
  const sentences = own[layer] ?? {};
  // One, two or three axes: a layer of that family without words of its own has those of the key.
  return docOf(Object.hasOwn(sentences, key) ? sentences[key] : shared[key], schema, `${layer}.${key}`);
}

/** The declarations with the words in. */
export function documented(text: string): string {
  const source = ts.createSourceFile("a.d.ts", text, ts.ScriptTarget.Latest, true);
  const inserted: { readonly at: number; readonly doc: string }[] = [];
  const visit = (node: ts.Node, layer: string, isConfig: boolean): void => {
    const name = ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) ? node.name.text : layer;
    const doc = isConfig && ts.isPropertySignature(node) ? wordsOf(name, node.name.getText(source)) : undefined;
    if (doc !== undefined && ts.getJSDocCommentsAndTags(node).length === 0) inserted.push({ at: node.getStart(source), doc });
    // Keys are those of the parameter itself, not of what a key holds.
    if (isConfig && ts.isPropertySignature(node)) return;
    ts.forEachChild(node, (child) => visit(child, name, isConfig || ts.isParameter(node)));
  };
  visit(source, "", false);
  return inserted.reduceRight((so, { at, doc }) => `${so.slice(0, at)}${doc}\n    ${so.slice(at)}`, text);
}
