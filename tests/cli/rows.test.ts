// Rows as people have them, from the command line's point of view: which files and texts are read, and what is said of the others.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Port } from "../../compiler/artifact.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { readInputs } from "../../src/cli/inputs.ts";
import { readRows, readValues } from "../../src/cli/rows.ts";
import { errorOf } from "../support/error.ts";

const folder = mkdtempSync(join(tmpdir(), "rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** The rows of a file with this content. */
function fileOf(content: string | Uint8Array, extension: string): string {
  const file = join(folder, `${files++}.${extension}`);
  writeFileSync(file, content);
  return file;
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CompileError && error.code === "format/input") return error.message;
    throw error;
  }
  return "nothing was thrown";
}

const utf16 = (text: string): Uint8Array => Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, "utf16le")]);

describe("a CSV file", () => {
  it.each<[what: string, text: string | Uint8Array, rows: readonly number[]]>([
    ["commas", "1,2\n3,4\n", [1, 2, 3, 4]],
    ["semicolons", "1;2\n3;4\n", [1, 2, 3, 4]],
    ["tabs", "1\t2\n3\t4\n", [1, 2, 3, 4]],
    ["a header", "a,b\n1,2\n", [1, 2]],
    ["a header in quotes, with delimiters and a line end in it", '"a;\nb","c,\td"\n1,2\n', [1, 2]],
    ["a header of one name", ",a\n1,2\n", [1, 2]],
    ["a header with semicolons", "a;b\n1;2\n", [1, 2]],
    ["a header that names another delimiter once", "a;b,c\n1,2\n", [1, 2]],
    ["Excel's line that names the delimiter", "sep=;\na;b\n1;2\n", [1, 2]],
    ["delimiters at the ends of lines", "a,b,\n1,2,\n3,4,\n", [1, 2, 3, 4]],
    ["tabs at the ends of lines", "1\t2\t\n3\t4\t\n", [1, 2, 3, 4]],
    ["a byte order mark", Uint8Array.from([0xef, 0xbb, 0xbf, ...Buffer.from("1,2\n")]), [1, 2]],
    ["a byte order mark and a header", Uint8Array.from([0xef, 0xbb, 0xbf, ...Buffer.from("a,b\n1,2\n")]), [1, 2]],
    ["CRLF", "a,b\r\n1,2\r\n", [1, 2]],
    ["CR", "1,2\r3,4\r", [1, 2, 3, 4]],
    ["blank lines", "\n\n1,2\n\n   \n3,4\n\n", [1, 2, 3, 4]],
    ["numbers in quotes", '"1","2"\n"3","4"\n', [1, 2, 3, 4]],
    ["spaces", " 1 , 2 \n\t3, 4\n", [1, 2, 3, 4]],
    ["signs, points and exponents", "+1,-2.\n.5,1e-3\n", [1, -2, 0.5, Math.fround(0.001)]],
    ["no line end at the end", "1,2", [1, 2]],
  ])("with %s", (_, text, rows) => {
    expect([...readRows(fileOf(text, "csv"), { shape: [2] })]).toEqual(rows);
  });

  it.each<[what: string, text: string | Uint8Array, message: RegExp]>([
    ["a first row with one bad cell", "1,x\n3,4\n", /row 1, column 2 holds "x", which is no number/],
    ["a first row with another bad cell", "x;2\n3;4\n", /row 1, column 1 holds "x"/],
    ["a first row of nothing but bad numbers", "1px,2px\n3,4\n", /row 1, column 1 holds "1px"/],
    ["a first row with money in it", "$1,$2\n3,4\n", /row 1, column 1 holds "\$1"/],
    ["a first row of missing numbers", "NA,NA\n1,2\n", /row 1, column 1 holds "NA"/],
    ["a first row of empty cells", ",\n1,2\n", /row 1, column 1 is empty/],
    ["a bad cell behind blank lines", "a,b\n\n1,2\n\n3,y\n", /row 5, column 2 holds "y"/],
    ["a bad cell behind quoted line ends", '"a\n\nb",c\n1,2\n3,y\n', /row 5, column 2 holds "y"/],
    ["a bad cell behind CRLF", "a,b\r\n1,2\r\n\r\n3,y\r\n", /row 4, column 2 holds "y"/],
    ["a bad cell between mixed line ends", "a,b\n1,2\r\n3,y\r\n", /row 3, column 2 holds "y"/],
    ["two headers", "a,b\nc,d\n1,2\n", /row 2, column 1 holds "c"/],
    ["three columns", "1,2,3\n4,5,6\n", /row 1 has 3 columns, the model takes 2/],
    ["a line that is too long", "1,2\n3,4,5\n", /row 2 has 3 columns, the model takes 2/],
    ["a line that is too short", "1,2\n3\n", /row 2 has 1 column, the model takes 2/],
    ["a line that would fill another up", "1\n2,3,4\n", /row 1 has 1 column, the model takes 2/],
    ["a missing number", "1,2\n3,\n", /row 2, column 2 is empty/],
    ["a missing number in front of a delimiter at the end", "1,2,\n3,,\n", /row 2, column 2 is empty/],
    ["decimal commas", "1,5;2,5\n3,5;4,5\n", /row 1, column 1 holds "1,5", which has a decimal comma/],
    ["a decimal comma in quotes", '"1,5","2"\n', /row 1, column 1 holds "1,5", which has a decimal comma/],
    ["NaN", "1,2\n3,NaN\n", /row 2, column 2 holds "NaN", which is no finite number/],
    ["nothing but NaN first", "nan,nan\n1,2\n", /row 1, column 1 holds "nan"/],
    ["Infinity", "1,-inf\n", /row 1, column 2 holds "-inf"/],
    ["more than float32 holds", "a,b\n1,1e39\n", /row 2, place 2 holds 1e\+39, which is too large for float32/],
    ["a hexadecimal number", "0x10,1\n", /row 1, column 1 holds "0x10"/],
    ["spaces between numbers", "1 2\n3 4\n", /row 1, column 1 holds "1 2"/],
    ["a quote that nothing closes", '1,2\n3,"4\n', /Quote Not Closed/],
    ["a header alone", "a,b\n", /a header and no row/],
    ["nothing", "", /is empty/],
    ["nothing but blank lines", "\n \n\n", /is empty/],
    ["UTF-16", utf16("1,2\n"), /is UTF-16/],
    ["UTF-16 without a mark", utf16("1,2\n").subarray(2), /is UTF-16/],
    ["another encoding", Uint8Array.from([...Buffer.from("gr"), 0xf6, ...Buffer.from("n,b\n1,2\n")]), /is not UTF-8/],
  ])("is refused with %s", (_, text, message) => {
    expect(messageOf(() => readRows(fileOf(text, "csv"), { shape: [2] }))).toMatch(message);
  });

  it("is known by its content where its name does not say", () => {
    for (const extension of ["tsv", "txt", "data"])
      expect([...readRows(fileOf("a\tb\n1\t2\n", extension), { shape: [2] })]).toEqual([1, 2]);
    expect([...readRows(fileOf(" [1, 2]", "txt"), { shape: [2] })]).toEqual([1, 2]);
  });

  it("is flat for an input of more axes", () => {
    expect([...readRows(fileOf("1,2,3,4\n", "csv"), { shape: [2, 2] })]).toEqual([1, 2, 3, 4]);
    expect(messageOf(() => readRows(fileOf("1,2\n3,4\n", "csv"), { shape: [2, 2] }))).toMatch(
      /row 1 has 2 columns, the model takes 4/,
    );
  });
});

