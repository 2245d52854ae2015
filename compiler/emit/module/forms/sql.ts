// A function of a warehouse: the module as the body of CREATE FUNCTION, in the dialect that was chosen (dialects/list.ts). In: a module. Out: SQL.
// Guarantee: what the warehouse would refuse for its size is an error here, with both numbers.
import type { Port } from "../../../artifact.ts";
import { CompileError, internal } from "../../../diagnostics/error.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { Names, name } from "../../code.ts";
import { commentOf, comments, headOf } from "../head.ts";
import { sealed } from "../seal.ts";
import { bodyOf, bodyTakes } from "./dialects/body.ts";
import type { Argument, Dialect, Udf } from "./dialects/define.ts";
import { filled, readFrame } from "./dialects/frame.ts";
import { dialects } from "./dialects/list.ts";
import type { Form, FormSite } from "./form.ts";
import { loopTakes } from "./loop.ts";

/** Words that no argument may have, since the body needs them. */
const taken = ["globalThis", "Array", "JSON", "layerc"];

function udfOf(site: FormSite, { mostArguments }: Dialect): Udf {
  const { inputs, outputs, about, options } = site.parts;
  const names = new Names(taken);
  const { features = {} } = about ?? {};
  const namesOf = ({ name, shape }: Port): readonly string[] | undefined =>
    Object.hasOwn(features, name) && features[name].length === sizeOf(shape) ? features[name] : undefined;
  const wanted = inputs.reduce((sum, port) => sum + (namesOf(port)?.length ?? 1), 0);
  const made = inputs.map((port): Argument[] => {
    const isText = port.type === "string";
    const columns = wanted <= mostArguments ? namesOf(port) : undefined;
    if (columns !== undefined) return columns.map((column) => ({ id: names.unique(column), isText, isList: false }));
    return [{ id: names.unique(port.name), isText, isList: sizeOf(port.shape) !== 1 }];
  });
  const fields = new Names(taken);
  return {
    site,
    name: name(options.globalName),
    inputs: made,
    results: outputs.map((port) => ({
      name: port.name,
      id: fields.unique(port.name),
      isText: port.type === "string",
      isList: sizeOf(port.shape) !== 1,
    })),
  };
}

function checked(body: string, { mostBytes, name }: Dialect): string {
  const length = new TextEncoder().encode(body).length;
  if (mostBytes === undefined || length <= mostBytes.count) return body;
  throw new CompileError({
    code: "sql/limit",
    path: "dialect",
    message: `the body of the function has ${length} bytes, ${name} takes ${mostBytes.count}`,
    hint: mostBytes.hint,
  });
}

/** Where `dialect` is missing, `settle` has refused it. */
const dialectOf = (dialect: Dialect["name"] = "bigquery"): Dialect => dialects[dialect];

export const sql: Form = {
  extension: ({ dialect }) => dialectOf(dialect).extension,
  isText: true,
  isImported: false,
  // None calls more than predict.
  fixed: ({ dialect }) => ({
    ...{ syntax: "es2020", train: false, stream: false, weights: "inline", wasm: "embed" },
    ...(dialectOf(dialect).hasWasm ? {} : { target: "js", selfTest: false }),
  }),
  own: ["dialect"],
  needs: { dialect: "give the warehouse: bigquery, snowflake, clickhouse, postgres or duckdb" },
  language: "SQL",
  kind: "script",
  // Of the script that some dialects call.
  takes: [...loopTakes, ...bodyTakes],
  javascriptIn: (code, { dialect }) => {
    const head = headOf(code);
    const { comment, frame, javascript, script } = dialectOf(dialect);
    if (head === undefined) return undefined;
    // What is called is JavaScript alone.
    if (script !== undefined && head.comment === comments.js) return code;
    if (head.comment !== comment) return undefined;
    const filling = readFrame(frame, code, head.end);
    return filling && (javascript(filling) ?? "");
  },
  write: (site) => {
    const dialect = dialectOf(site.parts.options.dialect);
    const udf = udfOf(site, dialect);
    const filling = dialect.filling(udf, (parsed) => checked(bodyOf(udf, parsed), dialect));
    const statement =
      filled(dialect.frame, { name: udf.name.text, ...filling }) ?? internal("a body holds every mark that could close it");
    const code = sealed(`${commentOf(site.head, dialect.comment, dialect.notes(udf))}\n${statement}`);
    return { code, ...(dialect.script && { script: dialect.script(udf) }) };
  },
};
