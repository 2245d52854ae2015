// Reports as a reader sees them. In: reports of a dense, a convolutional, a recurrent and a branching net, of a training step, and of a net with hostile names. Out: in
// headless Chromium and Firefox, what lights up where, what a reload keeps, what axe finds. Either is skipped where there is none.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../../compiler/model.ts";
import { collect, collectWith } from "../../src/explore/collect/index.ts";
import { compareReports } from "../../src/explore/compare.ts";
import { bestLine, indexed, litBy, rowsOf } from "../../src/explore/page/links.ts";
import { choicesOf, paneRows } from "../../src/explore/page/panes.ts";
import type { Pane, Report } from "../../src/explore/report.ts";
import { reportHtml } from "../../src/explore/write.ts";
import { add, conv2d, dense, flatten, lstm, maxPooling2d, model, sequential } from "../../src/sequential.ts";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";
import { firefoxBinary, firefoxTab } from "../support/firefox.ts";
import { chromiumTab, type Tab } from "../support/tab.ts";

const hostile = `</script><script>window.hostile = 1</script><!--<img src=x onerror="window.hostile = 2">`;
const training = { loss: "mse", optimizer: "adam" } as const;
const nets: { readonly [name: string]: Model } = {
  dense: sequential([dense({ units: 4, activation: "relu", inputShape: [2] }), dense({ units: 1 })], { training }),
  convolutional: sequential([
    conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
    maxPooling2d({}),
    flatten({}),
    dense({ units: 3, activation: "softmax" }),
  ]),
  recurrent: sequential([lstm({ units: 5, inputShape: [6, 2] }), dense({ units: 1 })]),
  branching: model({
    inputs: { x: [4] },
    outputs: ["sum"],
    layers: [
      dense({ name: "left", units: 3, activation: "relu", inputs: ["x"] }),
      dense({ name: "right", units: 3, activation: "tanh", inputs: ["x"] }),
      add({ name: "sum", inputs: ["left", "right"] }),
    ],
  }),
  hostile: sequential([dense({ name: hostile, units: 2, inputShape: [2] }), dense({ name: "__proto__", units: 1 })], {
    name: hostile,
  }),
};

