// How large a module may be. In: an artifact and a number of bytes. Out: its size as it travels, or an error that names what takes most. Sizes are those
// of gzip; parts are packed each on its own, so that they come to a little more than the whole.

import { gzipSync } from "node:zlib";
import type { Artifact } from "../compiler/artifact.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { starter } from "../compiler/emit/module/forms/finish.ts";
import { forms } from "../compiler/emit/module/forms/list.ts";
import { children, parse, type Tree } from "../compiler/emit/tree.ts";
import { sectionsOf } from "../compiler/emit/wasm/file.ts";
import { isRounded } from "../compiler/options.ts";

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** `20kb` as 20000; kB and MB are thousands, KiB and MiB powers of two. Throws CompileError options/budget. */
export function bytesOf(text: string | number): number {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(text).trim());
  const unit = units[found?.[2].toLowerCase() ?? "none"];
  if (found !== null && unit !== undefined && Number(found[1]) > 0) return Number(found[1]) * unit;
  throw new CompileError({
    code: "options/budget",
    path: "budget",
    message: `${JSON.stringify(text)} is no size`,
    hint: "a number with a unit: 20kb, 1.5MB, 64KiB",
  });
}

/** A part of a module, by what it is for. */
export interface Share {
  readonly what: string;
  /** Packed alone. */
  readonly bytes: number;
}

/** Bytes of a module and of all beside it, packed. */
export const packedSize = (artifact: Artifact): number =>
  [artifact.binary ?? artifact.code, ...beside(artifact).map(([, bytes]) => bytes)].reduce((sum, part) => sum + packed(part), 0);

/** Throws CompileError options/budget where the module is larger packed than `budget` bytes, with the three parts that take most. */
export function checkBudget(artifact: Artifact, budget: number): number {
  const size = packedSize(artifact);
  if (size <= budget) return size;
  const largest = sharesOf(artifact).slice(0, 3);
  const { options } = artifact.manifest;
  const canRound = !options.train && !isRounded(options);
  const hints = [
    ...(largest[0].what === "weights" && canRound ? ["`weightsType: int8` rounds weights to a fourth of their bytes"] : []),
    ...(largest[0].what === "weights" ? ["fewer units or filters make fewer weights"] : []),
    ...(largest.some(({ what }) => what === "WebAssembly") && artifact.binary === undefined
      ? ["`target: js` leaves WebAssembly out"]
      : []),
    ...(largest.some(({ what }) => what.endsWith("selfTest")) ? ["`selfTest: false` leaves it out"] : []),
  ];
  throw new CompileError({
    code: "options/budget",
    path: "budget",
    message: `the module takes ${show(size)} packed, and the budget is ${show(budget)}`,
    notes: largest.map(({ what, bytes }) => `${what}: ${show(bytes)}`),
    hint: hints.length > 0 ? hints.join("; ") : "give a larger budget",
  });
}

const show = (bytes: number): string => (bytes < 1e4 ? `${bytes} bytes` : `${(bytes / 1e3).toFixed(1)} kB`);
const packed = (part: string | Uint8Array): number => gzipSync(part, { level: 9 }).length;
const beside = ({ weights, wasm, wasmRelaxed }: Artifact): readonly (readonly [what: string, bytes: Uint8Array])[] =>
  [
    ["weights", weights],
    ["WebAssembly", wasm],
    ["WebAssembly", wasmRelaxed],
  ].flatMap(([what, bytes]) => (bytes === undefined ? [] : [[what, bytes] as [string, Uint8Array]]));

