// Text back into trees of nests: the inverse of compiler/program/nest/print.ts. In: text. Out: a Program whose kernels are
// nests, not yet verified. Errors: `ir/parse` with line and column.
import type { Extent, Program, Value } from "../program.ts";
import type { Cursor } from "../text/cursor.ts";
import { parseHead, pick } from "../text/heads.ts";
import { parseExtent, parseProgramWith, type Scope, ValueParser } from "../text/parse.ts";
import { foldings } from "../text/words.ts";
import type { Fold, Nest, NestKernel, Store, Tree } from "./nest.ts";

/** Throws CompileError `ir/parse` when the text is not what `printNests` writes. */
export const parseNests = (text: string): Program<NestKernel> =>
  parseProgramWith(text, "nests", (head, cursor, scope): NestKernel => ({ ...head, parts: parseParts(cursor, 1, scope) }));

function parseParts(cursor: Cursor, depth: number, scope: Scope): Tree[] {
  const parts: Tree[] = [];
  while (cursor.line?.depth === depth) {
    if (cursor.starts(depth, "for")) {
      cursor.next();
      const loop = cursor.name("the loop's name");
      cursor.expect("<");
      const to = parseExtent(cursor);
      cursor.endLine();
      parts.push({ loop, to, parts: parseParts(cursor, depth + 1, withDims(scope, [[loop, to]])) });
    } else if (cursor.starts(depth, "nest")) parts.push(parseNest(cursor, depth + 1, scope));
    else cursor.fail(`needed for or nest, found ${cursor.found()}`);
  }
  return parts;
}

function parseNest(cursor: Cursor, depth: number, outer: Scope): Nest {
  const head = parseHead(cursor);
  const map = parseDims(cursor, depth, "map");
  // Shared terms may speak of the reduce dims, which stand below them.
  const scope: Scope = withDims(outer, map);
  const ahead = withDims(scope, lookAhead(cursor, depth));
  const values = new ValueParser(cursor, ahead);
  values.where(depth);
  const reduce = parseDims(cursor, depth, "reduce");
  const fold = parseFold(cursor, depth, values);
  const into = cursor.starts(depth, "store") ? "store" : cursor.starts(depth, "add") ? "add" : undefined;
  if (into === undefined) cursor.fail(`needed map, where, reduce, fold, store or add, found ${cursor.found()}`);
  const first = parseStore(cursor, values, into);
  const more: Store[] = [];
  while (into === "store" && cursor.starts(depth, "store")) more.push(parseStore(cursor, values, into));
  return {
    ...head,
    map,
    reduce,
    ...(fold === undefined ? {} : { fold }),
    ...first,
    ...(more.length === 0 ? {} : { more }),
    into,
  };
}

function parseStore(cursor: Cursor, values: ValueParser, into: Nest["into"]): Store {
  cursor.next();
  const buffer = cursor.name("a buffer");
  cursor.expect("[");
  const index = values.index();
  if (into === "add") cursor.expect("+");
  cursor.expect("=");
  const finish = values.parse();
  cursor.endLine();
  return { finish, out: { buffer, index } };
}

function parseFold(cursor: Cursor, depth: number, values: ValueParser): Fold | undefined {
  if (!cursor.starts(depth, "fold")) return undefined;
  cursor.next();
  const at = cursor.token;
  const how = cursor.name(`madd, ${oneTerm}`);
  const first = values.parse();
  const second = cursor.skip(",") ? values.parse() : undefined;
  cursor.expect("from");
  const init = values.parse();
  const partial = cursor.skip("in") ? partialSums(cursor) : undefined;
  const made = foldOf(how, init, first, second);
  const fold = made && (partial === undefined ? made : { ...made, partial });
  if (fold === undefined) cursor.fail(`needed madd of two terms, or ${oneTerm} of one, found ${JSON.stringify(how)}`, at);
  cursor.endLine();
  return fold;
}

function partialSums(cursor: Cursor): number {
  const count = cursor.integer("how many sums");
  cursor.expect("sums");
  return count;
}

function foldOf(how: string, init: Value, first: Value, second: Value | undefined): Fold | undefined {
  if (how === "madd") return second && { how, init, term: [first, second] };
  const one = pick(foldings, how);
  return one !== undefined && second === undefined ? { how: one, init, term: [first] } : undefined;
}

const oneTerm = `${foldings.slice(0, -1).join(", ")} or ${foldings.at(-1)}`;

type Dims = readonly (readonly [dim: string, extent: Extent])[];

function parseDims(cursor: Cursor, depth: number, word: string): Dims {
  if (!cursor.starts(depth, word)) return [];
  cursor.next();
  const dims: (readonly [string, Extent])[] = [];
  do {
    const name = cursor.name("a dim");
    cursor.expect("<");
    dims.push([name, parseExtent(cursor)]);
  } while (cursor.skip(","));
  cursor.endLine();
  return dims;
}

/** The reduce dims of the nest at hand, read without moving on. */
function lookAhead(cursor: Cursor, depth: number): Dims {
  const probe = cursor.copy();
  while (probe.starts(depth, "where")) probe.skipLine();
  return parseDims(probe, depth, "reduce");
}

const withDims = (scope: Scope, dims: Dims): Scope =>
  new Map([...scope, ...dims.map(([name]) => [name, { op: "loop", fmt: "i32" }] as const)]);
