// The loop of a filter: rows from standard input, answers to standard output. In: `model`, the ports, the formats. Out: statements. Guarantee:
// what is written is the answers of whole rows, in order, up to the first row at fault, wherever the input is cut into pieces; a reader that
// does not read is waited for, and nothing is read meanwhile.
import { type Code, js, lines, literal, record } from "../../code.ts";
import { rowFormats } from "./rows/list.ts";

/** What the loop knows of a model. */
export interface LoopFacts {
  /** For messages. */
  readonly title: string;
  /** `[{ name, size, isText, features }, …]` of inputs and of outputs. */
  readonly inputs: Code;
  readonly outputs: Code;
  /** The format where none is asked for. */
  readonly rows: string;
  /** Most rows that are computed at once. */
  readonly most: number;
  readonly selfTest: boolean;
}

const help = rowFormats.map(({ name, says }) => `  ${name.padEnd(10)} ${says}`).join("\n");

/** What all formats lean on. */
const shared = js`let bytes = Buffer.alloc(1048576), from = 0, to = 0, isLast = false, fault = "";
const width = inputs.reduce((sum, input) => sum + input.size, 0);
const hasTexts = inputs.some((input) => input.isText), wasList = [], passed = [];
const x = inputs.map((input) => input.isText ? [] : new Float32Array(most * input.size));
const views = x.map((values) => Array.isArray(values) ? undefined : Buffer.from(values.buffer));
const isLittle = new Uint8Array(new Float32Array([1]).buffer)[3] === 63;
// Machines with the high byte first turn what they read and write.
function turn(rows) {
  if (!isLittle) for (let port = 0; port < inputs.length; port++) if (views[port]) views[port].subarray(0, 4 * rows * inputs[port].size).swap32();
}
function asBytes(values) {
  const made = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return isLittle ? made : Buffer.from(made).swap32();
}
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function textIn(start, end) {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch (error) {
    fault = "it is not UTF-8";
    return "";
  }
}
// Up to limit lines, each taken by a function that says what is wrong with it.
function eachLine(limit, isText, take) {
  let rows = 0;
  while (rows < limit && from < to) {
    let end = bytes.indexOf(10, from);
    if (end < 0 || end >= to) {
      if (!isLast) break;
      end = to;
    }
    const stop = end > from && bytes[end - 1] === 13 ? end - 1 : end;
    const line = isText ? textIn(from, stop) : bytes.toString("latin1", from, stop);
    if (fault === "") fault = take(line, rows);
    if (fault !== "") break;
    from = Math.min(end + 1, to);
    rows++;
  }
  return rows;
}
const special = { nan: NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity, infinity: Infinity, "+infinity": Infinity, "-infinity": -Infinity };
function numberOf(cell) {
  if (/^\\s*[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?\\s*$/.test(cell)) return Number(cell);
  const named = special[cell.trim().toLowerCase()];
  return typeof named === "number" ? named : undefined;
}
// Nine digits are all that a float32 number has.
function shown(value) {
  return value === 0 && 1 / value < 0 ? "-0" : String(Number(value.toPrecision(9)));
}`;

/** Files and their faults. */
const system = js`function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}
function write(part) {
  for (let at = 0; at < part.length;) {
    try {
      at += fs.writeSync(1, part, at);
    } catch (error) {
      // Whoever reads has gone: no fault of ours.
      if (error.code === "EPIPE") process.exit(0);
      if (error.code === "EAGAIN") pause();
      else fail("standard output: " + error.message, 1);
    }
  }
}
function read() {
  for (;;) {
    try {
      return fs.readSync(0, bytes, to, bytes.length - to, null);
    } catch (error) {
      if (error.code === "EOF") return 0;
      if (error.code === "EAGAIN") pause();
      else fail("standard input: " + error.message, 1);
    }
  }
}
function fail(message, status) {
  fs.writeSync(2, title + ": " + message + "\\n");
  process.exit(status);
}`;

