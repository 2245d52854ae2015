// THE table of dialects: types, quotes, limits, and how code is embedded. Limits are those that the vendors document. A new one is a row here.
import { filterText } from "../filter.ts";
import { bodyOf } from "./body.ts";
import type { Dialect } from "./define.ts";
import { between, commentOf, parameters, returned, type Types, typeOf } from "./text.ts";

const bigTypes: Types = {
  number: "FLOAT64",
  text: "STRING",
  list: (of) => `ARRAY<${of}>`,
  record: (fields) => `STRUCT<${fields.map((field) => field.join(" ")).join(", ")}>`,
  quote: "`",
};
const bigquery: Dialect = {
  name: "bigquery",
  extension: ".sql",
  mostBytes: { count: 32_768, hint: "larger code goes to Cloud Storage: --format iife, and OPTIONS (library = [...])" },
  mostArguments: 256,
  hasWasm: false,
  isKept: true,
  write: (udf, body) => ({
    code: `${commentOf(udf.site.head, `for one that stays: CREATE FUNCTION dataset.${udf.name.text}`)}
CREATE TEMP FUNCTION ${udf.name.text}(${parameters(udf, bigTypes)})
RETURNS ${returned(udf, bigTypes)}
DETERMINISTIC
LANGUAGE js AS ${between(body(), [['r"""', '"""'], ["r'''", "'''"]])};
`, // biome-ignore format: a template
  }),
};

const snowTypes: Types = { number: "FLOAT", text: "VARCHAR", list: () => "ARRAY", record: () => "OBJECT", quote: '"' };
const snowflake: Dialect = {
  name: "snowflake",
  extension: ".sql",
  mostBytes: { count: 100 * 1024, hint: "Snowflake advises against more" },
  mostArguments: 500,
  hasWasm: false,
  isKept: true,
  write: (udf, body) => ({
    code: `${commentOf(udf.site.head)}
CREATE OR REPLACE FUNCTION ${udf.name.text}(${parameters(udf, snowTypes)})
RETURNS ${returned(udf, snowTypes)}
LANGUAGE JAVASCRIPT
IMMUTABLE
AS ${between(body(), [["$$", "$$"]])};
`,
  }),
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
  extension: ".sql",
  mostBytes: { count: 2 ** 30 - 1, hint: "a value of PostgreSQL ends there" },
  mostArguments: 100,
  hasWasm: false,
  isKept: true,
  write: (udf, body) => ({
    code: `${commentOf(udf.site.head, "CREATE EXTENSION plv8; with pljs write LANGUAGE pljs below")}
CREATE OR REPLACE FUNCTION ${udf.name.text}(${parameters(udf, pgTypes)})
RETURNS ${returned(udf, pgTypes)}
LANGUAGE plv8 IMMUTABLE STRICT
AS ${between(body(), [["$layerc$", "$layerc$"], ["$layerc_1$", "$layerc_1$"]])};
`, // biome-ignore format: a template
  }),
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
  extension: ".sql",
  mostArguments: 250,
  hasWasm: false,
  isKept: false,
  write: (udf) => {
    const all = udf.inputs.flat();
    const code = `(${all.map(({ id }) => id.text).join(", ")}) => {\n${bodyOf(udf, true)}\n}`;
    const passed = all.map(({ id: { text }, isList }) => (isList ? `CAST(to_json("${text}") AS VARCHAR)` : `"${text}"`));
    return {
      code: `${commentOf(udf.site.head, "the extension evaluates the code for every row: for tables take layerc score")}
INSTALL quickjs FROM community;
LOAD quickjs;
CREATE OR REPLACE MACRO ${udf.name.text}(${all.map(({ id }) => `"${id.text}"`).join(", ")}) AS
CAST(CAST(quickjs_eval('${code.replaceAll("'", "''")}', ${passed.join(", ")}) AS JSON) AS ${returned(udf, duckTypes)});
`,
    };
  },
};

const clickTypes: Types = {
  number: "Float32",
  text: "String",
  list: (of) => `Array(${of})`,
  record: (fields) => `Tuple(${fields.map(([, type]) => type).join(", ")})`,
  quote: "",
};
/** A function of ClickHouse's is a script that rows are piped through; what is written beside it is the filter. */
const clickhouse: Dialect = {
  name: "clickhouse",
  extension: ".xml",
  // RowBinary of a list has its length, so that another width is an error and no other numbers.
  mostArguments: 1,
  hasWasm: true,
  isKept: true,
  write: (udf) => {
    const { site, name } = udf;
    const argument = udf.inputs.map(
      ([one]) => `    <argument><type>${typeOf(one, clickTypes)}</type><name>${one.id.text}</name></argument>`,
    );
    const comment = site.head.text.replaceAll(/^\/\/ /gm, "").replaceAll("--", "- -");
    return {
      code: `<!-- ${comment} -->
<functions>
  <function>
    <type>executable_pool</type>
    <name>${name.text}</name>
    <return_type>${returned(udf, clickTypes)}</return_type>
${argument.join("\n")}
    <format>RowBinary</format>
    <command>${name.text}.cjs --rows rowbinary --chunk-header</command>
    <execute_direct>1</execute_direct>
    <send_chunk_header>1</send_chunk_header>
    <pool_size>4</pool_size>
    <deterministic>true</deterministic>
  </function>
</functions>
`,
      script: filterText(site, "rowbinary").code,
    };
  },
};

/** Every dialect, by name. */
export const dialects: Readonly<Record<Dialect["name"], Dialect>> = { bigquery, snowflake, clickhouse, postgres, duckdb };
