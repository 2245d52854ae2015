// The pictures of docs/, as a table. In: nothing. Out: what each picture is of, for scripts/screenshots.ts, which takes them, and for the blocks of docs/report-panes.md, which show them. Guarantee: a
// picture is a row: which page, what is chosen in it, how wide, in which light; nothing is drawn by hand.
import type { Page } from "playwright-core";
import { presets } from "../src/explore/playground/presets.ts";
import { hashOf } from "../src/explore/playground/state.ts";

const seed = "examples/seed-2-4-3-1/seed.model.ts";
const digits = "examples/mnist/mnist.model.ts";

/** One picture. */
export interface Shot {
  /** Below docs/images, without its ending. */
  readonly name: string;
  /** Arguments of the command that writes the report; absent, it is of the playground. */
  readonly report?: readonly string[];
  /** What stands behind `#`. */
  readonly choices: string;
  readonly size: Size;
  readonly dark: boolean;
  /** The part of the page that is taken; absent, all that is within sight. */
  readonly of?: string;
  /** What a reader does before it is taken. */
  readonly act?: (page: Page) => Promise<unknown>;
}
type Size = readonly [width: number, height: number];

/** A part of the pages that is shown four times: light and dark, wide and narrow. */
interface Part extends Pick<Shot, "report" | "choices" | "act"> {
  /** For who cannot see it. */
  readonly says: string;
  /** A wide picture is of this alone. */
  readonly of?: string;
  /** Pixels; a pane is taken from a window that has room for two. */
  readonly wide?: Size;
  /** On a narrow page it is shown so, where that differs. */
  readonly narrow?: Pick<Shot, "choices" | "act">;
}

/** A pane by its name, alone in its window. */
const pane = (id: string, choices: string, says: string, report = [seed]): Part => ({
  report: ["report", ...report],
  choices,
  of: `[data-pane=${id}]`,
  says,
});
/** A list of the playground. */
const played = (tab: "list" | "training" | "report", data = "spirals"): string => {
  const { text } = presets.find(({ id }) => id === data) ?? presets[0];
  return hashOf({ text, data, tab, report: "panes=graph,javascript", batch: 32 }).slice(1);
};
const scrolled = (within: string, to: string) => (page: Page) =>
  page.evaluate(
    ([box, target]) => {
      const [outer, inner] = [document.querySelector(box), document.querySelector(target)];
      if (outer && inner) outer.scrollTop += inner.getBoundingClientRect().top - outer.getBoundingClientRect().top - 12;
    },
    [within, to],
  );
/** Kernels with the times of this machine. */
const measured = async (page: Page): Promise<void> => {
  await page.click("[data-measure]");
  await page.waitForSelector("text=/kernels measured/", { timeout: 60_000 });
  await scrolled(".view", "section[aria-label^=Kernels]")(page);
};
/** Training, until its curve has a shape. */
const trained = async (page: Page): Promise<void> => {
  await page.click(".controls button.main[aria-disabled=false]");
  await page.waitForFunction(() => Number(document.querySelector(".numbers dd")?.textContent) >= 40);
  await page.click(".controls button.main");
};

/** Every part, by the name of its block in docs/report-panes.md. */
export const parts: Readonly<Record<string, Part>> = {
  list: {
    ...pane("list", "panes=list&pin=layer layers[2]", "The layers of a net for digits, a line each; the third is held", [digits]),
  },
  layers: {
    ...pane("list", "panes=list:drawing&pin=layer layers[2]", "The same layers as boxes with arrows", [digits]),
  },
  graph: {
    ...pane("graph", "panes=graph:drawing&pin=layer layers[0]", "The Graph as boxes; those of the first layer are lit"),
  },
  nodes: {
    ...pane("graph", "panes=graph:graph&pin=layer layers[0]", "The Graph, a node a line; the lines of the first layer are lit"),
  },
  plan: {
    ...pane("plan", "panes=plan&pin=layer layers[2]", "Regions as text, and below them the arena as bytes by time", [digits]),
    wide: [1000, 720],
  },
  nests: {
    ...pane("loops", "panes=loops:nests&pin=kernel predict/hidden1", "Kernels as the loops of a textbook; one is held"),
  },
  schedule: {
    ...pane(
      "loops",
      "panes=loops:schedule/js&pin=kernel predict/hidden1",
      "The order of the loops, with the strategy that chose it",
      [seed, "--unroll", "0"],
    ),
  },
  javascript: {
    ...pane("javascript", "panes=javascript&pin=layer layers[1]", "The module; the lines of the second layer are lit"),
  },
  webassembly: {
    ...pane("webassembly", "panes=webassembly&pin=layer layers[2]", "Kernels in lanes of four, as text", [digits]),
  },
  passes: {
    report: ["report", seed],
    choices: "view=passes&pass=expand",
    says: "The list of passes, and what the pass expand changed, line by line",
    narrow: { choices: "view=passes&pass=expand", act: scrolled(".passes", ".detail") },
  },
  rewrites: {
    report: ["report", seed],
    choices: "view=passes&pass=rewrite",
    says: "Rules that fired, each with its promise, what stood there before and what stands there now",
    act: scrolled(".detail", ".detail h3"),
    narrow: { choices: "view=passes&pass=rewrite", act: scrolled(".passes", ".detail h3") },
  },
  numbers: {
    report: ["report", digits],
    choices: "view=numbers",
    says: "Tables of layers and of kernels",
  },
  measured: {
    report: ["report", digits],
    choices: "view=numbers",
    says: "Each kernel with its time and its share of what the machine can do",
    act: measured,
    narrow: {
      choices: "view=numbers",
      act: async (page) => {
        await measured(page);
        // A narrow table is scrolled to its numbers.
        await page.$eval("section[aria-label^=Kernels]", (table) => table.scrollTo(1e6, 0));
      },
    },
  },
  activations: {
    report: ["report", seed],
    choices: "view=numbers",
    says: "What each region gives for a row, with its distance from double precision",
    act: scrolled(".view", ".activations"),
  },
  compare: {
    report: ["report", "--compare", seed, "--with", "target=js", "--with", "unroll=0"],
    choices: "",
    says: "What changes with two settings: size, kernels, strategies",
  },
  training: {
    report: [
      ...["train", "examples/training/species.model.ts", "--data", "node_modules/vega-datasets/data/penguins.json"],
      ...["--target", "Species", "--features", "Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g)"],
      ...["--impute", "drop", "--patience", "15", "--stratify", "Species", "--exact"],
    ],
    choices: "view=training",
    says: "Curves of loss and accuracy over the epochs, and a confusion matrix",
    wide: [1000, 760],
  },
  playground: {
    choices: played("list"),
    says: "A list in its editor, its training and its report",
    wide: [1180, 680],
  },
  surface: {
    choices: played("training"),
    says: "Two spirals, the plane as the net divides it, and the curve of its loss",
    wide: [1180, 680],
    of: ".part.training",
    act: trained,
  },
};

