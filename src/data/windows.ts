// A series as rows. In: rows that follow each other in time. Out: a row for each stretch of them, held against what comes after it. Guarantee: no
// row sees its own target or anything later.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { PortRows } from "../../runtime/index.ts";
import type { Prepared } from "./apply.ts";

/** `steps` rows at a time, held against the target `horizon` rows later. Throws CompileError data/empty where there are too few. */
export function windows({ rows, data: { x, y, sampleWeight } }: Prepared, steps: number, horizon = 1): Prepared {
  const count = rows - steps - horizon + 1;
  if (count < 1) {
    const message = `${rows} rows make no window of ${steps} with a target ${horizon} later`;
    throw new CompileError({ code: "data/empty", path: "window", message, hint: "give more rows, or a shorter --window" });
  }
  const stretch = (port: Float32Array): Float32Array => {
    const width = port.length / rows;
    const out = new Float32Array(count * steps * width);
    for (let i = 0; i < count; i++) out.set(port.subarray(i * width, (i + steps) * width), i * steps * width);
    return out;
  };
  const later = (port: Float32Array): Float32Array => {
    const width = port.length / rows;
    return port.slice((steps + horizon - 1) * width);
  };
  const data = {
    x: eachPort(x, stretch),
    y: eachPort(y, later),
    ...(sampleWeight === undefined ? {} : { sampleWeight: eachPort(sampleWeight, later) }),
  };
  return { rows: count, data };
}

function eachPort(ports: PortRows, change: (port: Float32Array) => Float32Array): PortRows {
  if (ports instanceof Float32Array) return change(ports);
  if (Array.isArray(ports))
    throw new CompileError({ code: "data/values", path: "window", message: "a series is of numbers, not of texts" });
  return Object.fromEntries(
    Object.entries(ports as Readonly<Record<string, Float32Array>>).map(([name, port]) => [name, change(port)]),
  );
}
