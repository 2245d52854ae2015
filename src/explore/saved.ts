// Reports as files of JSON. In: the bytes of a file. Out: the report, or nothing of what is no report. Guarantee: what a comparison reads is there and of
// its type, whoever wrote the file.
import * as z from "zod";
import { check } from "../../compiler/diagnostics/check.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { faultIn } from "../../compiler/emit/judge.ts";
import type { Report } from "./report.ts";

const name = z.string();
const count = z.number();
const goal = z.enum(["predict", "step", "trainStep", "evaluate", "metrics"]);
const schema = z.looseObject({
  layerc: name,
  model: name,
  hash: name,
  options: name,
  facts: z.object({ parameters: count, multiplyAdds: count, code: count, gzip: count.optional(), weights: count, arena: count }),
  things: z.array(z.looseObject({ kind: name, name, says: name, goal: goal.optional(), lights: z.array(count) })),
  layers: z.array(
    z.looseObject({ path: name, layer: name, name, config: name, output: name, parameters: count, multiplyAdds: count }),
  ),
  goals: z.array(
    z.looseObject({
      goal,
      passes: z.array(z.looseObject({ pass: name, rewrites: z.array(z.looseObject({ rule: name })) })),
      arena: z.looseObject({ bytes: count, rows: z.array(z.looseObject({ name, bytes: count })) }),
      kernels: z.array(z.looseObject({ name, target: name, strategy: name, multiplyAdds: count, bytes: count })),
    }),
  ),
});

/** A script of a report takes nothing from outside but what emitted modules take: whoever wrote the file, the page runs it. */
function runsAlone(path: string, script: unknown): void {
  const fault =
    script === undefined
      ? undefined
      : typeof script === "string"
        ? faultIn(script, "script", ["WebAssembly"], "es2020")
        : "is no text";
  if (fault === undefined) return;
  const message = `the script ${path} ${fault}`;
  throw new CompileError({ code: "report/saved", path, message, hint: "write the report anew: layerc report <model> --json" });
}

/** The report in a file; undefined where it is another kind of file. Throws CompileError report/saved where it is a broken one. */
export function openReport(bytes: Uint8Array): Report | undefined {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null || !("layerc" in found) || !("goals" in found)) return undefined;
  const scripts = found as { readonly profile?: unknown; readonly calls?: unknown };
  for (const key of ["profile", "calls"] as const) runsAlone(key, scripts[key]);
  return check(schema, found, { code: "report/saved", path: "", subject: "a report" }) as unknown as Report;
}
