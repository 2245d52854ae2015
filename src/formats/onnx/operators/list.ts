// THE list of operators. Adding one is a row in the file of its group; adding a group is one file beside this one and one line here.
// Out: the row that a node means, by the version of its domain.
import { append } from "../../../../compiler/base/groups.ts";
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import type { Operator } from "../define.ts";
import type { ModelProto, NodeProto } from "../schema.ts";
import { activations } from "./activations.ts";
import { along } from "./along.ts";
import { attention } from "./attention.ts";
import { control } from "./control.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { logic } from "./logic.ts";
import { normalizations } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { productRows } from "./products.ts";
import { quantization } from "./quantization.ts";
import { recurrent } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resize.ts";
import { shapes } from "./shapes.ts";
import { sources } from "./sources.ts";

/** Every row, by group. */
export const operators: readonly Operator[] = [
  ...sources,
  ...elementwise,
  ...activations,
  ...logic,
  ...reductions,
  ...along,
  ...shapes,
  ...indexing,
  ...productRows,
  ...convolutions,
  ...pooling,
  ...normalizations,
  ...resizing,
  ...recurrent,
  ...attention,
  ...quantization,
  ...control,
];

const byName = new Map<string, Operator[]>();
for (const row of operators) append(byName, row.name, row);
/** The domain of ONNX itself, which has two names. */
const isOwn = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** Versions by domain. A file that names none is older than that list. */
export function versionsOf(opsets: ModelProto["opsets"]): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  for (const { domain, version } of opsets) {
    const key = isOwn(domain) ? "" : domain;
    versions.set(key, Math.max(version, versions.get(key) ?? 0));
  }
  if (!versions.has("")) versions.set("", 1);
  return versions;
}

/** The row of a node's operator. Throws CompileError onnx/unsupported, which names it. */
export function operatorFor(node: NodeProto, versions: ReadonlyMap<string, number>, path: string): Operator {
  const version = versions.get("") ?? 1;
  const rows = isOwn(node.domain) ? (byName.get(node.operator) ?? []).filter(({ since }) => since <= version) : [];
  const found = rows.reduce<Operator | undefined>((a, b) => (a === undefined || b.since > a.since ? b : a), undefined);
  if (found !== undefined) return found;
  const name = isOwn(node.domain) ? node.operator : `${node.domain}.${node.operator}`;
  const message = `layerc has no operator ${name}${isOwn(node.domain) ? ` of opset ${version}` : ""}`;
  throw new CompileError({ code: "onnx/unsupported", path, message, hint: "docs/formats/onnx.md lists those it has" });
}
