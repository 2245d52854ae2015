// The text of a model in the playground: what it means, and where what is wrong with it stands. Nothing of a text is run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { evaluate } from "../../src/explore/playground/evaluate.ts";
import { Misplaced } from "../../src/explore/playground/trouble.ts";
import { dense, sequential } from "../../src/sequential.ts";

const examples = join(import.meta.dirname, "../../examples");
const files = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".model.ts"));

describe("a text means what its file means", () => {
  it("there are files", () => expect(files.length).toBeGreaterThan(8));
  it.each(files)("%s", async (name) => {
    const file = join(examples, name);
    const { default: model } = await import(pathToFileURL(file).href);
    expect(evaluate(readFileSync(file, "utf8")).model).toEqual(model);
  });

  it.each([
    ["numbers", "1e-3 + 2 * 3 - 8 / 4 % 3 ** 2 + -1 + +true", 1e-3 + 6 - ((8 / 4) % 9) - 1 + 1],
    ["Math", "Math.round(Math.PI) + Math.max(...[1, 5, 2])", 8],
    ["texts", '`a$\u007b1 + 1}` + "b"', "a2b"],
    ["choices", "(1 < 2 && !(2 >= 3)) ? null ?? 4 : 5", 4],
    ["parts of constants", "sizes[1] + more.deep.x", 9],
    ["spreads", "[...sizes, ...[7]].concat", undefined],
  ])("%s", (_, text, value) => {
    const source = `const sizes = [1, 2]; const more = { ...{ deep: { x: 7 } } };
      export default { layers: ${value === undefined ? "[...sizes, ...[7]]" : `[${text}]`} };`;
    expect(evaluate(source).model.layers).toEqual(value === undefined ? [1, 2, 7] : [value]);
  });

  it("names may be imported under others, and all at once", () => {
    const text = `import * as l from "layerc"; import { dense as d } from "layerc"; export default l.sequential([d({ units: 1 })]);`;
    expect(evaluate(text).model).toEqual(sequential([dense({ units: 1 })]));
  });
});

/** What is thrown; `«»` stand around where it is. */
function problem(text: string): Misplaced {
  try {
    evaluate(text);
  } catch (error) {
    if (error instanceof Misplaced) return error;
    throw error;
  }
  throw new Error(`nothing is thrown: ${text}`);
}
const marked = (text: string, { from, to }: { from: number; to: number }) =>
  `${text.slice(0, from)}«${text.slice(from, to)}»${text.slice(to)}`;
const bare = (text: string) => text.replace(/[«»]/g, "");

describe("what is no data is refused in its place", () => {
  it.each([
    ["source/syntax", "export default sequential([dense({ units: 1 })«]»", /Unexpected end of the text/],
    ["source/syntax", "const a«:» number = 1", /Unexpected token.*leave types out/],
    ["source/syntax", 'import fs from «"node:fs"»;', /not imported/],
    ["source/no-such-export", 'import { «Dense» } from "layerc";', /did you mean "dense"/],
    ["source/no-such-export", "export default «sequental»([])", /did you mean "sequential"/],
    ["source/no-such-export", "export default «globalThis».process", /not known/],
    ["source/no-such-export", "export default «eval»('1')", /not known/],
    ["source/no-such-export", "export default «Function»('return 1')()", /not known/],
    ["source/no-such-export", "export default sequential([dense({ units: «this_» })])", /not known/],
    ["source/not-data", "export default «this»", /not run/],
    ["source/not-data", "export default «[].constructor»", /has no "constructor"/],
    ["source/not-data", "export default «({}).__proto__»", /has no "__proto__"/],
    ["source/not-data", "export default «sequential.constructor»('1')", /has no "constructor"/],
    ["source/not-data", 'export default «"x".repeat»(9e9)', /has no "repeat"/],
    ["source/not-data", "export default { «__proto__: []», layers: [] }", /__proto__/],
    ["source/not-data", "export default { «['__proto' + '__']: []», layers: [] }", /__proto__/],
    ["source/not-data", "export default { «get layers() { return [] }» }", /function/],
    ["source/not-data", "export default («() => sequential([])»)()", /a function is not run/],
    ["source/not-data", "«while (true) {}»", /a loop is not run/],
    ["source/not-data", "«let a = 1;»", /write const/],
    ["source/not-data", "const a = «await import('layerc')»", /not run/],
    ["source/not-data", "const a = «new Date()»", /new is not run/],
    ["source/not-data", "const a = «Math.random»()", /seed/],
    ["source/not-data", "const a = Math.max(«{ valueOf: 1 }»)", /Math takes numbers/],
    ["source/not-data", "const a = 1 + «[]»", /an operator takes/],
    ["source/not-data", "const a = «/x/»", /regular expression/],
    ["source/no-default-export", "const a = 1;«»", /no default export/],
    ["source/not-a-model", "export default «[1]»", /a list, not a model/],
    ["model/schema", "export default sequential([], { «sed: 1» })", /sed.*did you mean "seed"/],
    ["model/schema", "export default «sequential(dense({ units: 1 }))»", /put the layers into a list/],
  ])("%s: %s", (code, text, message) => {
    const found = problem(bare(text));
    expect([found.error.code, marked(bare(text), found.range)]).toEqual([code, text]);
    expect(found.message).toMatch(message);
  });

  it("what doubles again and again ends", () => {
    const lines = Array.from({ length: 60 }, (_, i) => `const a${i + 1} = [...a${i}, ...a${i}];`);
    expect(problem(`const a0 = [1];${lines.join("")}`).message).toMatch(/more than 200000 parts/);
    const texts = Array.from({ length: 60 }, (_, i) => `const a${i + 1} = a${i} + a${i};`);
    expect(problem(`const a0 = "x";${texts.join("")}`).message).toMatch(/more than 1000000 letters/);
    expect(problem(`export default ${"[".repeat(100_000)}`).error.code).toBe("source/syntax");
  });
});

describe("the path of an error leads to its place", () => {
  const place = (text: string): string => {
    const { model, rangeOf } = evaluate(bare(text));
    try {
      compile(model, { train: model.training !== undefined });
    } catch (error) {
      if (error instanceof CompileError) return marked(bare(text), rangeOf(error.path));
      throw error;
    }
    return "nothing is wrong";
  };
  it.each([
    "export default sequential([dense({ «units: -1», inputShape: [2] })])",
    "export default sequential([dense({ units: 1, inputShape: [2] }), dense({ units: 1, «unit: 3» })])",
    "export default sequential([«dense({ units: 1 })»])",
    "export default sequential([dense({ units: 1, inputShape: [2] }), «conv2d({ filters: 1, kernelSize: 3 })»])",
    "const rest = [dense({ «units: 0» })]; export default sequential([dense({ units: 1, inputShape: [2] }), ...rest])",
    "const keys = { «units: 0» }; export default sequential([dense({ inputShape: [2], ...keys })])",
    "export default sequential([dense({ units: 1, inputShape: [2] })], { training: { loss: 'mse', optimizer: { name: 'adam', «beta9: 1» } } })",
    "export default model({ inputs: { a: [2], «b: [-1]» }, layers: [dense({ units: 1, inputs: ['a'] })] })",
    "export default sequential([sequential([dense({ «units: 0», inputShape: [2] })])])",
  ])("%s", (text) => {
    expect(place(text)).toBe(text);
  });

  it("and what is found nowhere to the whole", () => {
    const text = "export default sequential([dense({ units: 1, inputShape: [2] })])";
    expect(marked(text, evaluate(text).rangeOf("nowhere[3].x"))).toBe(`export default «${text.slice(15)}»`);
  });
});