describe("JSON", () => {
  it.each<[text: string, shape: readonly number[], rows: readonly number[]]>([
    ["[1, 2, 3, 4]", [2], [1, 2, 3, 4]],
    ["[[1, 2], [3, 4]]", [2], [1, 2, 3, 4]],
    ["[1, 2]", [], [1, 2]],
    ["[[1], [2]]", [1], [1, 2]],
    ["[[1, 2, 3, 4]]", [2, 2], [1, 2, 3, 4]],
    ["[1, 2, 3, 4]", [2, 2], [1, 2, 3, 4]],
    ["[[[1, 2], [3, 4]]]", [2, 2], [1, 2, 3, 4]],
    ["[[[1, 2], [3, 4]], [5, 6, 7, 8]]", [2, 2], [1, 2, 3, 4, 5, 6, 7, 8]],
    ["[[[[1], [2]]]]", [1, 2, 1], [1, 2]],
  ])("%s fills %j", (text, shape, rows) => {
    expect([...readRows(text, { shape })]).toEqual(rows);
    expect([...readRows(fileOf(text, "json"), { shape })]).toEqual(rows);
    expect([...readRows(fileOf(`\ufeff${text}`, "json"), { shape })]).toEqual(rows);
  });

  it.each<[text: string, shape: readonly number[], message: RegExp]>([
    ["[1, 2, 3]", [2], /a row of shape \[2\] has 2 numbers, the input has 3/],
    ["[[1, 2, 3], [4, 5, 6]]", [2], /row 1 has 3 numbers, a row of shape \[2\] has 2/],
    ["[[1, 2], [3]]", [2], /row 2 has 1 number,/],
    ["[[1], [2, 3, 4]]", [2], /row 1 has 1 number,/],
    ["[[1, 2], 3, 4]", [2], /row 2 needs a list of numbers, found 3/],
    ["[1, [2, 3], 4]", [2], /starts with a number, but place 2 holds \[2,3\]/],
    ["[[[1, 2]]]", [2], /row 1 has 1 items, the shape \[2\] has 2 there/],
    ["[[[1], [2]]]", [2], /row 1, place \(1\) holds \[1\], which is no number/],
    ["[[1, 2], [3, 4]]", [2, 2], /row 1 has 2 numbers, a row of shape \[2, 2\] has 4/],
    ["[[[1, 2, 3, 4]]]", [2, 2], /row 1 has 1 items/],
    ["[[[1, 2], [3]]]", [2, 2], /row 1, place \(2\) has 1 items, the shape \[2, 2\] has 2 there/],
    ["[[[1, 2], 3]]", [2, 2], /row 1, place \(2\) holds 3, the shape \[2, 2\] has a list there/],
    ["[[[1, 2], [3, null]]]", [2, 2], /row 1, place \(2, 2\) holds null, which is no number/],
    ["[1, null]", [2], /row 1, place 2 holds null, which is no number/],
    ['[[1, 2], [3, "4"]]', [2], /row 2, place 2 holds "4", which is no number/],
    ["[[true, 2]]", [2], /row 1, place 1 holds true/],
    ["[1, 2, 3, {}]", [2], /row 2, place 2 holds \{\}/],
    ["[1, 1e999]", [2], /row 1, place 2 holds Infinity/],
    ["[1, -1e39]", [2], /row 1, place 2 holds -1e\+39, which is too large for float32/],
    ["[]", [2], /there is no row/],
    ["[[]]", [2], /row 1 has 0 numbers/],
    ["[[], []]", [2], /row 1 has 0 numbers/],
    ['{"x": [1, 2]}', [2], /the input needs a list of numbers, found \{"x":\[1,2\]\}/],
    ["[1,", [2], /is not JSON/],
  ])("%s does not fill %j", (text, shape, message) => {
    expect(messageOf(() => readRows(text, { shape }))).toMatch(message);
    expect(messageOf(() => readRows(fileOf(text, "json"), { shape }))).toMatch(
      message.source === "the input needs" ? /needs/ : message,
    );
  });

  it("in lines is a row each", () => {
    for (const extension of ["jsonl", "ndjson"])
      expect([...readRows(fileOf("[1, 2]\n\n[3, 4]\n", extension), { shape: [2] })]).toEqual([1, 2, 3, 4]);
    expect(messageOf(() => readRows(fileOf("[1, 2]\n\n[3]\n", "jsonl"), { shape: [2] }))).toMatch(/row 3 has 1 number,/);
    expect(messageOf(() => readRows(fileOf("[1, 2]\n7\n", "jsonl"), { shape: [2] }))).toMatch(
      /row 2 needs a list of numbers, found 7/,
    );
    expect(messageOf(() => readRows(fileOf("\n", "jsonl"), { shape: [2] }))).toMatch(/is empty/);
  });
});

