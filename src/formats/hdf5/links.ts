// What a group holds. In: its object header. Out: its links by name. Old groups have a tree of symbol tables and a heap of names:
//   symbol table message: tree · heap       HEAP · version · 0 3 · size · free · address of the names
//   TREE · type 0 · level · children 2 · left · right · key, child, key, child, …, key
//   SNOD · version · 0 · entries 2 · entries, each: name in the heap · header · kind 4 · 0 4 · scratch 16
// New ones have link messages, in the header or, where they are many, in a fractal heap that a link info message names:
//   link:       version · flags · [kind] · [order 8] · [charset] · length of name 1, 2, 4 or 8 · name · what the kind adds
//   link info:  version · flags · [order 8] · heap · tree by name · [tree by order]
import { recordsOf } from "./btree2.ts";
import { broken, type Cursor, type H5File, textOf } from "./file.ts";
import { openHeap } from "./fractal-heap.ts";
import { type Header, kinds, messageOf } from "./header.ts";

/** Where a name leads: to an object, or to something that is refused by name once it is asked for. */
export type Link = { readonly address: number } | { readonly refused: string };

const soft: Link = { refused: "soft links" };
const external: Link = { refused: "external links" };

/** Every link of a group, sorted by name. */
export function readLinks(file: H5File, header: Header): ReadonlyMap<string, Link> {
  const found = new Map<string, Link>();
  for (const [name, link] of linksOf(file, header)) {
    if (name === "" || name.includes("/")) broken(`a group holds the name ${JSON.stringify(name)}, which no path can`);
    if (found.has(name)) broken(`a group holds the name ${JSON.stringify(name)} twice`);
    found.set(name, link);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Named = readonly [name: string, link: Link];

function* linksOf(file: H5File, header: Header): Iterable<Named> {
  const table = messageOf(header, kinds.symbolTable)?.body();
  if (table !== undefined) yield* symbols(file, table.target(), table.target());
  for (const message of header) if (message.kind === kinds.link) yield readLink(message.body());
  const info = messageOf(header, kinds.linkInfo)?.body();
  if (info !== undefined) yield* denseLinks(info);
}

function* denseLinks(info: Cursor): Iterable<Named> {
  info.version(0);
  if ((info.u8() & 1) !== 0) info.skip(8);
  const [heapAt, tree] = [info.address(), info.address()];
  if (heapAt === undefined || tree === undefined) return;
  const heap = openHeap(info.file, heapAt);
  // A record: hash 4 · place in the heap 7.
  for (const record of recordsOf(info.file, tree, 5)) {
    record.skip(4);
    yield readLink(heap(record.part(7, "a place in a heap")));
  }
}

/** Kinds of links; those from 65 on are a user's own. */
const linkKinds: ReadonlyMap<number, (cursor: Cursor) => Link> = new Map<number, (cursor: Cursor) => Link>([
  [0, (cursor) => ({ address: cursor.target() })],
  [1, () => soft],
  [64, () => external],
]);

function readLink(cursor: Cursor): Named {
  cursor.version(1);
  const flags = cursor.u8();
  const kind = (flags & 8) === 0 ? 0 : cursor.u8();
  cursor.skip(((flags & 4) === 0 ? 0 : 8) + ((flags & 16) === 0 ? 0 : 1));
  const name = textOf(cursor.bytes(cursor.uint(2 ** (flags & 3))), "the name of a link");
  return [name, linkKinds.get(kind)?.(cursor) ?? { refused: `links of kind ${kind}` }];
}

function* symbols(file: H5File, tree: number, heap: number): Iterable<Named> {
  const head = file.at(heap, "a local heap");
  head.signature("HEAP");
  head.version(0);
  head.skip(3);
  const size = head.length();
  head.length();
  const nameAt = names(file, head.target(), size);
  for (const node of leaves(file, tree, new Set())) {
    node.signature("SNOD");
    node.version(1);
    node.skip(1);
    for (let left = node.u16(); left > 0; left--) {
      const name = nameAt(node.length());
      const address = node.address();
      const kind = node.u32();
      node.skip(20);
      yield [name, kind === 2 ? soft : { address: address ?? broken(`${JSON.stringify(name)} leads nowhere`) }];
    }
  }
}

/** Names in the data of a local heap: each ends at a NUL. */
function names(file: H5File, address: number, size: number): (offset: number) => string {
  const bytes = file.data(address, size, "the names of a group");
  return (offset) => {
    const end = bytes.indexOf(0, offset);
    if (offset >= size || end < 0) return broken("a name lies outside of its heap");
    file.spend(end - offset);
    return textOf(bytes.subarray(offset, end), "the name of a link");
  };
}

/** The symbol tables below a node, in order. */
function* leaves(file: H5File, address: number, seen: Set<number>, parentLevel = 256): Iterable<Cursor> {
  if (seen.has(address)) broken("a B-tree leads to a node that it has already been through");
  seen.add(address);
  const node = file.at(address, "a node of a group's B-tree");
  node.signature("TREE");
  if (node.u8() !== 0) broken("a B-tree of chunks stands where one of a group has to");
  const level = node.u8();
  if (level >= parentLevel) broken("a B-tree does not get lower from node to node");
  const children = node.u16();
  node.skip(2 * file.widths.address);
  for (let i = 0; i < children; i++) {
    node.length();
    const child = node.target();
    if (level === 0) yield file.at(child, "a symbol table");
    else yield* leaves(file, child, seen, level);
  }
}
