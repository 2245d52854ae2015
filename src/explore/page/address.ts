// What a reader has chosen, as the part of an address behind `#`. In: such a text, or choices. Out: the other. Guarantee: what is not known
// or not there is left at its default, so an old address, or somebody else's, opens.
import type { Goal } from "../../../compiler/pipeline/passes.ts";

/** The views a report has, in the order of their tabs. */
export const views = ["panes", "passes", "numbers", "training", "compare"] as const;
/** What is shown as a whole. */
export type ViewName = (typeof views)[number];

/** Everything that outlives a reload. */
export interface Choices {
  readonly view: ViewName | undefined;
  readonly goal: Goal | undefined;
  /** Which panes, each with what is shown in it: `graph`, `graph:drawing`. */
  readonly panes: readonly string[];
  /** Kind and name of the thing that is held: `layer layers[1]`. */
  readonly pin: string | undefined;
  readonly pass: string | undefined;
  readonly search: string;
  /** Table and column by which it is sorted, with `-` for downwards: `kernels.-ms`. */
  readonly sort: readonly string[];
  readonly theme: "light" | "dark" | undefined;
}

const list = (text: string | null): string[] => (text === null || text === "" ? [] : text.split(","));

/** Reads what stands behind `#`. */
export function readAddress(hash: string): Choices {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const theme = said.get("theme");
  return {
    view: views.find((view) => view === said.get("view")),
    goal: (said.get("goal") as Goal | null) ?? undefined,
    panes: list(said.get("panes")),
    pin: said.get("pin") ?? undefined,
    pass: said.get("pass") ?? undefined,
    search: said.get("search") ?? "",
    sort: list(said.get("sort")),
    theme: theme === "light" || theme === "dark" ? theme : undefined,
  };
}

/** The same as text; what is at its default is left out. */
export function writeAddress(choices: Choices): string {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(choices) as [string, undefined | string | readonly string[]][]) {
    if (value !== undefined && value.length > 0) said.set(key, typeof value === "string" ? value : value.join(","));
  }
  // Commas, colons and brackets may stand there as they are: a person reads this.
  return said.toString().replace(/%(2C|3A|5B|5D|2F)/g, (code) => decodeURIComponent(code));
}
