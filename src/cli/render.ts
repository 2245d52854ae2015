// Diagnostics and tables as text for a terminal. In: data. Out: strings; nothing is printed here, and without colour
// nothing but the text itself comes out.
import { styleText } from "node:util";
import type { Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { showFile } from "../files.ts";

export { renderTable, showBytes, showCount } from "../table.ts";

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;
/** Colours, or the text as it is. */
export const paint = (color: boolean): Paint =>
  color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;

/**
 * The form of every message:
 * ```
 * shape/mismatch  layers[2] dense "logits"
 *   the kernel needs 16 input features, the layer before gives 8
 *   note  layers[1] flatten gave [8]
 *   at    mnist.model.ts:7:3
 * ```
 * `frame` are lines of the file at that place, from frame.ts.
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  paint: Paint,
  kind: "error" | "warning" = "error",
  model?: Model,
  frame: readonly string[] = [],
): string {
  const { code, path, message, hint, notes = [], at } = diagnostic;
  const title = [paint(kind === "error" ? ["bold", "red"] : ["bold", "yellow"], code), `${path}${layerAt(path, model)}`].filter(
    (part) => part !== "",
  );
  const body = message.split("\n").map((line) => `  ${line}`);
  const fact = (name: string, text: string) => `  ${paint("dim", name.padEnd(4))}  ${text.split("\n").join("\n        ")}`;
  const place = at && [fact("at", [showFile(at.file), at.line, at.column].filter((part) => part !== undefined).join(":"))];
  return [
    title.join("  "),
    ...body,
    ...notes.map((note) => fact("note", note)),
    ...(hint ? [fact("hint", hint)] : []),
    ...(place ?? []),
    ...frame,
  ].join("\n");
}

/** ` dense "logits"` for the layer a path starts with. */
function layerAt(path: string, model: Model | undefined): string {
  const [, index] = path.match(/^layers\[(\d+)\]/) ?? [];
  const spec = index === undefined ? undefined : model?.layers[Number(index)];
  return typeof spec?.layer !== "string" ? "" : ` ${spec.layer}${spec.name === undefined ? "" : ` ${JSON.stringify(spec.name)}`}`;
}

/** A diagnostic as the JSON that `--json` prints. */
export function diagnosticJson({ code, path, message, hint, notes, at }: Diagnostic): object {
  return { code, path, message, hint, notes, at: at && { ...at, file: showFile(at.file) } };
}
