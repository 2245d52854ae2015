// Where in the user's TypeScript a spec path stands: `layers[2].units` is the property `units` of the third element of the
// list given to `sequential`; where that is not written out, the element; else the call. In: a file and a path. Out: a
// Place, or nothing. Reads text only; ts-morph is loaded on the first call, so that a model without errors never pays for it.
import { dirname, resolve } from "node:path";
import type { ArrayLiteralExpression, CallExpression, Expression, Node, Project, SourceFile } from "ts-morph";
import type { Place } from "../../compiler/diagnostics/error.ts";

/** The place of `path` (as CompileError has it) in a model file. */
export async function locate(file: string, path: string): Promise<Place | undefined> {
  const morph = await import("ts-morph");
  const project = new morph.Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    compilerOptions: { allowJs: true },
  });
  const source = project.addSourceFileAtPathIfExists(file);
  return source === undefined ? undefined : new Locator(morph, project).find(source, stepsOf(path));
}

/** `layers[2].config["a b"]` as keys: "layers", 2, "config", "a b". */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) : (quoted ?? name),
  );
}

type Morph = typeof import("ts-morph");

/** Follows a spec path through the syntax tree; nothing is evaluated, so what is computed cannot be followed and ends the search. */
class Locator {
  readonly #is: Morph["Node"];
  readonly #project: Project;
  /** An identifier may name itself through imports; this many steps are followed. */
  #fuel = 100;

  constructor(morph: Morph, project: Project) {
    this.#is = morph.Node;
    this.#project = project;
  }

  /** The exported model's list if it is written out, else any call of `sequential` in the file, else the export itself. */
  find(source: SourceFile, steps: readonly (string | number)[]): Place | undefined {
    const exported = source.getExportAssignment((node) => !node.isExportEquals())?.getExpression();
    const model = exported === undefined ? undefined : this.#value(exported);
    const call = this.#isList(model) ? model : this.#anyCall(source);
    const anchor = call ?? exported;
    if (anchor === undefined) return undefined;
    return placeOf(
      (call && steps[0] === "layers" ? this.#inList(call, steps.slice(1)) : call && this.#inOptions(call, steps)) ?? anchor,
    );
  }

  #isList(node: Node | undefined): node is CallExpression {
    return this.#is.isCallExpression(node) && this.#is.isArrayLiteralExpression(this.#value(node.getArguments()[0]));
  }

  #inList(call: CallExpression, [index, ...rest]: readonly (string | number)[]): Node | undefined {
    const list = this.#value(call.getArguments()[0]);
    if (typeof index !== "number" || !this.#is.isArrayLiteralExpression(list)) return undefined;
    const element = this.#elements(list)[index];
    return element === undefined ? undefined : this.#follow(element, rest);
  }

  /** The elements of a list, spreads of written-out lists opened; cut off at a spread that is not, after which nobody can count. */
  #elements(list: ArrayLiteralExpression): Expression[] {
    const elements: Expression[] = [];
    for (const element of list.getElements()) {
      if (!this.#is.isSpreadElement(element)) {
        elements.push(element);
        continue;
      }
      const inner = this.#value(element.getExpression());
      if (!this.#is.isArrayLiteralExpression(inner)) break;
      elements.push(...this.#elements(inner));
    }
    return elements;
  }

  /** Follows keys into `dense({…})`, `{layer, config}` or options; stops at the last thing that is written out. */
  #follow(element: Node, steps: readonly (string | number)[]): Node {
    let found = element;
    for (const step of steps) {
      const value = this.#value(found);
      const object = this.#is.isCallExpression(value) ? this.#value(value.getArguments()[0]) : value;
      const next = this.#child(object, step);
      // Keys of the spec, but not of what a factory takes.
      if (next === undefined && (step === "config" || step === "training")) continue;
      if (next === undefined) break;
      found = next;
    }
    return found;
  }

  /** A path that is not about layers, in the second argument of `sequential`. */
  #inOptions(call: CallExpression, steps: readonly (string | number)[]): Node | undefined {
    const options = call.getArguments()[1];
    if (options === undefined || steps.length === 0) return undefined;
    const found = this.#follow(options, steps);
    return found === options ? undefined : found;
  }

  /** The element or the property of that name. */
  #child(value: Node | undefined, step: string | number): Node | undefined {
    if (this.#is.isArrayLiteralExpression(value) && typeof step === "number") return this.#elements(value)[step];
    if (!this.#is.isObjectLiteralExpression(value)) return undefined;
    return value
      .getProperties()
      .find((property) => !this.#is.isSpreadAssignment(property) && unquote(property.getName()) === String(step));
  }

  /** What an expression stands for: through names, properties, `as`, `satisfies` and parentheses. */
  #value(node: Node | undefined): Node | undefined {
    if (node === undefined || this.#fuel-- <= 0) return node;
    if (this.#is.isPropertyAssignment(node)) return this.#value(node.getInitializer());
    if (this.#is.isShorthandPropertyAssignment(node)) return this.#value(node.getNameNode());
    if (this.#is.isAsExpression(node) || this.#is.isSatisfiesExpression(node) || this.#is.isParenthesizedExpression(node)) {
      return this.#value(node.getExpression());
    }
    return this.#is.isIdentifier(node) ? (this.#named(node.getSourceFile(), node.getText()) ?? node) : node;
  }

  /** What a name of a file stands for: a variable's initial value, or the same in the file it is imported from. */
  #named(source: SourceFile, name: string): Node | undefined {
    const initializer = source.getVariableDeclaration(name)?.getInitializer();
    if (initializer !== undefined) return this.#value(initializer);
    for (const declaration of source.getImportDeclarations()) {
      const imported = declaration.getNamedImports().find((item) => (item.getAliasNode()?.getText() ?? item.getName()) === name);
      const isDefault = declaration.getDefaultImport()?.getText() === name;
      if (imported === undefined && !isDefault) continue;
      const target = this.#module(source, declaration.getModuleSpecifierValue());
      if (target === undefined) return undefined;
      return isDefault
        ? this.#value(target.getExportAssignment(() => true)?.getExpression())
        : this.#named(target, imported?.getName() ?? name);
    }
    return undefined;
  }

  /** The file of a relative import, with the endings that people leave out. */
  #module(from: SourceFile, specifier: string): SourceFile | undefined {
    if (!specifier.startsWith(".")) return undefined;
    const path = resolve(dirname(from.getFilePath()), specifier);
    const candidates = [path, `${path}.ts`, `${path}.js`, path.replace(/\.([mc]?)js$/, ".$1ts"), `${path}/index.ts`];
    for (const candidate of candidates) {
      const file = /\.[mc]?[jt]sx?$/.test(candidate) ? this.#project.addSourceFileAtPathIfExists(candidate) : undefined;
      if (file !== undefined) return file;
    }
    return undefined;
  }

  /** A model that is not written out in the export is often built by a call further up. */
  #anyCall(source: SourceFile): CallExpression | undefined {
    const calls = source.getDescendants().filter((node) => this.#is.isCallExpression(node));
    return calls.find((call) => call.getExpression().getText().split(".").at(-1) === "sequential");
  }
}

const unquote = (name: string): string => name.replace(/^(["'`])(.*)\1$/, "$2");

function placeOf(node: Node): Place {
  const { line, column } = node.getSourceFile().getLineAndColumnAtPos(node.getStart());
  return { file: node.getSourceFile().getFilePath(), line, column };
}
