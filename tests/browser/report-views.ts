// Views of a report beside its panes, and what axe finds in all of them. In: a tab, once it is open. Out: tests, in whichever browser.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { textOf } from "../../src/cli/commands/bisect.ts";
import type { Bisection } from "../../src/explore/bisect/bisect.ts";
import { short } from "../../src/explore/page/numbers.ts";
import type { Tab } from "../support/tab.ts";
import { litPanes, reports, show } from "./report-pages.ts";

/** Tables with a row that lights up, as their names begin. */
const litTables = (): string[] =>
  [...document.querySelectorAll("section.table")].flatMap((table) =>
    table.querySelector("tr.lit") === null ? [] : [table.getAttribute("aria-label")?.split(":")[0] ?? ""],
  );
/** Nothing lies beside the window. */
const fits = (): boolean => document.documentElement.scrollWidth <= innerWidth;

/** The training and the comparison, the latter as wide as this. */
export function views(tab: () => Tab, widths: readonly number[]): void {
  it.each(widths)("a comparison links its tables both ways, and leads to the panes, %i pixels wide", async (width) => {
    await tab().resize(width, 900);
    await show(tab(), "compared", "");
    expect(await tab().settled(true, fits)).toBe(true);
    const all = ["Layers", "Kernels", "Memory"];
    for (const table of all) {
      await tab().hover(`section[aria-label^="${table}:"] tbody tr.layer0 button`);
      expect(await tab().settled(all, litTables), `from ${table}`).toEqual(all);
      await tab().hover("h1");
      expect(await tab().settled([], litTables), `after ${table}`).toEqual([]);
    }
    await tab().click("[data-measure]");
    const times = () => [...document.querySelectorAll('section[aria-label^="Times"] tbody tr:first-child td')].map(({ textContent }) => (Number(textContent) > 0 ? "time" : textContent?.replace(/^[\d.]+/, "…"))); // biome-ignore format: one line
    const timed = ["all kernels of predict", "time", "time", "… x"];
    expect(await tab().settled(timed, times)).toEqual(timed);
    await tab().click('section[aria-label^="Kernels:"] tbody button');
    expect(await tab().settled(true, () => document.querySelector("[data-pane] .lit") !== null)).toBe(true);
    expect((await tab().run(litPanes)).length).toBe(width > 1000 ? 4 : 1);
    expect(tab().faults).toEqual([]);
  });

  it("a training has curves in the colours of the page, as tables too, and pictures of what came of it", async () => {
    await tab().resize(1440, 900);
    await show(tab(), "trained", "view=training&theme=light");
    /** The colours of text and lines in the first drawing, and its curves as points of the epochs. */
    const drawn = () => {
      const [svg] = document.querySelectorAll(".plot > svg");
      const lines = [...(svg?.querySelectorAll(":scope > .curve") ?? [])];
      return {
        colors: [
          ...lines.map((line) => getComputedStyle(line).stroke),
          svg && getComputedStyle(svg.querySelector("text") ?? svg).fill,
        ],
        points: lines.map((line) => line.getAttribute("d")?.match(/[ML]/g)?.join("")),
        label: svg?.getAttribute("aria-label"),
      };
    };
    const sharp = () => [...document.querySelectorAll(".plot > svg")].map((svg) => svg.getBoundingClientRect().width === Number(svg.getAttribute("viewBox")?.split(" ")[2])); // biome-ignore format: one line
    expect(await tab().settled([true, true], sharp)).toEqual([true, true]);
    const light = await tab().run(drawn);
    expect(light.points).toEqual(["MLLL", "MLLL"]);
    expect(light.label).toBe("loss by epoch: loss from 1.2 to 0.45, lowest 0.45; val_loss from 1.3 to 0.8, lowest 0.7");
    expect(new Set(light.colors).size).toBe(3);
    await tab().click(".theme");
    await tab().settled("dark", () => document.querySelector(".report")?.getAttribute("data-theme"));
    const dark = await tab().run(drawn);
    expect(dark.points).toEqual(light.points);
    for (const [i, color] of dark.colors.entries()) expect(color).not.toBe(light.colors[i]);
    const key = () => document.querySelector(".plot .key")?.textContent;
    expect(await tab().run(key)).toBe("lossval_loss");
    // Six numbers stand beside the upright axis; those of the epochs follow.
    await tab().hover(".plot > svg text", 8);
    expect(await tab().settled("loss 0.5val_loss 0.7epoch 3", key)).toBe("loss 0.5val_loss 0.7epoch 3");
    expect(await tab().run(() => document.querySelectorAll(".plot > svg circle").length)).toBe(2);
    await tab().hover("h1");
    expect(await tab().settled("lossval_loss", key)).toBe("lossval_loss");
    const seen = () => ({
      best: document.querySelector(".hint")?.textContent,
      confusion: [...document.querySelectorAll(".confusion tbody td")].map((cell) => cell.textContent).join(" "),
      right: document.querySelectorAll(".confusion .right").length,
      residuals: document.querySelectorAll(".residuals circle").length,
    });
    const wanted = { best: "The weights are those of epoch 3.", confusion: "3 0 0 1 2 0 0 1 2", right: 3, residuals: 3 };
    expect(await tab().settled(wanted, seen)).toEqual(wanted);
    await tab().click('section[aria-label="loss"] summary');
    await tab().click('section[aria-label="loss"] th:nth-child(3) button');
    const column = () =>
      [...document.querySelectorAll('section[aria-label="loss"] td:nth-child(3)')].map((cell) => cell.textContent);
    const descending = ["1.3", "0.9", "0.8", "0.7"];
    expect(await tab().settled(descending, column)).toEqual(descending);
    await tab().resize(420, 900);
    expect(await tab().settled(true, fits)).toBe(true);
    expect(await tab().run(() => "hostile" in window)).toBe(false);
    expect(tab().faults).toEqual([]);
  });
}

