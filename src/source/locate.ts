// Where in the user's TypeScript a spec path stands: `layers[2].units` is the property `units` of the third element of the list given to
// `sequential` or `model`, `inputs[0]` the first property of its inputs; where that is not written out, the element; else the call. In: a
// file and a path. Out: a Place, or nothing. Reads text only; ts-morph is loaded on the first call, so that a model without errors never
// pays for it.
import { dirname, resolve } from "node:path";
import type {
  ArrayLiteralExpression,
  CallExpression,
  Expression,
  Node,
  ObjectLiteralExpression,
  Project,
  SourceFile,
} from "ts-morph";
import type { Place } from "../../compiler/diagnostics/error.ts";
import { stepsOf } from "../formats/json-text.ts";

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

  /** The exported model where it is written out, or what it is made from; else a model's call in the file, else the export itself. */
  find(source: SourceFile, steps: readonly (string | number)[]): Place | undefined {
    const exported = source.getExportAssignment((node) => !node.isExportEquals())?.getExpression();
    const model = this.#modelIn(exported) ?? this.#anyCall(source);
    const anchor = model ?? exported;
    if (anchor === undefined) return undefined;
    const found = model && this.#follow(model, steps);
    // The list as a whole says less than the call.
    return placeOf(found === undefined || found === this.#list(model) ? anchor : found);
  }

  /** The model that an expression is, or is made from: `adapt(net, …)`, `fit(net, …).model`, `{ ...net, name: "other" }`. */
  #modelIn(node: Node | undefined, depth = 0): Node | undefined {
    const value = this.#value(node);
    if (value === undefined || depth > 8) return undefined;
    if (this.#list(value) !== undefined) return value;
    const inner = this.#is.isCallExpression(value)
      ? value.getArguments()
      : this.#is.isObjectLiteralExpression(value)
        ? value.getProperties().flatMap((property) => (this.#is.isSpreadAssignment(property) ? [property.getExpression()] : []))
        : this.#is.isPropertyAccessExpression(value) || this.#is.isAwaitExpression(value)
          ? [value.getExpression()]
          : [];
    return inner.map((item) => this.#modelIn(item, depth + 1)).find((found) => found !== undefined);
  }

  /** Where the lines of a model stand: the first argument of `sequential`, or what is called layers. */
  #list(node: Node | undefined): Node | undefined {
    const value = this.#value(node);
    const first = this.#is.isCallExpression(value) ? this.#value(value.getArguments()[0]) : value;
    if (this.#is.isArrayLiteralExpression(first)) return this.#is.isCallExpression(value) ? first : undefined;
    if (!this.#is.isObjectLiteralExpression(first)) return undefined;
    const list = this.#value(this.#property(first, "layers"));
    return this.#is.isArrayLiteralExpression(list) ? list : undefined;
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

  /** Follows keys into models, layers and options; the last thing that is written out, undefined where not even the first key is. */
  #follow(start: Node, steps: readonly (string | number)[]): Node | undefined {
    let found: Node | undefined;
    for (const step of steps) {
      const value = this.#value(found ?? start);
      // A line may be written as data: {layer, config}.
      const next = this.#child(value, step) ?? this.#child(this.#child(value, "config"), step);
      // Keys of the spec, but not of what a factory takes.
      if (next === undefined && (step === "config" || step === "training")) continue;
      if (next === undefined) break;
      found = next;
    }
    return found;
  }

  /** The element or the property of that name; of a call, in what it is given. */
  #child(node: Node | undefined, step: string | number): Node | undefined {
    const value = this.#value(node);
    if (this.#is.isCallExpression(value)) {
      const [first, second] = value.getArguments();
      if (step === "layers" && this.#list(value) !== undefined) return this.#list(value);
      // sequential(list, options) and reuse("line", options); all others take one object.
      const given = this.#value(first);
      if (this.#is.isStringLiteral(given) && step === "of") return first;
      if (this.#is.isObjectLiteralExpression(given)) return this.#child(given, step);
      // call(model, options): what is not said of the line is the model's own.
      return this.#child(second, step) ?? (this.#list(given) === undefined ? undefined : this.#child(given, step));
    }
    if (this.#is.isArrayLiteralExpression(value)) return typeof step === "number" ? this.#elements(value)[step] : undefined;
    if (!this.#is.isObjectLiteralExpression(value)) return undefined;
    // Ports by name are counted as they stand.
    if (typeof step === "number")
      return value.getProperties().some(this.#is.isSpreadAssignment) ? undefined : value.getProperties()[step];
    return this.#property(value, step);
  }

  #property(object: ObjectLiteralExpression, name: string): Node | undefined {
    return object
      .getProperties()
      .find((property) => !this.#is.isSpreadAssignment(property) && unquote(property.getName()) === name);
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

  /** A model that is not written out in the export is often built by a call further up; of several the last holds the others. */
  #anyCall(source: SourceFile): CallExpression | undefined {
    const calls = source.getDescendants().filter((node) => this.#is.isCallExpression(node));
    const named = (name: string) =>
      calls.filter((call) => call.getExpression().getText().split(".").at(-1) === name && this.#list(call) !== undefined);
    return named("model").at(-1) ?? named("sequential").at(-1) ?? calls.find((call) => isModelCall(call));
  }
}

const isModelCall = (call: CallExpression): boolean =>
  ["sequential", "model"].includes(call.getExpression().getText().split(".").at(-1) ?? "");

const unquote = (name: string): string => name.replace(/^(["'`])(.*)\1$/, "$2");

function placeOf(node: Node): Place {
  const { line, column } = node.getSourceFile().getLineAndColumnAtPos(node.getStart());
  return { file: node.getSourceFile().getFilePath(), line, column };
}
