// Whether a file is a module as the compiler wrote it. In: its text, what lies beside it, and perhaps the model. Out: what its header says, and what was
// shown. Guarantee: a changed byte of the module, or of a file that it names, is an error; with the model, so is every text that the
// compiler would not write; nothing of a file is run before it is known to take nothing from outside.
import { basename, dirname, join } from "node:path";
import type { Artifact } from "../compiler/artifact.ts";
import { version } from "../compiler/base/version.ts";
import { compile } from "../compiler/compile.ts";
import { faultIn } from "../compiler/emit/judge.ts";
import { starter } from "../compiler/emit/module/forms/finish.ts";
import type { TextForm } from "../compiler/emit/module/forms/form.ts";
import { forms } from "../compiler/emit/module/forms/list.ts";
import { headOf } from "../compiler/emit/module/head.ts";
import { digests } from "../compiler/emit/module/seal.ts";
import { isWasm } from "../compiler/emit/wasm/file.ts";
import type { Model } from "../compiler/model.ts";
import { hasLanes, type Options, optionsSchema } from "../compiler/options.ts";
import { load } from "../runtime/load.ts";
import { readBytes, reasonOf } from "./files.ts";
import { namesIn, sha256Of, withNames } from "./outputs.ts";
import { fail, standardSeconds, type Verified, within } from "./verified.ts";
import { openedWasm, verifyWasm } from "./verify-wasm.ts";

/** A module's header, and the files it names. */
interface Opened extends Verified {
  readonly code: string;
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

/** Reads a module and holds it, and what it names, against its digests; its selfTest has `seconds`. Throws CompileError verify/*. */
export function verify(path: string, seconds = standardSeconds): Verified {
  const bytes = readBytes(path);
  if (isWasm(bytes)) return verifyWasm(path, bytes, seconds);
  const { code, files, ...found } = opened(path, bytes);
  const { options } = found;
  const form = forms[options.format];
  if (!form.isText) return fail("verify/header", path, "the header is that of a .wasm file");
  judged(path, code, form, options);
  for (const { path, bytes } of files) if (path.endsWith(".cjs")) judged(path, opened(path, bytes).code, form, options);
  const selfTest = within(seconds, path, () => tested(path, code, files, options));
  return { ...found, ...(selfTest === undefined ? {} : { selfTest }) };
}

/** Whether a text takes nothing from outside, and nothing else stands around its code. */
function judged(path: string, code: string, { kind, takes, javascriptIn }: TextForm, options: Options): void {
  const own = code.replace(starter, "");
  const text = javascriptIn === undefined ? own : javascriptIn(own, options);
  const also = [...takes, ...(hasLanes(options.target) ? ["WebAssembly"] : [])];
  const fault = text === undefined ? "has a statement more or less" : faultIn(text, kind, also, options.syntax);
  if (fault !== undefined) fail("verify/changed", path, `the module ${fault}, which no module of layerc does`);
}

/** Compiles the model with the options of the module, and compares all bytes. Throws CompileError verify/model or verify/changed. */
export function verifyAgainst(path: string, model: Model): void {
  const bytes = readBytes(path);
  if (isWasm(bytes)) {
    const { binary = new Uint8Array() } = madeAgain(path, openedWasm(path, bytes), model);
    const at = binary.findIndex((byte, i) => byte !== bytes[i]);
    if (at >= 0 || binary.length !== bytes.length)
      fail("verify/changed", path, `byte ${at < 0 ? binary.length : at} is not what the compiler makes of the model`);
    return;
  }
  const { code, files, ...found } = opened(path, bytes);
  const artifact = madeAgain(path, found, model);
  const parts = beside(artifact);
  for (const [i, { path: file, bytes }] of files.entries()) {
    const wanted = parts.find(([ending]) => file.endsWith(ending))?.[1];
    if (wanted === undefined || !Buffer.from(wanted).equals(Buffer.from(bytes)))
      fail(
        "verify/changed",
        file,
        `${JSON.stringify(basename(file))} is not what the compiler makes of the model (file ${i + 1} that the module names)`,
      );
  }
  // What SQL calls is a file with a header of its own.
  const { script = artifact.code } = artifact;
  const isScript = headOf(code)?.comment === headOf(script)?.comment;
  const made = withNames(
    isScript ? script : artifact.code,
    files.map(({ path: file, bytes }) => [file, bytes] as const),
  );
  if (made === code) return;
  const [a, b] = [code.split("\n"), made.split("\n")];
  const line = b.findIndex((text, i) => text !== a[i]);
  fail("verify/changed", path, `line ${line + 1} is not what the compiler makes of the model`);
}

/** What the compiler makes of the model today, where that may be held against a file. */
function madeAgain(path: string, { hash, options, version: wrote }: Verified, model: Model): Artifact {
  if (wrote !== version)
    fail("verify/model", path, `the module was written by layerc ${wrote}, and this is ${version}`, `npx layerc@${wrote} verify`);
  const artifact = compile(model, options);
  if (artifact.manifest.hash !== hash)
    fail("verify/model", path, `the module has hash ${hash}, and the model with its options ${artifact.manifest.hash}`);
  return artifact;
}

// The longer ending first: the other is the end of it.
const beside = ({ weights, wasm, wasmRelaxed, script }: Artifact): readonly (readonly [ending: string, content: Uint8Array | string])[] =>
  ([[".relaxed.wasm", wasmRelaxed], [".wasm", wasm], [".bin", weights], [".cjs", script]] as const).flatMap(([ending, bytes]) => (bytes === undefined ? [] : [[ending, bytes] as const])); // biome-ignore format: a table

function opened(path: string, bytes: Uint8Array): Opened {
  const code = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  // What is no UTF-8 would be one text with other bytes.
  if (!Buffer.from(code).equals(Buffer.from(bytes))) fail("verify/changed", path, "the module is not UTF-8");
  const both = digests(code);
  const [first = "", second = ""] = headOf(code)?.lines ?? [];
  const who = /^Model ("[^\n]*"), compiled by layerc (\S+)$/.exec(first);
  const what = /^hash (\w+)\.\w+, options: ([^\n]*)$/.exec(second);
  if (both === undefined || who === null || what === null) return noHeader(path, code);
  if (both.said !== both.found)
    fail("verify/changed", path, `the header says digest ${both.said}, and the text has ${both.found}`, endings(code));
  const [, name, wrote] = who;
  const [, hash] = what;
  const knobs = unescaped(what[2]);
  const files = namesIn(code).map(([json, sha256]) => {
    const file = textIn(json) ?? "";
    // Files lie beside it: anything else might be read without end.
    if (file === "" || basename(file) !== file)
      fail("verify/header", path, `the header names ${json}, which is no file beside it`);
    const where = join(dirname(path), file);
    const bytes = readBytes(where);
    if (sha256Of(bytes) !== sha256)
      fail("verify/changed", where, `the module names ${JSON.stringify(file)} with another SHA-256`);
    return { path: where, bytes };
  });
  const options = optionsIn(knobs);
  if (options === undefined)
    fail("verify/model", path, `this layerc (${version}) does not know the options of the header: ${knobs}`);
  return {
    model: textIn(unescaped(name)) ?? fail("verify/header", path, "the header names no model"),
    version: wrote,
    hash,
    options,
    beside: files.map((file) => file.path),
    code,
    files,
  };
}

/** A string of JSON; a header under a digest of its own may hold anything. */
function textIn(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** A comment without what keeps it one: words that no module contains, and ends of comments (emit/code.ts). */
const unescaped = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))).replaceAll("$\\{", "${");

