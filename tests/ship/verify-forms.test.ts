// `layerc verify` on every form of `--format` and every dialect: what was written passes, alone and beside its model, and a changed byte is found wherever it
// is. Statements around a body are read by the table that wrote them. (That a hostile file is walked once is counted in property/growth.)
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { dialects } from "../../compiler/emit/module/forms/dialects/list.ts";
import { forms } from "../../compiler/emit/module/forms/list.ts";
import { digests, sealed } from "../../compiler/emit/module/seal.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { dense, sequential } from "../../src/sequential.ts";
import { verify, verifyAgainst } from "../../src/verify.ts";
import { layerc } from "../cli/bin.ts";
import { codeOf } from "../support/error.ts";
import { plain, ported } from "./filters.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "verify-forms-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const net = (seed: number): Model =>
  sequential([dense({ units: 4, activation: "tanh", inputShape: [3] }), dense({ units: 2 })], {
    name: 'a -- "net"',
    seed,
    about: { features: ["select", "it's", "c"] },
  });

/** A row of each form; of SQL one of each dialect. */
const needs: Readonly<Record<keyof typeof forms, readonly OptionsInput[]>> = {
  esm: [{}],
  iife: [{}],
  cjs: [{}],
  filter: [{}, { rows: "ndjson" }],
  sql: Object.values(dialects).map(({ name }) => ({ dialect: name })),
  wasm: [{}],
};
const rows = Object.entries(needs).flatMap(([format, all]) => all.map((more) => ({ format, ...more }) as OptionsInput));

/** The file that the command line writes, by its path. */
async function shipped(options: OptionsInput): Promise<string> {
  const flags = Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
  writeFileSync(join(folder, "net.json"), JSON.stringify(net(1)));
  const name = `net${forms[options.format ?? "esm"].extension(compile(net(1), options).manifest.options)}`;
  const { status, stderr } = await layerc(folder, ["compile", "net.json", ...flags, "--force", "-o", name]);
  expect(status, stderr).toBe(0);
  return join(folder, name);
}

describe.each(rows)("%j", (options) => {
  it("passes as it was written, alone and beside its model, and not beside another", async () => {
    const file = await shipped(options);
    expect(verify(file)).toMatchObject({ options });
    verifyAgainst(file, net(1));
    expect(codeOf(() => verifyAgainst(file, net(2)))).toBe("verify/model");
  });

  it("a changed byte is found, all of the header and others across the file", async () => {
    const file = await shipped(options);
    const bytes = readFileSync(file);
    const places = [...Array.from({ length: 170 }, (_, i) => i), ...Array.from({ length: 90 }, (_, i) => Math.floor((i / 90) * bytes.length)), bytes.length - 1]; // biome-ignore format: one line
    for (const at of places) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1 + (at % 31);
      writeFileSync(file, changed);
      expect(
        codeOf(() => verify(file)),
        `byte ${at}`,
      ).toMatch(/^verify\/(?:changed|header)$/);
    }
    for (const changed of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from("\n")])]) {
      writeFileSync(file, changed);
      expect(codeOf(() => verify(file))).toMatch(/^verify\/(?:changed|header)$/);
    }
  });
});

describe("what a function of ClickHouse's calls", () => {
  it("is a file that the description names, and is held against it, and against the model", async () => {
    const file = await shipped({ format: "sql", dialect: "clickhouse" });
    const script = join(folder, "model.cjs");
    expect(verify(file).beside).toEqual([script]);
    expect(verify(script)).toMatchObject({ options: { dialect: "clickhouse" } });
    verifyAgainst(script, net(1));
    const text = readFileSync(script, "utf8");
    writeFileSync(script, text.replace("function ", "function  "));
    expect(codeOf(() => verify(file))).toBe("verify/changed");
  });
});

/** A text under a digest of its own. */
function forge(dialect: keyof typeof dialects, change: (text: string) => string, model = net(1)): string {
  const { code } = compile(model, { format: "sql", dialect });
  const changed = sealed(change(code));
  const both = digests(changed);
  expect(both?.said).toBe(both?.found);
  expect(changed).not.toBe(code);
  const file = join(folder, "forged.sql");
  writeFileSync(file, changed);
  return file;
}

describe("a text with a digest of its own", () => {
  const all = Object.values(dialects).map(({ name }) => name);
  it.each(all)("%s: a statement more, before or behind, is found", (dialect) => {
    for (const change of [
      (text: string) => `${text}DROP TABLE a;\n`,
      (text: string) => text.replace(/^(CREATE|INSTALL|<functions>)/m, "DROP TABLE a;\n$1"),
      (text: string) => text.replace(/(RETURNS |returned_?type>|AS JSON\) AS )/, "$1a; DROP TABLE a; --"),
    ])
      if (change(compile(net(1), { format: "sql", dialect }).code) !== compile(net(1), { format: "sql", dialect }).code)
        expect(() => verify(forge(dialect, change))).toThrow("has a statement more or less");
  });
  it.each(all.filter((name) => name !== "clickhouse"))("%s: a body that takes something from outside is found", (dialect) => {
    const file = forge(dialect, (text) => text.replace("function predict(", "fetch(1);\nfunction predict("));
    expect(() => verify(file)).toThrow("uses fetch");
  });
  it.each(all)("%s: another body is found beside the model", (dialect) => {
    const file = forge(dialect, (text) => (dialect === "clickhouse" ? text.replace("pool_size>4", "pool_size>5") : text.replace(/0\.\d{5}/, "0.12345"))); // biome-ignore format: one line
    expect(codeOf(() => verifyAgainst(file, net(1)))).toBe("verify/changed");
  });
  it.each([plain, ported])("is read back, whatever the arguments are, %#", (model) => {
    for (const dialect of all) {
      const { code } = compile(model, { format: "sql", dialect });
      writeFileSync(join(folder, "own.sql"), code);
      verify(join(folder, "own.sql"));
      verifyAgainst(join(folder, "own.sql"), model);
    }
  });
  it.each([
    ["a name that is no JSON", (text: string) => text.replace(/Model "[^\n]*",/, 'Model "\\q",')],
    [
      "a file that is none beside it",
      (text: string) => text.replace("\n-- bits", `\n-- with "../x", sha256 ${"0".repeat(64)}\n-- bits`),
    ],
  ])("%s is no header", (_, change) => {
    expect(codeOf(() => verify(forge("snowflake", change)))).toBe("verify/header");
  });
});