describe("values by name", () => {
  it("are numbers, as nested as they like", () => {
    expect(readValues('{"x": [[1, 2], [3]], "__proto__": 4}')).toEqual(
      Object.fromEntries([
        ["x", [1, 2, 3]],
        ["__proto__", [4]],
      ]),
    );
  });

  it.each([
    ['{"x": [1, null]}', /x\[1\] holds null, which is no number/],
    ['{"x": [[1, "2"]]}', /x\[0\]\[1\] holds "2"/],
    ['{"x": [1e39]}', /x\[0\] holds 1e\+39, which is too large/],
    ["[1, 2]", /an object by name/],
  ])("%s is refused", (text, message) => {
    expect(messageOf(() => readValues(text))).toMatch(message);
  });
});

describe("ids", () => {
  const port = { shape: [2], range: { below: 5 } };
  it("are whole numbers in range, in every form of rows", () => {
    for (const text of ["[1, 4]", "[[1, 4]]"]) expect([...readRows(text, port)]).toEqual([1, 4]);
    for (const id of [5, -1, 2.5, 1e30]) {
      const message = new RegExp(`row 2, place 1 holds ${id === 1e30 ? "1e\\+30" : id}, wanted is a whole number from 0 to 4`);
      for (const rows of [`[0, 1, ${id}, 3]`, `[[0, 1], [${id}, 3]]`])
        expect(messageOf(() => readRows(rows, port))).toMatch(message);
      expect(messageOf(() => readRows(fileOf(`0,1\n${id},3\n`, "csv"), port))).toMatch(message);
    }
  });
});