/** The address that `layerc bisect` prints. */
export function links(tab: () => Tab): void {
  it("the report's address of a bisection opens at the pass, and at its rule", async () => {
    await tab().resize(1440, 900);
    const [{ rule: name }] = reports.dense.goals[0].passes.find(({ pass }) => pass === "rewrite")?.rewrites ?? [];
    const fault = { step: "rewrite", promise: "bound", off: 9, rule: { name, firing: 1, of: 2 } } as const;
    const address = /report\.html#(\S+)/.exec(textOf({ checks: [fault], fault } as unknown as Bisection, "net.json"))?.[1] ?? "";
    await show(tab(), "dense", address);
    const seen = () => ({
      passes: [...document.querySelectorAll("[data-pass]")].map((pass) => pass.getAttribute("data-pass")),
      heading: document.querySelector("[data-view=passes] h2")?.textContent,
      rules: document.querySelector(".rewrites")?.textContent,
    });
    await tab().settled(true, () => document.querySelector(".rewrites") !== null);
    const { passes, heading, rules } = await tab().run(seen);
    expect([passes, heading]).toEqual([["rewrite"], "rewrite"]);
    expect(rules).toContain(name);
  });
}

/** A row that the reader types in. */
export function rows(tab: () => Tab): void {
  it("a row is typed in, run here, and refused where it is none", async () => {
    await tab().resize(1440, 900);
    await show(tab(), "dense", "view=numbers");
    const values = () => [...document.querySelectorAll(".activations td:last-child")].map((cell) => cell.textContent);
    const [golden] = reports.dense.activations;
    const wanted = golden.rows.map(({ values: all }) => all.map((value) => short(value)).join("  "));
    expect(await tab().settled(wanted, values)).toEqual(wanted);
    /** Chooses a row, the last if `at` is below 0. */
    const choose = (at: number): void => {
      const select = document.querySelector<HTMLSelectElement>(".activations select")!;
      select.selectedIndex = at < 0 ? select.options.length - 1 : at;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    await tab().run(choose, -1);
    // The first golden row stands there: it gives what the report says of it.
    await tab().click(".typed button");
    expect(await tab().settled(wanted, values)).toEqual(wanted);
    const type = (text: string): void => {
      const area = document.querySelector<HTMLTextAreaElement>(".typed textarea")!;
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const said = () => document.querySelector(".typed [role=status]")?.textContent;
    await tab().run(type, "1 two");
    await tab().click(".typed button");
    expect(await tab().settled('x, place 1: "two" is no number', said)).toBe('x, place 1: "two" is no number');
    await tab().run(type, "0 0");
    await tab().click(".typed button");
    // Biases begin as zeros: nothing comes of nothing.
    const zeros = ["0  0  0  0", "0"];
    expect(await tab().settled(zeros, values)).toEqual(zeros);
    expect(await tab().run(said)).toBe("");
    const errors = () => [...document.querySelectorAll(".activations td:nth-child(6)")].map((cell) => cell.textContent);
    expect(await tab().run(errors)).toEqual(["0", "0"]);
    // Texts go through the module's encoders, and what those refuse is said in their words.
    await show(tab(), "texts", "view=numbers");
    await tab().run(choose, -1);
    const given = reports.texts.activations[0].rows.map(({ values: all }) => all.map((value) => short(value)).join("  "));
    await tab().click(".typed button");
    expect(await tab().settled(given, values)).toEqual(given);
    await tab().run(type, "ash\nelm");
    await tab().click(".typed button");
    const refused = 'x: row 0, place 1: wanted one of ash, birch, got "elm"';
    expect(await tab().settled(refused, said)).toBe(refused);
    await show(tab(), "hostile", "view=numbers");
    const why = () => document.querySelector(".activations .hint")?.textContent?.includes("No row can be typed in");
    expect(await tab().settled(true, why)).toBe(true);
    expect(tab().faults).toEqual([]);
  });
}

/** What axe finds, in each view: wide and narrow, light and dark. */
export function accessible(tab: () => Tab): void {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

  it.each([
    ["dense", "", 1440],
    ["dense", "theme=dark&goal=trainStep&panes=list:drawing,graph:graph,plan,javascript&pin=layer layers[0]", 1440],
    ["dense", "panes=graph:drawing&theme=dark", 420],
    ["dense", "view=passes&goal=trainStep&pass=rewrite", 1440],
    ["dense", "view=passes&theme=dark&pass=rewrite", 420],
    ["dense", "view=numbers&sort=layers.-bytes", 1440],
    ["dense", "view=numbers&theme=dark", 420],
    ["trained", "view=training&theme=light", 1440],
    ["trained", "view=training&theme=dark", 420],
    ["compared", "theme=light&pin=layer layers[0]", 1440],
    ["compared", "theme=dark&sort=compare-kernels.-b", 420],
  ])("axe finds nothing serious in %s, %s, %i pixels wide", async (report, choices, width) => {
    expect(reports[report]).toBeDefined();
    await tab().resize(width, 900);
    await show(tab(), report, choices);
    await tab().script(axe);
    const found = await tab().run(async () => {
      const { violations } = await (
        window as unknown as { axe: { run(options: object): Promise<{ violations: readonly Violation[] }> } }
      ).axe.run({ resultTypes: ["violations"] });
      interface Violation {
        readonly id: string;
        readonly impact: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
      }
      return violations.flatMap(({ id, impact, nodes }) =>
        impact === "serious" || impact === "critical" ? [`${id}: ${nodes[0].html} ${nodes[0].failureSummary}`] : [],
      );
    });
    expect(found).toEqual([]);
  });
}