/** What a module is made of, the largest part first. */
export function sharesOf(artifact: Artifact): readonly Share[] {
  const texts = new Map<string, string>();
  const add = (what: string, text: string): void => {
    texts.set(what, (texts.get(what) ?? "") + text);
  };
  const form = forms[artifact.manifest.options.format];
  const code = artifact.code.replace(starter, "");
  if (!form.isText) return sectionShares(artifact.binary ?? new Uint8Array());
  // A function in another language is one text around the module.
  if (form.language !== "JavaScript") return [{ what: `the function in ${form.language}`, bytes: packed(code) }];
  const program = parse(code, form.kind, 2020);
  let at = 0;
  for (const statement of statementsIn(program)) {
    // With the comment above it, which says whose kernel it is.
    const text = code.slice(at, statement.end);
    at = statement.end;
    const long = longTexts(statement).map(({ start, end }) => code.slice(start, end));
    if (long.length > 0)
      add(
        /WebAssembly/.test(text)
          ? "WebAssembly"
          : statement.type === "FunctionDeclaration"
            ? purposeOf(statement, text)
            : "weights",
        long.join(""),
      );
    add(
      purposeOf(statement, text),
      long.reduce((rest, part) => rest.replace(part, ""), text),
    );
  }
  add("functions and checks", code.slice(at));
  const all = [...texts].map(([what, text]) => [what, packed(text)] as const);
  const sums = new Map<string, number>();
  for (const [what, bytes] of [...all, ...beside(artifact).map(([what, bytes]) => [what, packed(bytes)] as const)])
    sums.set(what, (sums.get(what) ?? 0) + bytes);
  return [...sums].map(([what, bytes]) => ({ what, bytes })).sort((a, b) => b.bytes - a.bytes);
}

/** What the sections of a `.wasm` file hold. */
function sectionShares(bytes: Uint8Array): readonly Share[] {
  const kinds: Readonly<Record<number, string>> = { 0: "manifest and selfTest", 10: "WebAssembly", 11: "weights" };
  const sections = (sectionsOf(bytes) ?? []).map(({ id, content }) => [kinds[id] ?? "types and names", content] as const);
  const whats = [...new Set(sections.map(([what]) => what))];
  const all = whats.map((what) => ({
    what,
    bytes: packed(Buffer.concat(sections.flatMap(([of, content]) => (of === what ? [content] : [])))),
  }));
  return all.sort((a, b) => b.bytes - a.bytes);
}

/** Statements of the module, in the order of the text: what stands in `create`, or in the function of a script, one by one. */
function statementsIn(tree: Tree): readonly Tree[] {
  const body = bodyOf(tree);
  if (body === undefined) return [];
  return body.flatMap((statement) => {
    const within = opened(statement);
    return within === undefined ? [statement] : statementsIn(within);
  });
}

function bodyOf(tree: Tree): readonly Tree[] | undefined {
  if (tree.type === "Program" || tree.type === "BlockStatement") return tree.body;
  return undefined;
}

function opened(statement: Tree): Tree | undefined {
  if (statement.type === "FunctionDeclaration") return statement.id?.name === "create" ? statement.body : undefined;
  if (statement.type !== "VariableDeclaration") return undefined;
  const [{ init }] = statement.declarations;
  if (init?.type !== "CallExpression") return undefined;
  const { callee } = init;
  const isFunction = callee.type === "ArrowFunctionExpression" || callee.type === "FunctionExpression";
  return isFunction && callee.body.type === "BlockStatement" ? callee.body : undefined;
}

/** Literals that carry bytes. */
function longTexts(tree: Tree): readonly Tree[] {
  if (tree.type === "Literal" && typeof tree.value === "string" && tree.value.length > 256) return [tree];
  return children(tree).flatMap(longTexts);
}

function purposeOf(statement: Tree, text: string): string {
  const name = statement.type === "FunctionDeclaration" ? statement.id?.name : undefined;
  if (name === "selfTest") return "selfTest";
  const layer = /^\s*\/\/ .*?layers\[\d+\] (\w+ "(?:[^"\\]|\\.)*")/m.exec(
    text.slice(0, text.indexOf("\n", text.lastIndexOf("//"))),
  );
  if (name !== undefined && layer !== null) return `kernels of ${layer[1]}`;
  if (/^\s*memory\.set\(/.test(text)) return "weights";
  return /WebAssembly/.test(text) ? "WebAssembly" : "functions and checks";
}
