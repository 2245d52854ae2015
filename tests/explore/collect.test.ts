// Laws of a report, over a net of each kind: what is marked is there, what is named can be found, and the code is the module's.
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { compile, compileObserved } from "../../compiler/compile.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { collect } from "../../src/explore/collect/index.ts";
import type { GoalReport, Pane, Report, ThingId } from "../../src/explore/report.ts";
import { dense, sequential } from "../../src/index.ts";
import { assembledText } from "../support/wasm-text.ts";
import { cases } from "./models.ts";

const reader = await wabt();

/** What lights up in a pane when a thing is pointed at. */
const lit = ({ things }: Report, { marks }: Pane, thing: ThingId): boolean => {
  const all = new Set([thing, ...things[thing].lights]);
  return marks.some(([, , other]) => all.has(other));
};

describe.each(Object.entries(cases))("the report of %s", (_, { model, options }) => {
  const report = collect(model, options);
  const panes = report.goals.flatMap((goal) => goal.panes.map((pane) => ({ goal, pane })));

  it("marks lines that are there, captions and folds too", () => {
    for (const { pane } of panes) {
      const lines = pane.text.split("\n").length;
      const stretches = [
        ...pane.marks,
        ...(pane.folds ?? []),
        ...Object.keys(pane.captions ?? {}).map((at) => [+at, +at] as const),
      ];
      for (const [from, to] of stretches) expect([from >= 0, from <= to, to < lines]).toEqual([true, true, true]);
      expect(pane.marks.length).toBeGreaterThan(0);
    }
  });

  it("knows every thing that is spoken of, and every thing but a rewrite is marked somewhere", () => {
    const known = (thing: ThingId) => report.things[thing] !== undefined;
    expect(panes.flatMap(({ pane }) => pane.marks.filter(([, , thing]) => !known(thing)))).toEqual([]);
    expect(report.things.flatMap(({ lights }) => lights.filter((thing) => !known(thing)))).toEqual([]);
    for (const { drawing, arena, kernels, passes } of report.goals) {
      const drawn = [...drawing.boxes.map(({ thing }) => thing), ...drawing.arrows.flatMap(({ from, to }) => [from, to])];
      const rewrites = passes.flatMap((pass) => pass.rewrites);
      for (const thing of [...drawn, ...[...arena.rows, ...kernels, ...rewrites].map((row) => row.thing)])
        expect(known(thing)).toBe(true);
    }
    const marked = new Set(panes.flatMap(({ pane }) => pane.marks.map(([, , thing]) => thing)));
    const hidden = report.things.filter(({ kind, name }, thing) => kind !== "rewrite" && !marked.has(thing) && !isPart(name));
    expect(hidden.map(({ kind, name }) => `${kind} ${name}`)).toEqual([]);
  });

  it("lights up both ways", () => {
    for (const [thing, { lights }] of report.things.entries())
      for (const other of lights) expect(report.things[other].lights).toContain(thing);
  });

  it("shows each layer that computes anything in every pane of its entry", () => {
    for (const goal of report.goals)
      for (const { thing, path } of report.layers) {
        const things = report.things[thing].lights.map((other) => report.things[other]);
        if (!things.some(({ kind, goal: of }) => kind === "region" && of === goal.goal)) continue;
        // The relaxed form is there where it is another.
        for (const pane of goal.panes.filter(({ stage, target }) => stage !== "webassembly" || target !== "relaxed"))
          expect(lit(report, pane, thing), `${path} in ${goal.goal} ${pane.stage}`).toBe(true);
      }
  });

  it("has the text of the module", () => {
    const code = compile(model, options).code.trimEnd().split("\n");
    const rows = paneOf(report.goals[0], "javascript").text.split("\n");
    let row = 0;
    // A line is a row, or several one behind the other, where it holds several weights; of a long one the beginning is there, and how much is not.
    for (const line of code)
      for (let at = 0; at < line.length || (line === "" && at === 0); row++) {
        const [, begin, more = "0"] = /^(.*?)(?: … (\d+) more characters)?$/s.exec(rows[row]) ?? [];
        expect(line.slice(at)).toMatch(new RegExp(`^${begin.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}`));
        at += begin.length + Number(more) + Number(line === "");
      }
    expect(row).toBe(rows.length);
  });

  it("has a row for every weight in it, which lights its layer", () => {
    const { marks } = paneOf(report.goals[0], "javascript");
    const layers = new Set(report.layers.map(({ thing }) => thing));
    let row = 0;
    for (const { parts = [] } of compileObserved(model, options, () => {}).lines) {
      for (const i of parts.keys()) {
        const own = marks.find(([from, to, , also]) => from === row + 1 + i && to === from && also === undefined)?.[2] ?? -1;
        const lights = [own, ...(report.things[own]?.lights ?? [])];
        expect(
          lights.some((thing) => layers.has(thing)),
          `${JSON.stringify(parts[i])}`,
        ).toBe(true);
      }
      row += 1 + parts.length;
    }
  });

  it("has the kernels in WebAssembly as text that assembles to the very bytes", () => {
    const { wasmLines, bytes } = assembledText(model, options);
    if (bytes === undefined) return expect(wasmLines).toEqual([]);
    const module = reader.parseWat("kernels.wat", wasmLines.map(({ text }) => text).join("\n"), { simd: true });
    expect(Buffer.from(module.toBinary({}).buffer).equals(Buffer.from(bytes))).toBe(true);
  });

  it("has of the relaxed kernels those that are written otherwise", () => {
    const functions = (text: string) => text.split(/^(?= *\(func )/m).slice(1).map((one) => one.replace(/\)\s*$/, "").trim()); // biome-ignore format: one line
    const [plain, relaxed] = ["simd", "relaxed"].map((target) =>
      functions(report.goals[0].panes.find((one) => one.stage === "webassembly" && one.target === target)?.text ?? ""),
    );
    const all = compileObserved(model, options, () => {}).relaxedLines.map(({ text }) => text).join("\n"); // biome-ignore format: one line
    expect(relaxed.filter((one) => plain.includes(one))).toEqual([]);
    const other = functions(all).filter((one) => !plain.includes(one));
    expect(relaxed.map((one) => one.split(" ")[1])).toEqual(plain.length === 0 ? [] : other.map((one) => one.split(" ")[1]));
    if (options.exact) expect(relaxed).toEqual([]);
  });

  it("is the same twice", () => {
    expect(JSON.stringify(collect(model, options))).toBe(JSON.stringify(report));
  });
});

