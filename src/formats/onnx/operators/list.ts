// THE list of operators. Adding one is a row in the file of its group; adding a group is one file beside this one and one line here.
// Out: the row that a node means, by the version of its domain.
import { append } from "../../../../compiler/base/groups.ts";
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import type { LayerDefinitions } from "../../custom/define.ts";
import { definitionNamed, operatorHint } from "../../custom/operators.ts";
import type { Operator } from "../define.ts";
import { definedRow } from "../defined.ts";
import type { ModelProto, NodeProto } from "../schema.ts";
import { activations } from "./activations.ts";
import { along } from "./along.ts";
import { attention } from "./attention.ts";
import { control } from "./control.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { fourier } from "./fourier.ts";
import { gridSampling } from "./grid-sample.ts";
import { indexing } from "./indexing.ts";
import { logic } from "./logic.ts";
import { microsoft } from "./microsoft/list.ts";
import { ml } from "./ml/list.ts";
import { normalizations } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { productRows } from "./products.ts";
import { quantization } from "./quantization.ts";
import { recurrent } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resize.ts";
import { scattering } from "./scatter.ts";
import { shapes } from "./shapes.ts";
import { sources } from "./sources.ts";

/** Every row of ONNX itself, by group. */
export const operators: readonly Operator[] = [
  ...sources,
  ...elementwise,
  ...activations,
  ...logic,
  ...reductions,
  ...along,
  ...shapes,
  ...indexing,
  ...scattering,
  ...productRows,
  ...convolutions,
  ...pooling,
  ...normalizations,
  ...resizing,
  ...gridSampling,
  ...fourier,
  ...recurrent,
  ...attention,
  ...quantization,
  ...control,
];

/** Every row, by domain; that of ONNX itself is "". */
export const domains: ReadonlyMap<string, readonly Operator[]> = new Map([
  ["", operators],
  ["ai.onnx.ml", ml],
  ["com.microsoft", microsoft],
]);

const byName = new Map<string, Operator[]>();
for (const [domain, rows] of domains) for (const row of rows) append(byName, `${domain}.${row.name}`, row);
/** The domain of ONNX itself has two names. */
export const domainOf = ({ domain }: Pick<NodeProto, "domain">): string => (domain === "ai.onnx" ? "" : domain);

/** Versions by domain. A file that names none is older than that list. */
export function versionsOf(opsets: ModelProto["opsets"]): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  for (const { domain, version } of opsets) {
    const key = domainOf({ domain });
    versions.set(key, Math.max(version, versions.get(key) ?? 0));
  }
  if (!versions.has("")) versions.set("", 1);
  return versions;
}

/** The row of a node's operator, or what the user's definition makes of it. Throws CompileError onnx/unsupported, which names it. */
export function operatorFor(
  node: NodeProto,
  versions: ReadonlyMap<string, number>,
  path: string,
  definitions?: LayerDefinitions,
): Operator {
  const domain = domainOf(node);
  // Some tools use a domain of their own without a word of its version.
  const version = versions.get(domain) ?? 1;
  const rows = (byName.get(`${domain}.${node.operator}`) ?? []).filter(({ since }) => since <= version);
  const found = rows.reduce<Operator | undefined>((a, b) => (a === undefined || b.since > a.since ? b : a), undefined);
  if (found !== undefined) return found;
  const name = domain === "" ? node.operator : `${domain}.${node.operator}`;
  const className = domain === "" ? node.operator : `${domain}:${node.operator}`;
  const definition = definitionNamed([className, node.operator], definitions);
  if (definition !== undefined) return definedRow(node, className, definition, path);
  const message = `layerc has no operator ${name}${domain === "" ? ` of opset ${version}` : ""}`;
  throw new CompileError({
    code: "onnx/unsupported",
    path,
    message,
    hint: `docs/formats/onnx.md lists those it has; ${operatorHint(className)}`,
  });
}
