// Reports as a reader sees them. In: reports of a dense, a convolutional, a recurrent and a branching net, of a training step, of a training and a comparison, and of a net
// with hostile names. Out: in headless Chromium and Firefox, what lights up where, what a reload keeps, what axe finds. Either is skipped where there is none.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { skipOf } from "../exemptions.ts";
import { browserBinary } from "../support/browser.ts";
import { firefoxBinary, firefoxTab } from "../support/firefox.ts";
import { chromiumTab, type Tab } from "../support/tab.ts";
import {
  held,
  hostile,
  lineThatLights,
  litPanes,
  removeReports,
  reports,
  rowIsThere,
  scrollsTo,
  show,
  textsOf,
  writeReports,
} from "./report-pages.ts";
import { accessible, links, rows, views } from "./report-views.ts";

beforeAll(writeReports);
afterAll(removeReports);

/** What holds in a browser, whichever opens the tab. */
const inBrowser =
  (open: () => Promise<Tab>, axe = false) =>
  (): void => {
    let tab: Tab;
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
        await show(tab, net, `goal=${goal}&panes=${shown.map(({ id, key }) => `${id}:${key}`)}`);
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
      await show(tab, "convolutional", "panes=list:drawing,graph,plan");
      for (const shape of ["[data-pane=list] .layer0", "[data-pane=graph] .layer0", ".arena .layer0"]) {
        await tab.hover(shape);
        expect(await tab.settled(["list", "graph", "plan"], litPanes), `from ${shape}`).toEqual(["list", "graph", "plan"]);
        await tab.hover("h1");
        expect(await tab.settled([], litPanes)).toEqual([]);
      }
    });

    it("pointing at the numbers of a weight in the module does it too", async () => {
      await show(tab, "convolutional", "panes=list,graph,javascript");
      const text = reports.convolutional.goals[0].panes.find(({ stage }) => stage === "javascript")?.text ?? "";
      const at = text.split("\n").findIndex((line) => / more characters$/.test(line));
      expect(await tab.settled(true, rowIsThere, "javascript", at + 1)).toBe(true);
      await tab.hover(".here");
      expect(await tab.settled(["list", "graph", "javascript"], litPanes)).toEqual(["list", "graph", "javascript"]);
    });

    it("a click holds a thing, Escape lets it go; keys do the same", async () => {
      await show(tab, "branching", "panes=list,graph:graph,plan");
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
      await show(tab, "dense", "view=numbers&goal=trainStep&panes=list,plan&theme=dark");
      await tab.click(".table th:nth-child(5) button");
      const first = () => document.querySelector(".table tbody td")?.textContent ?? undefined;
      expect(await tab.settled("layers[0]", first)).toBe("layers[0]");
      await tab.click(".table th:nth-child(5) button");
      expect(await tab.settled("layers[1]", first)).toBe("layers[1]");
      await tab.click(".table tbody td button");
      expect(await tab.settled("layers[1]", held)).toBe("layers[1]");
      const hash = await tab.run(() => location.hash);
      await show(tab, "dense", hash.slice(1));
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
      await show(tab, "dense", "view=passes");
      await tab.run(() => document.querySelector<HTMLElement>("input[type=search]")?.focus());
      for (const letter of "most") await tab.key(letter);
      const passes = () => [...document.querySelectorAll("[data-pass]")].map((pass) => pass.getAttribute("data-pass") ?? "");
      expect(await tab.settled(["rewrite"], passes)).toEqual(["rewrite"]);
      await tab.click(".rewrites button");
      expect(await tab.settled(true, () => document.querySelectorAll("[data-pane] .lit").length > 1)).toBe(true);
    });

    it("kernels are measured here when the reader asks, and a comparison shows what became larger", async () => {
      await show(tab, "compared", "");
      const growth = () => document.querySelector(".compare .more")?.textContent ?? undefined;
      expect(await tab.settled("+47.1 %", growth)).toBe("+47.1 %");
      await tab.click("[data-tab=numbers]");
      await tab.click("[data-measure]");
      const measured = () =>
        [...document.querySelectorAll("section[aria-label^=Kernels] td:nth-child(6)")].map(
          (cell) => Number(cell.textContent) > 0,
        );
      const all = reports.compared.goals[0].kernels.map(() => true);
      expect(await tab.settled(all, measured)).toEqual(all);
      expect(tab.faults).toEqual([]);
    });

    it("hostile names run nothing, and are shown as they are", async () => {
      await show(tab, "hostile", "panes=list,graph:graph,plan,javascript");
      const seen = () => [
        document.querySelector("h1")?.textContent,
        "hostile" in window,
        document.querySelectorAll("img").length,
      ];
      expect(await tab.settled([hostile, false, 0], seen)).toEqual([hostile, false, 0]);
      await tab.hover("[data-pane=list] .layer0");
      expect(await tab.settled(["list", "graph", "plan", "javascript"], litPanes)).toEqual([
        "list",
        "graph",
        "plan",
        "javascript",
      ]);
      expect(tab.faults).toEqual([]);
    });

    it("a narrow window has the same panes as tabs", async () => {
      await tab.resize(420, 800);
      await show(tab, "convolutional", "");
      const shown = () => [...document.querySelectorAll("[data-pane]")].map((pane) => pane.getAttribute("data-pane"));
      for (const pane of ["plan", "javascript", "graph"]) {
        await tab.click(`[data-tab=${pane}]`);
        expect(await tab.settled([pane], shown)).toEqual([pane]);
      }
      expect(await tab.run(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      // Tabs that there is no room for are scrolled to: none lies before the beginning.
      const first = () => document.querySelector("[data-tab=list]")?.parentElement?.scrollTo(0, 0);
      await tab.run(first);
      expect(await tab.run(() => (document.querySelector("[data-tab=list]")?.getBoundingClientRect().left ?? -1) >= 0)).toBe(
        true,
      );
      const [find, pane] = await tab.run(() =>
        [".find", "[data-pane]"].map((one) => document.querySelector(one)?.getBoundingClientRect().width ?? 0),
      );
      expect(find).toBeGreaterThan(0.9 * pane);
    });

    it("however long a text, only what is within sight is there", async () => {
      await tab.resize(1440, 900);
      await show(tab, "dense", "goal=trainStep&panes=graph:graph,loops,javascript");
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

    // Engines lay a narrow page out alike.
    views(() => tab, axe ? [1440, 420] : [1440]);
    rows(() => tab);
    links(() => tab);
    if (axe) accessible(() => tab);
  };

describe.skipIf(skipOf("no-chromium", browserBinary === undefined))("in Chromium", inBrowser(chromiumTab, true));
describe.skipIf(skipOf("no-firefox", firefoxBinary === undefined))("in Firefox", inBrowser(firefoxTab));
