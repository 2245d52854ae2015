// What the playground's editor knows of a list: layers, their keys, and what a spec may name. In: the lists of the compiler and the tables of words.
// Out: plain data, which completion and hover read. Guarantee: sentences, defaults and types are those that declarations show.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { activations } from "../../compiler/layers/activations.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { Item, Words } from "../../src/explore/playground/words.ts";
import { wordsOf } from "../words/declarations.ts";
import { keysOf, typeOf } from "../words/schema.ts";
import { kinds, linesOf } from "../words/specs.ts";

const bare = (doc: string): string =>
  doc
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/\n\s*\* ?/g, " ")
    .trim();

/** Keys that every line may have beside its config. */
const lineKeys: Item["keys"] = {
  name: ["string", "Unique in the model; given by layerc (dense, dense_1, …) where it is left out."],
  inputs: ["readonly string[]", "Whose results the line takes, by name; absent: the line before."],
};

/** The keys of an interface as it is written, with their doc comments. */
function keysOfInterface(file: string, name: string): Item["keys"] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`${file} has no interface ${name}`);
  return Object.fromEntries(
    found.members.flatMap((member) => {
      if (!ts.isPropertySignature(member)) return [];
      const [doc] = ts.getJSDocCommentsAndTags(member);
      const type = member.type?.getText(source).replace(/\s+/g, " ") ?? "";
      return [[member.name.getText(source), [type, doc === undefined ? "" : bare(doc.getText(source))] as const]];
    }),
  );
}

/** A type in a line: objects and functions of a config are told by their sentence. */
function shortType(schema: Parameters<typeof typeOf>[0]): string {
  try {
    const type = typeOf(schema);
    // All activations: they are told once.
    return type.startsWith('"linear" | ') ? "name of an activation | null" : type;
  } catch {
    return "";
  }
}

function layerItem(name: string, layer: { readonly says: string; readonly config: Parameters<typeof keysOf>[0] }): Item {
  const keys = Object.entries(keysOf(layer.config) ?? {}).flatMap(([key, schema]) => {
    const doc = wordsOf(name, key);
    return doc === undefined ? [] : [[key, [shortType(schema), bare(doc)] as const] as const];
  });
  return { says: layer.says, keys: { ...Object.fromEntries(keys), ...lineKeys } };
}

/** A key's line of a declaration: `/** doc *\/ readonly key?: type;`. */
function specKeys(lines: readonly string[]): Item["keys"] {
  return Object.fromEntries(
    lines.map((line) => {
      const [, doc, key, type] = /^\/\*\* (.*) \*\/ readonly (\w+)\??: (.*);$/.exec(line) ?? [];
      if (doc === undefined) throw new Error(`no key in ${line}`);
      return [key, [type, doc] as const];
    }),
  );
}

/** All of it. */
export function playgroundWords(): Words {
  const sequential = keysOfInterface("src/sequential.ts", "SequentialOptions");
  const model = { ...keysOfInterface("src/sequential.ts", "ModelOptions"), ...sequential };
  const training = {
    ...keysOfInterface("compiler/model.ts", "Training"),
    ...keysOfInterface("compiler/model.ts", "TrainingInput"),
  };
  return {
    factories: {
      ...Object.fromEntries([...layers].map(([name, layer]) => [name, layerItem(name, layer)])),
      sequential: { says: "A model: the layers one after the other.", keys: sequential },
      model: {
        says: "A model as a graph: named inputs and outputs, and lines that may say whose results they take.",
        keys: model,
      },
      pipeline: { says: "Layers one after the other as one line.", keys: lineKeys },
      reuse: { says: "Calls an earlier line again, with the same weights, on other inputs.", keys: lineKeys },
    },
    training,
    specs: Object.fromEntries(
      Object.values(kinds).map((kind) => [
        kind.name,
        {
          isWord: kind.isWord,
          names: Object.fromEntries(
            [...kind.table, ...(kind.also ?? []).map((name) => [name, undefined] as const)].map(([name, item]) => [
              name,
              item === undefined ? {} : specKeys(linesOf(kind, item)),
            ]),
          ),
        },
      ]),
    ),
    activations: Object.keys(activations).sort(),
  };
}
