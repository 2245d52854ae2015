// What changed between two texts of the IR: a table of texts before and after, and the lines that are marked.
import { describe, expect, it } from "vitest";
import { snapshots } from "../../compiler/compile.ts";
import { paint } from "../../src/cli/render.ts";
import { unified } from "../../src/cli/unified.ts";
import { diffOf } from "../../src/explore/diff.ts";
import { smallModels } from "../support/models.ts";

const marked = (before: string, after: string): string =>
  diffOf(before, after)
    .map(({ sign, text }) => `${sign}${text}`)
    .join("\n");
const changes = (before: string, after: string): string[] =>
  diffOf(before, after).flatMap(({ sign, text }) => (sign === " " ? [] : [sign + text.trim()]));

describe("lines", () => {
  it("renumbered are kept, as they are after", () => {
    const before = "graph g\n  %0 = a()\n  %1 = b()\n  %2 = c(%1)\n  %3 = d(%2, %0)\nresults\n  y = %3\nend\n";
    const after = "graph g\n  %0 = b()\n  %1 = c(%0)\n  %2 = a()\n  %3 = d(%1, %2)\nresults\n  y = %3\nend\n";
    // Only the line that moved is marked, and what it is used in.
    expect(changes(before, after)).toEqual(["-%0 = a()", "-%3 = d(%2, %0)", "+%2 = a()", "+%3 = d(%1, %2)"]);
    expect(changes("  %4 = b()\n  %7 = c(%4)\nend", "  %0 = b()\n  %1 = c(%0)\nend")).toEqual([]);
  });
  it("gone from between leave the rest as it is", () => {
    const before = "graph g\n  %0 = a()\n  %1 = neg(%0)\n  %2 = add(%0, %1)\n  %3 = exp(%2)\n  %4 = exp(%3)\nend\n";
    const after = "graph g\n  %0 = a()\n  %1 = sub(%0, %0)\n  %2 = exp(%1)\n  %3 = exp(%2)\nend\n";
    expect(marked(before, after)).toBe(` graph g
   %0 = a()
-  %1 = neg(%0)
-  %2 = add(%0, %1)
-  %3 = exp(%2)
+  %1 = sub(%0, %0)
+  %2 = exp(%1)
   %3 = exp(%2)
 end`);
  });
  it("with other operands are marked, though they read the same", () => {
    expect(changes("  %0 = a()\n  %1 = b()\n  %2 = c(%0)\n", "  %0 = a()\n  %1 = b()\n  %2 = c(%1)\n")).toEqual(["-%2 = c(%0)", "+%2 = c(%1)"]);
    expect(changes("  %0 = a()\n  %1 = b()\n  %2 = c(%1)\n", "  %0 = b()\n  %1 = a()\n  %2 = c(%1)\n")).not.toEqual([]);
  }); // biome-ignore format: two texts
  it("of a body have numbers of their own", () => {
    const text = (more: string, a: number) =>
      `  %0 = a()\n${more}  %${a} = scan(%0) {body: graph step\n    %0 = input\n    %1 = neg(%0)\n  results\n    y = %1\n  end} : [2]\n  %${a + 1} = exp(%${a})\n  y = %0\n`;
    expect(changes(text("", 1), text("  %1 = b()\n", 2))).toEqual(["+%1 = b()"]);
    expect(changes(text("", 1), text("", 1).replace("neg", "abs"))).toEqual(["-%1 = neg(%0)", "+%1 = abs(%0)", "-y = %1", "+y = %1"]);
  }); // biome-ignore format: one text
  it("of results are marked where the result is another node", () => {
    const text = (y: number) => `graph g\n  %0 = a()\n  %1 = b()\nresults\n  y = %${y}\nupdates\n  w = %0\nend\n`;
    expect(changes(text(0), text(1))).toEqual(["-y = %0", "+y = %1"]);
  });
  it("of shared terms count anew in every nest", () => {
    const nest = (terms: string) => `  nest a\n    where %1 = x[0] * 2\n${terms}    store y[0] = %1\n  nest b\n    where %1 = x[1]\n    store y[1] = %1\n`;
    expect(changes(nest(""), nest("    where %2 = x[3]\n"))).toEqual(["+where %2 = x[3]"]);
  }); // biome-ignore format: one text
  it("of a text without numbers are compared as they are", () => {
    expect(marked("a\nb\nc\n", "a\nx\nc\nd\n")).toBe(" a\n-b\n+x\n c\n+d");
    expect(changes("", "a")).toEqual(["-", "+a"]);
    expect(changes("same\n", "same\n")).toEqual([]);
  });
  it("of a very large change are all marked", () => {
    const lines = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}`).join("\n");
    const found = diffOf(`head\n${lines("old")}`, `head\n${lines("new")}`);
    expect(found.map(({ sign }) => sign).join("")).toBe(` ${"-".repeat(3000)}${"+".repeat(3000)}`);
  });
});

it("both texts can be read off, for every pass of some models", () => {
  for (const { model, goals, options } of smallModels.slice(0, 4)) {
    const all = snapshots(model, { ...options, target: "js" }, goals.at(-1)).filter(({ stage }) => stage === "graph");
    for (const [i, { text }] of all.entries()) {
      const before = all[Math.max(0, i - 1)].text;
      const lines = diffOf(before, text);
      const forms = (without: string) => lines.filter(({ sign }) => sign !== without).map((line) => line.text.replace(/%\d+/g, "%"));
      expect(forms("-").join("\n")).toBe(text.trimEnd().replace(/%\d+/g, "%"));
      expect(forms("+").join("\n")).toBe(before.trimEnd().replace(/%\d+/g, "%"));
      expect(lines.filter(({ sign }) => sign !== "-").map((line) => line.text).join("\n")).toBe(text.trimEnd());
    }
  }
}); // biome-ignore format: one thought

describe("hunks", () => {
  const texts = ["1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n"] as const;
  it("show three lines around, and where they stand", () => {
    expect(unified(diffOf(...texts), paint(false))).toBe(
      "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -10,3 +10,4 @@\n 10\n 11\n 12\n+13",
    );
  });
  it("have colours where they are wanted", () => {
    const painted = unified(diffOf("a\n", "b\n"), paint(true));
    expect(painted).toBe("\u001b[36m@@ -1,1 +1,1 @@\u001b[39m\n\u001b[31m-a\u001b[39m\n\u001b[32m+b\u001b[39m");
  });
  it("are none where nothing changed", () => {
    expect(unified(diffOf(texts[0], texts[0]), paint(true))).toBe("");
  });
});
