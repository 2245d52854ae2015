// Adding an op, a layer, a topic of rewrite rules or a strategy is one new file and one line in its list, and forgetting a part does
// not compile. The proof type-checks a probe that exists only in memory: the real list plus one line (where the list is an array,
// an import and a member), the probe whole, and the probe once without each part.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as ts from "typescript";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Files of the real tree, read once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Type-checks `files` (path in the repository → text) over the real tree; one line per error: `file: message`. */
function errors(files: Readonly<Record<string, string>>): string[] {
  const { config } = ts.readConfigFile(resolve(root, "tsconfig.json"), (path) => readFileSync(path, "utf8"));
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, root);
  const texts = new Map(Object.entries(files).map(([path, text]) => [resolve(root, path), text]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => texts.get(resolve(path)) ?? readFile(path);
  host.fileExists = (path) => texts.has(resolve(path)) || fileExists(path);
  host.getSourceFile = (path, languageVersion) => {
    const parse = (text: string | undefined) =>
      text === undefined ? undefined : ts.createSourceFile(path, text, languageVersion, true);
    const own = texts.get(resolve(path));
    if (own !== undefined) return parse(own);
    if (!parsed.has(path)) parsed.set(path, parse(readFile(path)));
    return parsed.get(path);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    if (source === undefined) throw new Error(`no source ${path}`);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${path.slice(root.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

interface Kind {
  readonly what: string;
  readonly list: string;
  readonly folder: string;
  readonly head: string;
  /** Around the parts. */
  readonly open: string;
  readonly close: string;
  readonly parts: Readonly<Record<string, string>>;
  /** A use of the probe that compiles only once it is listed. */
  readonly use: string;
}

const kinds: readonly Kind[] = [
  {
    what: "primitive op",
    list: "compiler/ops/list.ts",
    folder: "compiler/ops",
    head: 'import type { NoAttrs, Primitive } from "./define.ts";\nimport { noAttrs } from "./kit/elementwise.ts";',
    open: ": Primitive<NoAttrs> = {",
    close: "}",
    parts: {
      kind: '"primitive"',
      name: '"probe"',
      says: '"x"',
      arity: "1",
      attrs: "noAttrs",
      type: "([x]) => x",
      eval: "([x]) => x",
      sample: "() => ({ inputs: [{ shape: [2] }], attrs: {} })",
      rounding: '"none"',
      vjp: "(_g, { ct }) => [ct]",
      lower: '{ kind: "pointwise", value: ([x]) => x }',
      examples: "[]",
    },
    use: 'import { begin } from "./index.ts";\nexport const use = () => { const g = begin(); return g.probe(g.fill(1, [2])); };',
  },
  {
    what: "composite op",
    list: "compiler/ops/list.ts",
    folder: "compiler/ops",
    head: 'import type { Composite, NoAttrs } from "./define.ts";\nimport { noAttrs } from "./kit/elementwise.ts";',
    open: ": Composite<NoAttrs> = {",
    close: "}",
    parts: {
      kind: '"composite"',
      name: '"probe"',
      says: '"x"',
      arity: "1",
      attrs: "noAttrs",
      type: "([x]) => x",
      eval: "([x]) => x",
      expand: "(_g, [x]) => x",
      sample: "() => ({ inputs: [{ shape: [2] }], attrs: {} })",
      examples: "[]",
    },
    use: 'import { begin } from "./index.ts";\nexport const use = () => { const g = begin(); return g.probe(g.fill(1, [2])); };',
  },
  {
    what: "layer",
    list: "compiler/layers/list.ts",
    folder: "compiler/layers",
    head: 'import * as z from "zod";\nimport { layer } from "./define.ts";',
    open: " = layer({",
    close: "})",
    parts: {
      name: '"probe"',
      keras: '"Probe"',
      says: '"x"',
      config: "z.strictObject({ width: z.int() })",
      weights: "() => []",
      lower: "(_g, { x }) => ({ y: x })",
    },
    use: 'import { probe } from "./list.ts";\nexport const use = probe({ width: 3, name: "mine" });',
  },
];

const object = ({ open, close }: Kind, parts: Readonly<Record<string, string>>, name: string) =>
  `export const ${name}${open} ${Object.entries(parts)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")} ${close};\n`;

describe.each(kinds)("a new $what", (kind) => {
  const { parts, folder, head, list, use } = kind;
  const whole = `${head}\n${object(kind, parts, "probe")}`;
  const listed = () => `${readFileSync(resolve(root, list), "utf8")}export { probe } from "./probe.ts";\n`;

  it("is one file and one line", () => {
    expect(existsSync(resolve(root, folder, "probe.ts"))).toBe(false);
    expect(errors({ [`${folder}/probe.ts`]: whole, [list]: listed(), [`${folder}/use.ts`]: use })).toEqual([]);
  });

  it("is not there without its line", () => {
    expect(errors({ [`${folder}/probe.ts`]: whole, [`${folder}/use.ts`]: use })).toEqual([
      expect.stringMatching(`^${folder}/use\\.ts: .*probe`),
    ]);
  });

  it("does not compile without one of its parts", () => {
    const files = Object.keys(parts).map((part) => {
      const { [part]: _, ...rest } = parts;
      return [part, `${folder}/without-${part}.ts`, `${head}\n${object(kind, rest, "probe")}`] as const;
    });
    const found = errors(Object.fromEntries(files.map(([, path, text]) => [path, text])));
    const unnamed = files.filter(
      ([part, path]) => !found.some((error) => error.startsWith(`${path}: `) && error.includes(`'${part}'`)),
    );
    expect(unnamed.map(([part]) => part)).toEqual([]);
  });
});

interface Member {
  readonly what: string;
  readonly list: string;
  readonly folder: string;
  /** Where the list's array begins. */
  readonly array: RegExp;
  /** The probe in the array. */
  readonly member: string;
  readonly parts: Readonly<Record<string, string>>;
  /** The file of a probe with some parts. */
  readonly file: (parts: Readonly<Record<string, string>>) => string;
  /** What is no such thing. */
  readonly other: string;
}

const members: readonly Member[] = [
  {
    what: "topic of rewrite rules",
    list: "compiler/rewrite/rules/index.ts",
    folder: "compiler/rewrite/rules",
    array: /const always: readonly Rule\[\] = \[/,
    member: "...probe",
    parts: {
      name: '"neg-of-neg"',
      promise: '"bits"',
      from: 'op("neg", op("neg", any("x")))',
      to: "(_g, { x }) => x",
      sample: '(g) => g.neg(g.neg(g.input({ name: "x0", shape: ["n", 2] })))',
    },
    file: (parts) =>
      `import { any, op, type Rule, rule } from "../pattern.ts";\nexport const probe: readonly Rule[] = [rule(${Object.values(parts).join(", ")})];\n`,
    other: 'export const probe = [{ name: "neg-of-neg" }];\n',
  },
  {
    what: "strategy",
    list: "compiler/schedule/strategies/list.ts",
    folder: "compiler/schedule/strategies",
    array: /const strategies: readonly Strategy\[\] = \[/,
    member: "probe",
    parts: {
      name: '"probe"',
      says: '"every point by itself"',
      when: "({ order }, target) => (target.lanes > 1 ? undefined : { order, tile: [] })",
      sample: '{ target: "js", nest: "store y[0] = x[0]" }',
    },
    file: (parts) => {
      const fields = Object.entries(parts).map(([key, value]) => `${key}: ${value}`);
      return `import type { Strategy } from "./define.ts";\nexport const probe: Strategy = { ${fields.join(", ")} };\n`;
    },
    other: "export const probe = () => undefined;\n",
  },
];

describe.each(members)("a new $what", ({ list, folder, array, member, parts, file, other }) => {
  const path = `${folder}/probe.ts`;
  const listed = (): string => {
    const text = readFileSync(resolve(root, list), "utf8");
    expect(text).toMatch(array);
    return `import { probe } from "./probe.ts";\n${text.replace(array, (found) => `${found} ${member}, `)}`;
  };

  it("is one file, and a line that imports it into the list", () => {
    expect(existsSync(resolve(root, path))).toBe(false);
    expect(errors({ [path]: file(parts), [list]: listed() })).toEqual([]);
  });

  it("is nothing else: the list takes no other", () => {
    expect(errors({ [path]: other, [list]: listed() })).toEqual([expect.stringMatching(`^${list}: `)]);
  });

  it("does not compile without one of its parts", () => {
    const files = Object.keys(parts).map((part) => {
      const { [part]: _, ...rest } = parts;
      return [part, `${folder}/without-${part}.ts`, file(rest)] as const;
    });
    const found = errors(Object.fromEntries(files.map(([, name, text]) => [name, text])));
    expect(files.filter(([, name]) => !found.some((error) => error.startsWith(`${name}: `))).map(([part]) => part)).toEqual([]);
  });
});
