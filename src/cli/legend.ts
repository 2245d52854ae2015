// How to read what `layerc inspect` prints. In: a stage, or none. Out: text: for each stage a line of what it is, and its notations with
// their meaning.
import { legends } from "../explore/legend.ts";
import { renderTable } from "./render.ts";

type Stage = keyof typeof legends;

/** The legend of a stage, or of all. */
export const legend = (stage?: Stage): string =>
  (Object.keys(legends) as Stage[])
    .filter((one) => stage === undefined || one === stage)
    .map((one) => `${legends[one].says}\n\n${renderTable(legends[one].signs).replace(/^/gm, "  ")}`)
    .join("\n\n");
