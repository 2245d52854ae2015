// THE table of formats of rows. A new one is a file and a line here; the loop around them knows none.
import type { RowFormat } from "./define.ts";
import { float32 } from "./float32.ts";
import { ndjson } from "./ndjson.ts";
import { rowbinary } from "./rowbinary.ts";
import { tsv } from "./tsv.ts";

/** Every format; the first is the default. */
export const rowFormats: readonly RowFormat[] = [float32, rowbinary, tsv, ndjson];