/** Pixels of a wide picture, and of a narrow one: that of a telephone. */
const [usual, telephone]: readonly Size[] = [
  [1000, 600],
  [390, 640],
];
const looks: readonly { readonly width: "wide" | "narrow"; readonly light: "light" | "dark" }[] = [
  { width: "wide", light: "light" },
  { width: "wide", light: "dark" },
  { width: "narrow", light: "light" },
  { width: "narrow", light: "dark" },
];

/** The path of a picture below docs/images. */
export const pictureOf = (part: string, width: "wide" | "narrow", light: "light" | "dark"): string =>
  `panes/${part}-${width}-${light}`;

/** The four of a part as a page shows them: the light that the reader's system has, in both widths. */
export function picturesOf(part: string): string {
  const picture = (width: "wide" | "narrow"): string => {
    const at = (light: "light" | "dark"): string => `./images/${pictureOf(part, width, light)}.png`;
    const size = width === "narrow" ? ' width="300"' : "";
    const alt = width === "narrow" ? `${parts[part].says}, on a narrow page` : parts[part].says;
    return [
      `<picture><source media="(prefers-color-scheme: dark)" srcset="${at("dark")}">`,
      `<img src="${at("light")}" alt="${alt}" loading="lazy"${size}></picture>`,
    ].join("");
  };
  return `${picture("wide")}\n\n${picture("narrow")}`;
}

/** A step of the walk: two panes of the seed's report, with a thing held. */
const step = (name: string, panes: string, pin: string): Shot => ({
  name: `walk-${name}`,
  report: ["report", seed],
  choices: `panes=${panes}&pin=${pin}`,
  size: [1000, 420],
  dark: false,
});
const whole = (name: string, choices: string, size: Size, dark = false): Shot => ({
  ...{ name: `report-${name}`, report: ["report", seed], choices, size, dark },
});

/** Every picture; `npm run update-screenshots -- report-panes` takes one, or those whose names begin so. */
export const shots: readonly Shot[] = [
  whole("panes", "panes=list,graph,loops:nests,javascript&pin=layer layers[1]", [1440, 760]),
  whole("plan", "panes=graph:graph,plan,loops&pin=layer layers[0]", [1440, 760], true),
  whole("passes", "view=passes&pass=rewrite", [1440, 640]),
  whole("numbers", "view=numbers", [1440, 640], true),
  step("graph", "list,graph:graph", "layer layers[0]"),
  { ...step("relu", "", ""), choices: "view=passes&pass=expand", size: [1000, 560] },
  step("plan", "graph:graph,plan", "region r0"),
  step("nest", "graph:graph,loops:nests", "kernel predict/hidden1"),
  step("code", "loops:nests,javascript", "kernel predict/hidden1"),
  ...Object.entries(parts).flatMap(([name, { report, choices, act, of, wide = usual, narrow }]) =>
    looks.map(({ width, light }): Shot => {
      const look = { name: pictureOf(name, width, light), dark: light === "dark", ...(report === undefined ? {} : { report }) };
      const done = width === "narrow" ? (narrow?.act ?? act) : act;
      return width === "wide"
        ? { ...look, choices, size: wide, ...(of === undefined ? {} : { of }), ...(done && { act: done }) }
        : { ...look, choices: narrow?.choices ?? choices, size: telephone, ...(done && { act: done }) };
    }),
  ),
];