/** A wrapped layer, or what else is within one: it has no line of its own in the list. */
const isPart = (name: string): boolean => /^layers\[\d+\]\./.test(name) || /^(?:training|optimizer)/.test(name);

const paneOf = ({ panes }: GoalReport, stage: Pane["stage"]): Pane => {
  const found = panes.find((pane) => pane.stage === stage);
  if (found === undefined) throw new Error(`no pane ${stage}`);
  return found;
};

describe("weights in the module's text", () => {
  const [first, second] = [
    ["a/kernel", Float32Array.from({ length: 3600 }, () => 1)],
    ["b/kernel", Float32Array.from({ length: 3600 }, () => 2)],
  ] as const;
  const layers = [
    dense({ units: 300, useBias: false, inputShape: [12], name: "a" }),
    dense({ units: 12, useBias: false, name: "b" }),
  ];
  const net = { ...sequential(layers), weights: Object.fromEntries([first, second]) };
  const target = "js";
  /** The rows of the pane that are of a weight, each with the layers that it lights. */
  const rowsOf = (options: OptionsInput) => {
    const { goals, things, layers: rows } = collect(net, { target, ...options });
    const { text, marks } = paneOf(goals[0], "javascript");
    const lines = text.split("\n");
    return rows.map(({ thing }) =>
      marks.flatMap(([from, to, other]) =>
        things[other].kind === "buffer" && things[other].lights.includes(thing) && from === to ? [lines[from]] : [],
      ),
    );
  };
  it("are a row each, of their layer, also within one long line of base64", () => {
    const [a, b] = rowsOf({});
    // Three numbers are 16 characters; a literal ends within a weight.
    expect(a).toContain(`${"AACAPwAAgD8AAIA/".repeat(10)} … ${19_200 - 160 + '", "'.length} more characters`);
    expect(b.filter((line) => /^(AAAAQAAAAEAAAABA){10} … \d+ more/.test(line))).toHaveLength(1);
  });
  it.each(["int8", "float16"] as const)("so are those of %s", (weightsType) => {
    for (const lines of rowsOf({ weightsType }))
      expect(lines.filter((line) => / … \d+ more characters$/.test(line))).not.toEqual([]);
  });
  it("that lie in a file of their own are read on a line that lights up with all of them", () => {
    const { goals, things } = collect(net, { target, weights: "external" });
    const { text, marks } = paneOf(goals[0], "javascript");
    const at = text.split("\n").findIndex((line) => line.includes("set(source.subarray("));
    const also = marks
      .filter(([from, to, , weak]) => from <= at && at <= to && weak === 1)
      .map(([, , thing]) => things[thing].name);
    expect(also).toEqual([first[0], second[0]]);
  });
});

it("is quick to build on: observing changes nothing of the artifact", () => {
  const { model, options } = cases.convolutional;
  expect(compileObserved(model, options, () => {}).artifact).toEqual(compile(model, options));
});