const run = js`function answersOf(first, rows) {
  const parts = x.map((values, port) => {
    const size = inputs[port].size;
    return Array.isArray(values) ? values.slice(first * size, (first + rows) * size) : values.subarray(first * size, (first + rows) * size);
  });
  let given = parts[0];
  if (inputs.length > 1) {
    given = {};
    for (let port = 0; port < parts.length; port++) Object.defineProperty(given, inputs[port].name, { value: parts[port], enumerable: true });
  }
  const y = model.predict(given);
  return outputs.length === 1 ? [y] : outputs.map((output) => y[output.name]);
}
// Writes the answers of rows, and gives how many: those before the first that the model refuses.
function answer(rows) {
  let good = rows, y;
  try {
    y = answersOf(0, rows);
  } catch (error) {
    for (good = 0; good < rows; good++) {
      try {
        answersOf(good, 1);
      } catch (own) {
        fault = own.message;
        break;
      }
    }
    if (good === rows) throw error;
    if (good > 0) y = answersOf(0, good);
  }
  if (good > 0) write(format.write(y, good));
  return good;
}
let done = 0, left = 0;
// The number of rows that a chunk begins with, on a line of its own.
function chunkBegins() {
  let end = bytes.indexOf(10, from);
  if (from === to || ((end < 0 || end >= to) && !isLast)) return false;
  if (end < 0 || end > to) end = to;
  const line = bytes.toString("latin1", from, end).trim();
  if (!/^\\d+$/.test(line)) fail("behind row " + done + ": " + JSON.stringify(line.slice(0, 40)) + " is no number of rows, with which a chunk begins", 1);
  left = Number(line);
  from = Math.min(end + 1, to);
  return true;
}
for (;;) {
  for (;;) {
    if (isChunked && left === 0) {
      if (!chunkBegins()) break;
      if (left === 0) continue;
    }
    const limit = isChunked ? Math.min(most, left) : most;
    const found = format.read(limit), rows = found > 0 ? answer(found) : 0;
    done += rows;
    left -= rows;
    if (fault !== "") fail("row " + (done + 1) + ": " + fault, 1);
    if (rows < limit) break;
  }
  if (isLast) break;
  bytes.copyWithin(0, from, to);
  to -= from;
  from = 0;
  if (to === bytes.length) {
    if (to >= 1073741824) fail("row " + (done + 1) + ": it is longer than 1 GiB", 1);
    bytes = Buffer.concat([bytes], 2 * to);
  }
  const got = read();
  isLast = got === 0;
  to += got;
}
if (isChunked && left > 0) fail("row " + (done + 1) + ": the input ends, and its chunk has " + left + " more rows", 1);
if (count !== undefined && done !== count) fail(done + " rows came, " + count + " are wanted", 1);`;

/** The statements, in a function of their own. */
export function loop({ title, inputs, outputs, rows, most, selfTest }: LoopFacts): Code {
  const formats = record(
    rowFormats.map((format) => [
      format.name,
      record([
        ["hasTexts", js`${format.hasTexts}`],
        ["passes", js`${format.passes}`],
        ["read", format.read],
        ["write", format.write],
      ]),
    ]),
  );
  const usage = `usage: node <this file> [--rows ${rowFormats.map(({ name }) => name).join(" | ")}] [--chunk-header] [--count <rows>] [--pass <cells>]${selfTest ? " [--self-test]" : ""}\n\nRows on standard input, answers on standard output. Rows (${rows}):\n${help}\n\n  --chunk-header   rows come in chunks, each behind a line with their number\n  --count <rows>   another number of rows is an error\n  --pass <cells>   of tsv: so many cells, such as a key, stand before the model's and before the answers${selfTest ? "\n  --self-test      compares golden rows and reads nothing" : ""}\n`;
  const test = js`else if (word === "--self-test") {
    try {
      model.selfTest();
    } catch (error) {
      fail(error.message, 1);
    }
    process.exit(0);
  }`;
  return js`(() => {
  const fs = require("fs"), title = ${title}, usage = ${usage};
  const inputs = ${inputs}, outputs = ${outputs}, most = ${literal(most)};
  ${shared}
  ${system}
  const formats = ${formats};
  let chosen = ${rows}, isChunked = false, count, passing = 0;
  const words = process.argv.slice(2);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === "--rows") chosen = words[++i];
    else if (word === "--chunk-header") isChunked = true;
    else if (word === "--count" && /^\\d+$/.test(words[i + 1])) count = Number(words[++i]);
    else if (word === "--pass" && /^\\d+$/.test(words[i + 1])) passing = Number(words[++i]);
    else if (word === "--help") {
      write(Buffer.from(usage));
      process.exit(0);
    }
    ${lines(selfTest ? test : undefined, js`else fail(JSON.stringify(word) + " is no option\\n" + usage, 2);`)}
  }
  const format = Object.prototype.hasOwnProperty.call(formats, chosen) ? formats[chosen] : fail("--rows " + chosen + " is no format of rows\\n" + usage, 2);
  if (!format.hasTexts && (hasTexts || outputs.some((output) => output.isText))) fail("--rows " + chosen + " holds numbers alone, and the model has texts: give --rows tsv", 2);
  if (passing > 0 && !format.passes) fail("--pass is for " + Object.keys(formats).filter((name) => formats[name].passes).join(", "), 2);
  ${run}
})();`;
}

/** What it takes from outside. */
export const loopTakes: readonly string[] = [
  "require", "process", "Buffer", "TextDecoder", "Atomics", "SharedArrayBuffer", "Number", "String", "JSON", "Array", "Object",
]; // biome-ignore format: one list