const folder = mkdtempSync(join(tmpdir(), "layerc-report-"));
const reports: Record<string, Report> = {};
beforeAll(() => {
  for (const [name, net] of Object.entries(nets)) {
    reports[name] = collect(net, { train: net.training !== undefined });
    writeFileSync(join(folder, `${name}.html`), reportHtml(reports[name]));
  }
  const wide = (units: number) => sequential([dense({ units, activation: "relu", inputShape: [2] }), dense({ units: 1 })]);
  const larger = collectWith(wide(6), {}, { profile: true }).report;
  const compared = compareReports(collect(wide(4)), larger);
  reports.compared = { ...larger, compared };
  writeFileSync(join(folder, "compared.html"), reportHtml(reports.compared));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first text of each pane that has something of the first layer: the lanes of a net that is one straight line are for training alone. */
function textsOf(report: Report, goal: string): readonly { readonly id: string; readonly key: string; readonly pane: Pane }[] {
  const lit = litBy(report, report.layers[0].thing);
  const found = report.goals.find((one) => one.goal === goal)!;
  return paneRows.flatMap((row) => {
    const choice = choicesOf(row, report, found).find(
      ({ text }) => text !== undefined && bestLine(indexed(text), lit) !== undefined,
    );
    return choice?.text === undefined ? [] : [{ id: row.id, key: choice.key, pane: choice.text }];
  });
}

/** The first line of a text, not folded away, whose thing lights something in all of them, as their marks say. */
function lineThatLights(report: Report, pane: Pane, all: readonly { readonly pane: Pane }[]): number {
  const own = indexed(pane);
  const line = [...rowsOf(own.lines.length, pane.folds)].find((row) => {
    const thing = own.at(row);
    return thing !== undefined && all.every((other) => bestLine(indexed(other.pane), litBy(report, thing)) !== undefined);
  });
  if (line === undefined) throw new Error(`no line of ${pane.title} lights up all panes`);
  return line;
}

/** Whether the line of that number is in the page, which then has a class of its own. */
const rowIsThere = (pane: string, number: number): boolean => {
  document.querySelector(".here")?.classList.remove("here");
  const lines = [...document.querySelectorAll(`[data-pane=${pane}] .line`)];
  const found = lines.find((line) => line.querySelector(".number")?.textContent === String(number));
  found?.classList.add("here");
  return found !== undefined;
};
/** Scrolls the lines of a pane, once they are there. */
const scrollsTo = (pane: string, top: number): boolean => {
  const lines = document.querySelector(`[data-pane=${pane}] .lines`);
  if (lines !== null) lines.scrollTop = top;
  return lines !== null;
};
/** Panes in which something that lights up is within sight. */
const litPanes = (): string[] =>
  [...document.querySelectorAll("[data-pane]")].flatMap((pane) => {
    const within = [...pane.querySelectorAll(".lit")].some((lit) => {
      const { top, bottom } = lit.getBoundingClientRect();
      const seen = lit.closest(".lines, .picks")?.getBoundingClientRect();
      return seen !== undefined && bottom > seen.top && top < seen.bottom;
    });
    return within ? (pane.getAttribute("data-pane") ?? "") : [];
  });
const held = (): string | undefined => document.querySelector(".foot code")?.textContent ?? undefined;

/** What holds in a browser, whichever opens the tab. */
const inBrowser = (open: () => Promise<Tab>) => (): void => {
  let tab: Tab;
  let loads = 0;
  /** Opens a report; a number before `#` makes it another page, which a browser loads anew. */
  const show = async (net: string, choices: string): Promise<void> => {
    await tab.goto(`${pathToFileURL(join(folder, `${net}.html`))}?${++loads}#${choices}`);
    await tab.settled(true, () => document.querySelector("h1") !== null);
  };
  beforeAll(async () => {
    tab = await open();
  });
  afterAll(() => tab?.close());

  it.each([
    ["dense", "predict"],
    ["convolutional", "predict"],
    ["recurrent", "predict"],
    ["branching", "predict"],
    ["dense", "trainStep"],
  ] as const)("%s, %s: pointing at a line in any pane lights up what is of it in all, where one sees it", async (net, goal) => {
    const report = reports[net];
    const texts = textsOf(report, goal);
    expect(texts.map(({ id }) => id)).toEqual(expect.arrayContaining(["list", "graph", "plan", "loops", "javascript"]));
    await tab.resize(1440, 900);
    for (const shown of texts.length > 4 ? [texts.slice(0, 4), texts.slice(-4)] : [texts]) {
      await show(net, `goal=${goal}&panes=${shown.map(({ id, key }) => `${id}:${key}`)}`);
      const ids = shown.map(({ id }) => id);
      for (const { id, pane } of shown) {
        const line = lineThatLights(report, pane, shown);
        expect(await tab.settled(true, scrollsTo, id, Math.max(0, line * 19 - 60)), `${id} has lines`).toBe(true);
        const row = await tab.settled(true, rowIsThere, id, line + 1);
        expect(row, `line ${line + 1} of ${id}`).toBe(true);
        await tab.hover(`[data-pane=${id}] .here`);
        expect(await tab.settled(ids, litPanes), `from line ${line + 1} of ${id}`).toEqual(ids);
        await tab.hover("h1");
        expect(await tab.settled([], litPanes), `after ${id}`).toEqual([]);
      }
    }
    expect(tab.faults).toEqual([]);
  });

  it("pointing at a box of a drawing, or at memory, does the same", async () => {
    await show("convolutional", "panes=list:drawing,graph,plan");
    for (const shape of ["[data-pane=list] .layer0", "[data-pane=graph] .layer0", ".arena .layer0"]) {
      await tab.hover(shape);
      expect(await tab.settled(["list", "graph", "plan"], litPanes), `from ${shape}`).toEqual(["list", "graph", "plan"]);
      await tab.hover("h1");
      expect(await tab.settled([], litPanes)).toEqual([]);
    }
  });

  it("a click holds a thing, Escape lets it go; keys do the same", async () => {
    await show("branching", "panes=list,graph:graph,plan");
    await tab.click("[data-pane=list] .layer1");
    await tab.hover("[data-pane=list] .layer0");
    expect(await tab.settled("layers[1]", held)).toBe("layers[1]");
    await tab.key("Escape");
    await tab.hover("h1");
    expect(await tab.settled([], litPanes)).toEqual([]);
    await tab.run(() => document.querySelector<HTMLElement>("[data-pane=graph] .lines")?.focus());
    await tab.key("ArrowDown");
    await tab.key("ArrowDown");
    expect(await tab.settled(["list", "graph", "plan"], litPanes)).toEqual(["list", "graph", "plan"]);
    await tab.key("Enter");
    expect(await tab.run(() => location.hash)).toContain("pin=node");
  });

  it("a reload keeps goal, panes, what is held, tab, order and theme", async () => {
    await show("dense", "view=numbers&goal=trainStep&panes=list,plan&theme=dark");
    await tab.click(".table th:nth-child(5) button");
    const first = () => document.querySelector(".table tbody td")?.textContent ?? undefined;
    expect(await tab.settled("layers[0]", first)).toBe("layers[0]");
    await tab.click(".table th:nth-child(5) button");
    expect(await tab.settled("layers[1]", first)).toBe("layers[1]");
    await tab.click(".table tbody td button");
    expect(await tab.settled("layers[1]", held)).toBe("layers[1]");
    const hash = await tab.run(() => location.hash);
    await show("dense", hash.slice(1));
    const seen = () => ({
      panes: [...document.querySelectorAll("[data-pane]")].map((pane) => pane.getAttribute("data-pane")),
      goal: document.querySelector<HTMLSelectElement>("[aria-label=Goal]")?.value,
      theme: document.querySelector(".report")?.getAttribute("data-theme"),
    });
    const wanted = { panes: ["list", "plan"], goal: "trainStep", theme: "dark" };
    expect(await tab.settled(wanted, seen)).toEqual(wanted);
    expect(await tab.settled("layers[1]", held)).toBe("layers[1]");
    await tab.click("[data-tab=numbers]");
    expect(await tab.settled("layers[1]", first)).toBe("layers[1]");
  });

  it("passes are found by what they changed, and a rewrite leads to its layer", async () => {
    await show("dense", "view=passes");
    await tab.run(() => document.querySelector<HTMLElement>("input[type=search]")?.focus());
    for (const letter of "most") await tab.key(letter);
    const passes = () => [...document.querySelectorAll("[data-pass]")].map((pass) => pass.getAttribute("data-pass") ?? "");
    expect(await tab.settled(["rewrite"], passes)).toEqual(["rewrite"]);
    await tab.click(".rewrites button");
    expect(await tab.settled(true, () => document.querySelectorAll("[data-pane] .lit").length > 1)).toBe(true);
  });

  it("kernels are measured here when the reader asks, and a comparison shows what became larger", async () => {
    await show("compared", "");
    const growth = () => document.querySelector(".compare .more")?.textContent ?? undefined;
    expect(await tab.settled("+47.1 %", growth)).toBe("+47.1 %");
    await tab.click("[data-tab=numbers]");
    await tab.click("[data-measure]");
    const measured = () =>
      [...document.querySelectorAll("section[aria-label^=Kernels] td:nth-child(6)")].map((cell) => Number(cell.textContent) > 0);
    const all = reports.compared.goals[0].kernels.map(() => true);
    expect(await tab.settled(all, measured)).toEqual(all);
    expect(tab.faults).toEqual([]);
  });

  it("hostile names run nothing, and are shown as they are", async () => {
    await show("hostile", "panes=list,graph:graph,plan,javascript");
    const seen = () => [document.querySelector("h1")?.textContent, "hostile" in window, document.querySelectorAll("img").length];
    expect(await tab.settled([hostile, false, 0], seen)).toEqual([hostile, false, 0]);
    await tab.hover("[data-pane=list] .layer0");
    expect(await tab.settled(["list", "graph", "plan", "javascript"], litPanes)).toEqual(["list", "graph", "plan", "javascript"]);
    expect(tab.faults).toEqual([]);
  });

  it("a narrow window has the same panes as tabs", async () => {
    await tab.resize(420, 800);
    await show("convolutional", "");
    const shown = () => [...document.querySelectorAll("[data-pane]")].map((pane) => pane.getAttribute("data-pane"));
    for (const pane of ["plan", "javascript", "graph"]) {
      await tab.click(`[data-tab=${pane}]`);
      expect(await tab.settled([pane], shown)).toEqual([pane]);
    }
    expect(await tab.run(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  it("however long a text, only what is within sight is there", async () => {
    await tab.resize(1440, 900);
    await show("dense", "goal=trainStep&panes=graph:graph,loops,javascript");
    const lines = () => ({
      most: Math.max(...[...document.querySelectorAll(".room")].map(({ clientHeight }) => clientHeight / 19)),
      there: document.querySelectorAll(".line").length,
    });
    const { most, there } = await tab.run(lines);
    expect(most).toBeGreaterThan(200);
    expect(there).toBeLessThan(250);
    await tab.run(() => {
      for (const box of document.querySelectorAll(".lines")) box.scrollTop = 1e6;
    });
    const last = () =>
      [...document.querySelectorAll(".room")].every((room) => room.lastElementChild !== null && room.clientHeight > 0);
    expect(await tab.settled(true, last)).toBe(true);
    expect((await tab.run(lines)).there).toBeLessThan(250);
  });
};

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("in Chromium", inBrowser(chromiumTab));
describe.skipIf(skipOf("no-firefox", firefoxBinary === undefined))("in Firefox", inBrowser(firefoxTab));

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("axe finds nothing serious", () => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await chromiumTab();
  });
  afterAll(() => tab.close());
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

  it.each([
    ["panes", "", 1440],
    ["panes, dark, held", "theme=dark&goal=trainStep&panes=list:drawing,graph:graph,plan,javascript&pin=layer layers[0]", 1440],
    ["one pane", "panes=graph:drawing&theme=dark", 420],
    ["passes", "view=passes&goal=trainStep&pass=rewrite", 1440],
    ["passes, dark", "view=passes&theme=dark&pass=rewrite", 420],
    ["numbers", "view=numbers&sort=layers.-bytes", 1440],
    ["numbers, dark", "view=numbers&theme=dark", 420],
  ])("%s", async (_what, choices, width) => {
    await tab.resize(width, 900);
    await tab.goto(`${pathToFileURL(join(folder, "dense.html"))}?${choices.length}${width}#${choices}`);
    await tab.script(axe);
    const found = await tab.run(async () => {
      const { violations } = await (
        window as unknown as { axe: { run(): Promise<{ violations: readonly Violation[] }> } }
      ).axe.run();
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
});
