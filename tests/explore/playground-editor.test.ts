// The editor of the playground without its page: colours of any text, brackets that belong together, and what keys do beyond their letters.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mark, painted, pairAt } from "../../src/explore/playground/colours.ts";
import { typedAs } from "../../src/explore/playground/typing.ts";

/** Lines as text in which a run stands between its names and `>`. */
const shown = (text: string, marks: readonly Mark[] = []) =>
  painted(text, marks).map((line) => line.map(({ text, names }) => (names === "" ? text : `<${names}:${text}>`)).join(""));

describe("colours", () => {
  it.each([
    ['import { a } from "b";', '<keyword:import> { a } <keyword:from> <string:"b">;'],
    [
      "dense({ units: 3e2, default: true }) // x",
      "<call:dense>({ <key:units>: <number:3e2>, <key:default>: <keyword:true> }) <comment:// x>",
    ],
    ['"open', '<string:"open>'],
    ["'a\\'b' a1", "<string:'a\\'b'> a1"],
  ])("%s", (text, wanted) => expect(shown(text)).toEqual([wanted]));

  it("a comment or template goes on over lines, a string does not", () => {
    expect(shown("/* a\nb */ c")).toEqual(["<comment:/* a>", "<comment:b */> c"]);
    expect(shown("`a\nb` c")).toEqual(["<string:`a>", "<string:b`> c"]);
    expect(shown('"a\nb')).toEqual(['<string:"a>', "b"]);
  });

  it("a mark lies over colours and over other marks", () => {
    const marks = [
      { from: 1, to: 5, name: "error" },
      { from: 4, to: 5, name: "pair" },
      { from: 9, to: 40, name: "warning" },
    ];
    expect(shown("a: 12(b)\nc", marks)).toEqual(
      ["<key:a><error::  ><number error:1><number error pair:2>(b)", "<warning:c>"].map((one) => one.replace(":  >", ": >")),
    );
  });

  it("the runs are the text, whatever it is", () => {
    const pieces = fc.constantFrom("dense", "(", "{", ":", '"', "'", "`", "//", "/*", "*/", "\n", " ", "1e3", "\\", "true", "ü", "🌀", "__proto__"); // biome-ignore format: a list
    const mark = fc.record({ from: fc.nat(30), to: fc.nat(30), name: fc.constant("error") });
    fc.assert(
      fc.property(fc.array(pieces), fc.array(mark, { maxLength: 3 }), (parts, marks) => {
        const text = parts.join("");
        expect(painted(text, marks).map((line) => line.map((run) => run.text).join("")).join("\n")).toBe(text); // biome-ignore format: one line
        for (let at = 0; at <= text.length; at++) expect([0, 2]).toContain(pairAt(text, at).length);
      }),
    );
  });

  it.each([
    ["|f([1])", []],
    ["f|([1])", [1, 5]],
    ["f(|[1])", [2, 4]],
    ["f([1]|)", [2, 4]],
    ["f([1)|]", []],
    ['|{ a: "}" }', [0, 9]],
    ["|( // )\n)", [0, 7]],
  ])("brackets at %s", (text, wanted) => expect(pairAt(text.replace("|", ""), text.indexOf("|"))).toEqual(wanted));
});

/** What a key makes of a text: « » stand around what is selected, | is a caret. */
function after(key: string, text: string): string | undefined {
  const bare = text.replace(/[«»|]/g, "");
  const from = text.search(/[«|]/);
  const edit = typedAs(key, { text: bare, from, to: text.includes("»") ? text.indexOf("»") - 1 : from });
  if (edit === undefined) return undefined;
  const next = bare.slice(0, edit.from) + edit.insert + bare.slice(edit.to);
  const [begin, end] = edit.select;
  return begin === end ? `${next.slice(0, begin)}|${next.slice(begin)}` : `${next.slice(0, begin)}«${next.slice(begin, end)}»${next.slice(end)}`; // biome-ignore format: one line
}

describe("keys", () => {
  it.each([
    ["Enter", "  a,|", "  a,\n  |"],
    ["Enter", "f([|])", "f([\n  |\n])"],
    ["Enter", "  f({| a", "  f({\n    | a"],
    ["Enter", "a «b» c", "a \n| c"],
    ["(", "f|", "f(|)"],
    ["(", "|f", undefined],
    ["{", "a «b» c", "a {«b»} c"],
    ['"', "a: |,", 'a: "|",'],
    ['"', 'a: "b|"', 'a: "b"|'],
    ["'", "don|", undefined],
    [")", "f(|)", "f()|"],
    ["]", "[\n    |", "[\n  ]|"],
    ["]", "[1|", undefined],
    ["Backspace", "f(|)", "f|"],
    ["Backspace", "f(a|)", undefined],
    ["Backspace", "|", undefined],
    ["Ctrl-/", "  a\n  «b\nc»", "  a\n«  // b\n// c»"],
    ["Ctrl-/", "  // «b\n//c»", "«  b\nc»"],
    ["Tab", "a|", undefined],
    ["constructor", "a|", undefined],
  ])("%s in %j", (key, text, wanted) => expect(after(key, text)).toBe(wanted));
});