describe("an array of NumPy", () => {
  const array = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, "../fixtures/npy", name));
  const port = (name: string, shape: readonly number[]): Port => ({ name, shape }) as Port;

  it("has a row for each place of its first axis, in the form of the input or flat", () => {
    const numbers = Array.from({ length: 24 }, (_, i) => i);
    expect([...readRows(fileOf(array("fortran.npy"), "npy"), { shape: [3, 4] })]).toEqual(numbers);
    expect([...readRows(fileOf(array("f4-little.npy"), "bin"), { shape: [3, 1] })]).toEqual([1, -2, 3.5, 0, 65504, -0.25]);
  });

  it("of an archive goes to the input of its name; a single one to a single input", () => {
    const file = fileOf(array("plain.npz"), "npz");
    const ports = [port("dense/bias", []), port("x", [3])];
    expect(messageOf(() => readInputs([file], ports))).toContain('no input "dense/kernel"');
    const packed = fileOf(array("packed.npz"), "npz");
    expect(readInputs([packed], [port("y", [3])]).values).toEqual([Float32Array.of(1, -2, 3.5, 0, 65504, -0.25)]);
    expect(readInputs([packed, `y=${fileOf(array("version3.npy"), "npy")}`], [port("x", [3]), port("y", [3])]).rows).toBe(2);
  });

  it.each<[what: string, file: string, shape: readonly number[], message: string]>([
    ["rows of another shape", "fortran.npy", [4, 3], "rows of shape [3, 4], the model takes [4, 3]"],
    ["no row", "empty.npy", [3], "there is no row"],
    ["several arrays", "plain.npz", [3], "holds 3 arrays"],
  ])("refuses %s", (_, file, shape, message) => {
    expect(messageOf(() => readRows(fileOf(array(file), "npy"), { shape }))).toContain(message);
  });

  it("refuses objects with the name of the file", () => {
    const file = fileOf(array("objects.npy"), "npy");
    const error = errorOf(() => readRows(file, { shape: [1] }));
    expect([error.code, error.path]).toEqual(["format/unsupported", file]);
  });
});
