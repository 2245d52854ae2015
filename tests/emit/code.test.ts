// The template that makes all text, and the judge that reads it: nothing a model holds becomes code.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Code,
  comment,
  infix,
  js,
  literal,
  Name,
  Names,
  name,
  prefix,
  quote,
  record,
  shortLiteral,
} from "../../compiler/emit/code.ts";
import { freeNames, judge } from "../../compiler/emit/judge.ts";

const read = (text: string): unknown => new Function(`"use strict"; return ${text};`)();
const hostile = [
  "*/",
  "\n",
  "\r\n",
  "\u2028",
  "\u2029",
  `\`$\{alert(1)}\``,
  '"',
  "\\",
  "</script>",
  "<!--",
  "-->",
  "__proto__",
  "\u202e",
  "\ud800",
  "😀",
  "import",
  'eval("1")',
  "new Function",
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...hostile)).map((list) => list.join("")),
);

describe("literals", () => {
  it("numbers read back as themselves", () => {
    fc.assert(fc.property(fc.double(), (value) => Object.is(read(literal(value).text), value)));
    expect([-0, 0, Number.NaN, Number.NEGATIVE_INFINITY].map((value) => literal(value).text)).toEqual([
      "-0",
      "0",
      "NaN",
      "-Infinity",
    ]);
  });
  it("short numbers round to the float32 they stand for", () => {
    fc.assert(fc.property(fc.float(), (value) => Object.is(Math.fround(read(shortLiteral(value).text) as number), value)));
    expect(shortLiteral(Math.fround(0.1)).text).toBe("0.1");
  });
  it("strings read back as themselves, on one line, and are safe in a script element", () => {
    fc.assert(
      fc.property(text, (value) => {
        const quoted = quote(value);
        expect(read(quoted)).toBe(value);
        expect(quoted).not.toMatch(/[\n\r\u2028\u2029<]|\b(?:import|eval|Function)\b/);
      }),
    );
  });
  it("records have every key as their own", () => {
    const keys = ["a", "__proto__", "constructor", "a b", "class", "1", '"'];
    const made = read(record(keys.map((key, i) => [key, literal(i)])).text) as object;
    expect(Object.keys(made).sort()).toEqual([...keys].sort());
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });
});

describe("the template", () => {
  it("takes Names and Code as they are, quotes strings, guards negative numbers, keeps indentation", () => {
    const body = js`a = ${"x"};
b = 1 -${-1};`;
    expect(
      js`f() {
  ${body}
}`.text,
    ).toBe('f() {\n  a = "x";\n  b = 1 -(-1);\n}');
  });
  it("refuses what is no identifier", () => {
    for (const bad of ["", "a b", "1a", "class", "a;b", "eval", "Function", "Math"])
      expect(() => name(bad)).toThrow(/no identifier/);
  });
  it("prints the parentheses a tree needs and no others", () => {
    const [a, b, c] = ["a", "b", "c"].map(name);
    expect(infix(infix(a, "+", b), "*", c).text).toBe("(a + b) * c");
    expect(infix(a, "-", infix(b, "-", c)).text).toBe("a - (b - c)");
    expect(infix(infix(a, "-", b), "-", c).text).toBe("a - b - c");
    expect(infix(infix(a, "+", b), "|", literal(0)).text).toBe("a + b | 0");
    expect(prefix("-", prefix("-", a)).text).toBe("-(-a)");
    expect(prefix("-", literal(-2)).text).toBe("-(-2)");
  });
});

describe("comments and names", () => {
  it("a comment is one line that closes nothing", () => {
    fc.assert(
      fc.property(text, (value) => {
        const { text: line } = comment(value);
        expect(line).not.toMatch(/[\n\r\u2028\u2029\u202a-\u202e]|\*\/|<!--|<\/|-->|\$\{|\b(?:import|eval|Function)\b/);
        expect(read(`1 ${line}\n`)).toBe(1);
      }),
    );
  });
  it("every hint becomes another identifier", () => {
    fc.assert(
      fc.property(fc.array(text), (hints) => {
        const names = new Names(["x"]);
        const made = [...hints, "x", "x", "class", "dense", "dense"].map((hint) => names.unique(hint).text);
        expect(new Set(made).size).toBe(made.length);
        for (const id of made) expect(new Name(id).text).toBe(id);
      }),
    );
    const names = new Names();
    expect(["dense", "dense", "hidden/kernel", "1st", "日本"].map((hint) => names.unique(hint).text)).toEqual([
      "dense",
      "dense_1",
      "hidden_kernel",
      "_1st",
      "layer",
    ]);
  });
  it("an inner scope avoids the outer names but those it may have", () => {
    const inner = new Names(["p"], new Names(["a", "i"]), ["i"]);
    expect(["a", "i", "p", "q"].map((hint) => inner.unique(hint).text)).toEqual(["a_1", "i", "p_1", "q"]);
  });
});

describe("free names", () => {
  it.each([
    ["const a = 1; export { a };", []],
    ["const a = b; function f(c) { return c + d; } f(e);", ["b", "d", "e"]],
    ["{ let inner = 1; } inner;", ["inner"]],
    ["function f() { { var v = 1; } return v; } v;", ["v"]],
    ["f(); function f() { return g; }", ["g"]],
    ["const { a, b: [c], ...d } = x; a, c, d;", ["x"]],
    ["const f = (a, { b = y } = {}) => a + b;", ["y"]],
    ["for (let i = 0; i < n; i++); i;", ["i", "n"]],
    ["try { t; } catch (e) { e; } e;", ["e", "t"]],
    ["const o = { key: 1, [computed]: 2, m() { return w; } }; o.key;", ["computed", "w"]],
    ["Math.max(1, Math.exp(2)); Math[x];", ["Math", "Math.exp", "Math.max", "x"]],
    ["const Math = { q: 1 }; Math.q;", []],
    ["loop: for (;;) break loop;", []],
    ['import a from "b";', ["import"]],
    ['import("b");', ["import"]],
    ['export * from "b";', ["import"]],
    ["new Function('return 1')();", ["Function"]],
    ["(0, eval)('1');", ["eval"]],
    ["(() => {}).constructor('return 1')(); this;", [".constructor", "this"]],
  ])("%s", (code, names) => {
    expect(freeNames(code)).toEqual(names);
  });
  it("the judge refuses them, and text that does not parse", () => {
    expect(() => judge("export const a = Math.fround(NaN);", "module")).not.toThrow();
    expect(() => judge("fetch('x');", "module")).toThrow("emitted text uses fetch");
    expect(() => judge("Math.exp(1);", "module")).toThrow("emitted text uses Math.exp");
    expect(() => judge("globalThis['e' + 'val'];", "module")).toThrow("globalThis");
    expect(() => judge("module.exports = 1;", "script")).toThrow("module");
    expect(() => judge("module.exports = 1;", "script", ["module"])).not.toThrow();
    expect(() => judge("const 1;", "module")).toThrow("does not parse");
  });
  it("Code cannot be made from a string by accident", () => {
    expect(js`${"a; b"}`.text).toBe('"a; b"');
    expect(js`${new Code("a; b")}`.text).toBe("a; b");
  });
});
