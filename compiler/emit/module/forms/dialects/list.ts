// THE table of dialects: types, quotes, limits, and how code is embedded. Limits are those that the vendors document. A new one is a row here.
import { comments } from "../../head.ts";
import { filterText } from "../filter.ts";
import type { Dialect } from "./define.ts";
import { type Filling, listed, marked, name, parameters, passed, quoted, returned } from "./frame.ts";
import { parametersOf, returnedOf, type Types, typeOf } from "./text.ts";

/** The body of a function, with the names of its arguments as they stand in quotes. */
const functionOf = ({ parameters = "", body = "" }: Filling): string =>
  `function f(${Array.from(parameters.matchAll(/["`]([\w$]+)["`]/g), ([, id]) => id).join(", ")}) {\n${body}\n}`;

const bigTypes: Types = {
  number: "FLOAT64",
  text: "STRING",
  list: (of) => `ARRAY<${of}>`,
  record: (fields) => `STRUCT<${fields.map((field) => field.join(" ")).join(", ")}>`,
  quote: "`",
};
const bigquery: Dialect = {
  name: "bigquery",
  says: "JavaScript, `CREATE TEMP FUNCTION`",
  evaluated: "once for each worker",
  extension: ".sql",
  mostBytes: { count: 32_768, hint: "larger code goes to Cloud Storage: --format iife, and OPTIONS (library = [...])" },
  mostArguments: 256,
  hasWasm: false,
  comment: comments.sql,
  notes: (udf) => [`for one that stays: CREATE FUNCTION dataset.${udf.name.text}`],
  frame: ["CREATE TEMP FUNCTION ", name, "(", parameters, ")\nRETURNS ", returned, "\nDETERMINISTIC\nLANGUAGE js AS ", marked(['r"""', '"""'], ["r'''", "'''"]), ";\n"], // biome-ignore format: a template
  filling: (udf, body) => ({ parameters: parametersOf(udf, bigTypes), returned: returnedOf(udf, bigTypes), body: body() }),
  javascript: functionOf,
};

const snowTypes: Types = { number: "FLOAT", text: "VARCHAR", list: () => "ARRAY", record: () => "OBJECT", quote: '"' };
const snowflake: Dialect = {
  name: "snowflake",
  says: "JavaScript",
  evaluated: "once, as a rule",
  extension: ".sql",
  mostBytes: { count: 100 * 1024, hint: "Snowflake advises against more" },
  mostArguments: 500,
  hasWasm: false,
  comment: comments.sql,
  notes: () => [],
  frame: ["CREATE OR REPLACE FUNCTION ", name, "(", parameters, ")\nRETURNS ", returned, "\nLANGUAGE JAVASCRIPT\nIMMUTABLE\nAS ", marked(["$$", "$$"]), ";\n"], // biome-ignore format: a template
  filling: (udf, body) => ({ parameters: parametersOf(udf, snowTypes), returned: returnedOf(udf, snowTypes), body: body() }),
  javascript: functionOf,
};

const pgTypes: Types = {
  number: "double precision",
  text: "text",
  list: (of) => `${of}[]`,
  record: () => "jsonb",
  quote: '"',
};
const postgres: Dialect = {
  name: "postgres",
  says: "JavaScript in plv8 or pljs",
  evaluated: "once for each session",
  extension: ".sql",
  mostBytes: { count: 2 ** 30 - 1, hint: "a value of PostgreSQL ends there" },
  mostArguments: 100,
  hasWasm: false,
  comment: comments.sql,
  notes: () => ["CREATE EXTENSION plv8; with pljs write LANGUAGE pljs below"],
  frame: ["CREATE OR REPLACE FUNCTION ", name, "(", parameters, ")\nRETURNS ", returned, "\nLANGUAGE plv8 IMMUTABLE STRICT\nAS ", marked(["$layerc$", "$layerc$"], ["$layerc_1$", "$layerc_1$"]), ";\n"], // biome-ignore format: a template
  filling: (udf, body) => ({ parameters: parametersOf(udf, pgTypes), returned: returnedOf(udf, pgTypes), body: body() }),
  javascript: functionOf,
};

const duckTypes: Types = {
  number: "DOUBLE",
  text: "VARCHAR",
  list: (of) => `${of}[]`,
  record: (fields) => `STRUCT(${fields.map((field) => field.join(" ")).join(", ")})`,
  quote: '"',
};
const duckdb: Dialect = {
  name: "duckdb",
  says: "a macro over the community extension `quickjs`",
  evaluated: "for every row: for tables take `layerc score`",
  extension: ".sql",
  mostArguments: 250,
  hasWasm: false,
  comment: comments.sql,
  notes: () => ["the extension evaluates the code for every row: for tables take layerc score"],
  frame: ["INSTALL quickjs FROM community;\nLOAD quickjs;\nCREATE OR REPLACE MACRO ", name, "(", listed, ") AS\nCAST(CAST(quickjs_eval(", quoted, ", ", passed, ") AS JSON) AS ", returned, ");\n"], // biome-ignore format: a template
  filling: (udf, body) => {
    const all = udf.inputs.flat();
    return {
      parameters: all.map(({ id }) => `"${id.text}"`).join(", "),
      body: `(${all.map(({ id }) => id.text).join(", ")}) => {\n${body(true)}\n}`,
      // A list arrives as text.
      passed: all.map(({ id: { text }, isList }) => (isList ? `CAST(to_json("${text}") AS VARCHAR)` : `"${text}"`)).join(", "),
      returned: returnedOf(udf, duckTypes),
    };
  },
  javascript: ({ body }) => body,
};

const clickTypes: Types = {
  number: "Float32",
  text: "String",
  list: (of) => `Array(${of})`,
  record: (fields) => `Tuple(${fields.map(([, type]) => type).join(", ")})`,
  quote: "",
};
const argumentsOfXml = /^(?: {4}<argument><type>[\w()]+<\/type><name>[\w$]+<\/name><\/argument>\n)*$/;
/** A function of ClickHouse's is a script that rows are piped through; what is written beside it is the filter. */
const clickhouse: Dialect = {
  name: "clickhouse",
  says: "a description in XML, and a filter beside it",
  evaluated: "once for each process of the pool",
  extension: ".xml",
  // RowBinary of a list has its length, so that another width is an error and no other numbers.
  mostArguments: 1,
  hasWasm: true,
  comment: comments.xml,
  notes: () => [],
  frame: [
    "<functions>\n  <function>\n    <type>executable_pool</type>\n    <name>",
    name,
    "</name>\n    <return_type>",
    returned,
    "</return_type>\n",
    { slot: "parameters", pattern: argumentsOfXml },
    "    <format>RowBinary</format>\n    <command>",
    name,
    `.cjs --rows rowbinary --chunk-header</command>
    <execute_direct>1</execute_direct>
    <send_chunk_header>1</send_chunk_header>
    <pool_size>4</pool_size>
    <deterministic>true</deterministic>
  </function>
</functions>
`,
  ],
  filling: (udf) => ({
    returned: returnedOf(udf, clickTypes),
    parameters: udf.inputs
      .map(([one]) => `    <argument><type>${typeOf(one, clickTypes)}</type><name>${one.id.text}</name></argument>\n`)
      .join(""),
  }),
  javascript: () => undefined,
  script: ({ site }) => filterText(site, "rowbinary").code,
};

/** Every dialect, by name. */
export const dialects: Readonly<Record<Dialect["name"], Dialect>> = { bigquery, snowflake, clickhouse, postgres, duckdb };
