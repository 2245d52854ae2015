// Python's indexing between layers as a line. In: `x[:, -1]`, `x[..., ::2, None]` as a file has it. Out: the line `slice`, which does not
// name the batch; undefined where the batch is cut, or where a tensor is the index.
//
//   [{class_name: "__slice__", config: {start, stop, step}}, -1, {class_name: "__ellipsis__"}, null]
import { isPlain } from "../../../../compiler/diagnostics/plain.ts";
import { alone, type Make, shapeOf } from "./define.ts";

interface Range {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}
type Index = number | "newaxis" | "ellipsis" | Range;
const whole: Range = { start: null, stop: null, step: null };
const isEnd = (value: unknown): value is number | null => value === null || Number.isSafeInteger(value);

function indexOf(value: unknown): Index | undefined {
  if (value === null) return "newaxis";
  if (Number.isSafeInteger(value)) return value as number;
  if (!isPlain(value)) return undefined;
  if (value.class_name === "__ellipsis__") return "ellipsis";
  if (value.class_name !== "__slice__" || !isPlain(value.config)) return undefined;
  const { start = null, stop = null, step = null }: Readonly<Record<string, unknown>> = value.config;
  return isEnd(start) && isEnd(stop) && isEnd(step) ? { start, stop, step } : undefined;
}

const isWhole = (one: Index): boolean =>
  typeof one === "object" && (one.start ?? 0) === 0 && one.stop === null && (one.step ?? 1) === 1;

/** The line of `x[key]`. */
export const sliced: Make = (given) => {
  const key = given.at(1, "key");
  const rank = shapeOf(given.at(0, "x"))?.length;
  const indices = (Array.isArray(key) ? key : [key]).map(indexOf);
  if (indices.includes(undefined) || (rank === undefined && indices.includes("ellipsis"))) return undefined;
  const known = indices as readonly Index[];
  const named = known.filter((one) => one !== "newaxis" && one !== "ellipsis").length;
  if (named > (rank ?? named) || known.filter((one) => one === "ellipsis").length > 1) return undefined;
  const filled = known.flatMap((one): readonly Index[] =>
    one === "ellipsis" ? Array.from({ length: (rank ?? named) - named }, () => whole) : [one],
  );
  const [batch, ...at] = filled;
  if (batch !== undefined && !isWhole(batch)) return undefined;
  return alone(given, "slice", { at });
};
