// The playground's reader of lists beside JavaScript itself: it reads what acorn reads, refuses what acorn refuses or names it as what is not run, and means
// what an engine means.
import { parse as acorn } from "acorn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/explore/playground/evaluate.ts";
import { parse } from "../../src/explore/playground/parse.ts";
import { SyntaxFault } from "../../src/explore/playground/scan.ts";

const isRead = (text: string): boolean => {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxFault) return false;
    throw error;
  }
};
const isJavaScript = (text: string): boolean => {
  try {
    acorn(text, { ecmaVersion: "latest", sourceType: "module" });
    return true;
  } catch {
    return false;
  }
};
const hasUnknown = (text: string): boolean => JSON.stringify(parse(text)).includes('"Unknown"');

describe("what is JavaScript is read", () => {
  it.each([
    "const a = 1, b = 2\nexport const c = a\nexport default [a, , b,]",
    "import a, { b as c, default as d, 'e' as f } from 'layerc'; import * as g from \"layerc\"; import 'layerc'",
    "export default { a, 'b': 1, 3: 2, [`c$\u007b1}`]: 3, ...a, if: 4, get: 5, set: 6, async: 7, }",
    "const a = { get b() { return '}' }, set b(c) {}, async d() {}, *e() {}, [f]() {}, async *g() {} }",
    "const a = (b, { c }, [d] = [1], ...e) => { return (b) }, f = async x => x, g = async (x) => ({ x }), h = x => y => 1",
    "function a(b = '{') { if (b) { return /[/]}/ } } class B extends C { d = 1; static { } }",
    "for (const a of b) { } while (c) d(); do { } while (e)\nif (f) { } else { } switch (g) { case 1: } try { } catch { } finally { }",
    "a.b?.c?.[d]?.(e); f`g$\u007bh}i`; new J(k).l; await import('m'); n = o += 1; p++; --q; (r, s)",
    "const a = (-1) ** 2 === 1 ? typeof b : void 0",
    "const a = (1 ?? 2) || 3, b = 1 ?? (2 && 3), c = !(1 in {}), d = a instanceof b, e = 1 >>> 2 ^ 3 & ~4 | 5",
    "const a = 0x1F + 0b11 + 0o17 + 1_000 + .5e-3 + 1. + 5E+2 + 10n",
    "const a = '\\n\\x41\\u0041\\u{1F300}\\\n\\'' + \"\\0\" + `\\``",
    "#!/usr/bin/env x\nconst ä = 1 // c\n/* d\n*/const e = ä;;",
    "export default function () { return 1 }",
    "export default class { }",
    "const { a, b: [c] } = d; let e; var f = 1",
    "const a = b\n++c",
    "const of = 1, from = 2, as = 3, get = 4, type = 5; export default [of, from, as, get, type]",
  ])("%s", (text) => {
    expect(isJavaScript(text)).toBe(true);
    expect(isRead(text)).toBe(true);
  });
});

describe("what is none is refused", () => {
  it.each(["const a = ", "const class = 1", "a b", "const a = 01", "const a = 1__0", "const a = 3px", "const a = 'b\n'", "const a = -1 ** 2", "const a = b ?? c || d", "const a = b && c ?? d", "export default [1, 2", "export default {a: 1; b: 2}", "const a = `b${c", "/* a", "const a = '\\u00'", "import { a b } from 'c'", "import a b", "const a = b as c", "const a: b = 1", "f(,)", "const a = \\", "const a = 1 +* 2", "((a)", "const a = {b}}", "const a = '\\01'"])(
    "%s", (text) => {
      expect(isJavaScript(text)).toBe(false);
      expect(isRead(text)).toBe(false);
    },
  ); // biome-ignore format: a row of bad ones

  it("and where the two differ, something is named as what is not run", () => {
    const pieces = fc.constantFrom("a", "1", "'s'", "(", ")", "[", "]", "{", "}", ",", ":", "?", "=>", "=", "+", "-", "**", "??", "||", ".", "...", "!", "new", "this", "`t`", "/", ";", "\n", "true", "function", "async", "class", "of", "typeof"); // biome-ignore format: a list
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const text = `export default ${parts.join(" ")}`;
        if (isJavaScript(text)) expect([text, isRead(text)]).toEqual([text, true]);
        else if (isRead(text)) expect([text, hasUnknown(text)]).toEqual([text, true]);
      }),
      { numRuns: 2000 },
    );
  });
});

it("a text means what an engine makes of it", () => {
  const { text } = fc.letrec<{ text: string }>((tie) => {
    const of = (sign: string) => fc.tuple(tie("text"), tie("text")).map(([a, b]) => `${a} ${sign} ${b}`);
    return {
      text: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom("1", "2.5", "'a'", "true", "null", "undefined", "0x10", "`b`", "Math.PI", "-3", "!0"),
        ...["+", "-", "*", "/", "%", "<", ">=", "===", "!==", "&&", "||"].map(of),
        fc.tuple(tie("text"), tie("text")).map(([a, b]) => `(${a}) ** (${b})`),
        fc.tuple(tie("text"), tie("text"), tie("text")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
        tie("text").map((a) => `(${a})`),
        tie("text").map((a) => `[1, ...[${a}, 2]][1]`),
        tie("text").map((a) => `({ a: 1, ...{ 'b': ${a} } }).b`),
        tie("text").map((a) => `\`x\${${a}}y\``),
      ),
    };
  });
  fc.assert(
    fc.property(text, (one) => {
      const wanted: unknown = new Function(`return ${one}`)();
      expect([one, evaluate(`export default { layers: [${one}] }`).model.layers]).toEqual([one, [wanted]]);
    }),
    { numRuns: 500 },
  );
});

it("brackets within brackets are read", () => {
  const text = `export default ${"(".repeat(300)}1${")".repeat(300)}`;
  expect(parse(text)).toHaveLength(1);
});