function noHeader(path: string, code: string): never {
  const older = /^(?:\/\/|--|<!--) Model .*, compiled by layerc /.test(code.slice(0, 4096).replace(/\r/g, ""));
  const crlf = endings(code);
  if (older && crlf !== undefined) return fail("verify/changed", path, "its lines end in CRLF", crlf);
  const message = older
    ? "the header has no digest of the text"
    : "the file does not begin with the header of a module that layerc wrote";
  return fail(
    "verify/header",
    path,
    message,
    older ? "compile the model again" : "verify the module that a bundler or minifier was given",
  );
}

const endings = (code: string): string | undefined =>
  code.includes("\r\n")
    ? "lines end in CRLF here: git may have changed them; *.js -text in .gitattributes leaves them"
    : undefined;

/** `train true, batch 64`, as the header has it. */
function optionsIn(text: string): Options | undefined {
  const pairs = text === "defaults" ? [] : text.split(", ").map((pair) => pair.split(" "));
  const read = (value: string): unknown => (/^(?:true|false|\d+)$/.test(value) ? JSON.parse(value) : value);
  const parsed = optionsSchema.safeParse(Object.fromEntries(pairs.map(([key, value = ""]) => [key, read(value)])));
  return parsed.success ? parsed.data : undefined;
}

function tested(path: string, code: string, files: Opened["files"], options: Options): number | undefined {
  const of = (ending: string): Uint8Array | undefined => files.find((file) => file.path.endsWith(ending))?.bytes;
  const weights = options.weights === "external" ? of(".bin") : undefined;
  // A program for standard input is not run here: it has --self-test of its own.
  if (!forms[options.format].isImported) return undefined;
  if (!options.selfTest || (options.weights === "external" && weights === undefined)) return undefined;
  const wasm = files.find((file) => file.path.endsWith(".wasm") && !file.path.endsWith(".relaxed.wasm"))?.bytes;
  const relaxed = of(".relaxed.wasm");
  const given = { code, ...(weights && { weights }), ...(wasm && { wasm }), ...(relaxed && { wasmRelaxed: relaxed }) };
  try {
    const made = load<{ selfTest?(): number; create?(): { selfTest(): number } }>(given);
    return made.selfTest === undefined ? made.create?.().selfTest() : made.selfTest();
  } catch (error) {
    return fail("verify/self-test", path, reasonOf(error));
  }
}
