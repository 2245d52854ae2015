// Where the chunks of a dataset lie. In: an index, of one of six kinds. Out: the chunks, in any order; missing ones are left out.
//   B-tree 1:   TREE · type 1 · level · children 2 · left · right · key, child, …; a key: stored 4 · mask 4 · offsets 8 each, and a 0
//   single 1:   [stored · mask 4] · address                 implicit 2: address of the first one, all others behind it
//   fixed 3:    page bits · address, see arrays.ts          extensible 4: five sizes · address, see arrays.ts
//   B-tree 5:   node size 4 · split, merge 1 each · address; a record: address · [stored · mask 4] · chunks before it 8 each
import { type Element, openExtensible, openFixed } from "./arrays.ts";
import { recordsOf } from "./btree2.ts";
import { broken, type Cursor, type H5File } from "./file.ts";
import { bytesOf, type Chunk, type Grid, numbered } from "./grid.ts";

/** What an index is of. */
export interface IndexSource {
  readonly file: H5File;
  readonly grid: Grid;
  /** No filters: every chunk takes as many bytes as it has. */
  readonly isPlain: boolean;
  readonly isFilteredSingle: boolean;
  readonly address: number | undefined;
}
type ReadIndex = (source: Omit<IndexSource, "address">, cursor: Cursor) => Iterable<Chunk>;

/** The chunks of an old B-tree. */
export function* treeIndex({ file, grid, address }: Pick<IndexSource, "file" | "grid" | "address">): Iterable<Chunk> {
  if (address !== undefined) yield* treeNode(file, grid, address, new Set(), 256);
}

function* treeNode(file: H5File, grid: Grid, address: number, seen: Set<number>, parentLevel: number): Iterable<Chunk> {
  if (seen.has(address)) broken("a B-tree leads to a node that it has already been through");
  seen.add(address);
  const node = file.at(address, "a node of a dataset's B-tree");
  node.signature("TREE");
  if (node.u8() !== 1) broken("a B-tree of a group stands where one of chunks has to");
  const level = node.u8();
  if (level >= parentLevel) broken("a B-tree does not get lower from node to node");
  const children = node.u16();
  node.skip(2 * file.widths.address);
  for (let i = 0; i < children; i++) {
    const [stored, mask] = [node.u32(), node.u32()];
    const offset = grid.shape.map(() => node.uint(8));
    node.skip(8);
    const child = node.target();
    if (level === 0) yield { offset, address: child, stored, mask };
    else yield* treeNode(file, grid, child, seen, level);
  }
}

const single: ReadIndex = function* ({ grid, isFilteredSingle }, cursor) {
  const stored = isFilteredSingle ? cursor.length() : bytesOf(grid);
  const mask = isFilteredSingle ? cursor.u32() : 0;
  const address = cursor.address();
  if (address !== undefined) yield { offset: grid.shape.map(() => 0), address, stored, mask };
};

const implicit: ReadIndex = function* ({ grid }, cursor) {
  const address = cursor.address();
  const stored = bytesOf(grid);
  if (address === undefined) return;
  for (const { offset, index } of numbered(grid)) yield { offset, address: address + index * stored, stored, mask: 0 };
};

const trees: ReadIndex = function* ({ file, grid, isPlain }, cursor) {
  cursor.skip(6);
  const address = cursor.address();
  if (address === undefined) return;
  for (const record of recordsOf(file, address, isPlain ? 10 : 11)) {
    const at = record.target();
    const stored = isPlain ? bytesOf(grid) : record.uint(record.left - 4 - 8 * grid.shape.length);
    const mask = isPlain ? 0 : record.u32();
    yield { offset: grid.chunk.map((extent) => extent * record.uint(8)), address: at, stored, mask };
  }
};

/** An array with an element for each chunk that the dataset could have. */
const array = (
  skip: number,
  open: (file: H5File, address: number, isPlain: boolean) => (index: number) => Element | undefined,
): ReadIndex =>
  function* ({ file, grid, isPlain }, cursor) {
    cursor.skip(skip);
    const address = cursor.address();
    if (address === undefined) return;
    const element = open(file, address, isPlain);
    for (const { offset, index } of numbered(grid)) {
      const found = element(index);
      if (found !== undefined) yield { offset, stored: bytesOf(grid), mask: 0, ...found };
    }
  };

/** Kinds of index by number, as layout messages of version 4 have them. */
export const indexes: ReadonlyMap<number, ReadIndex> = new Map([
  [1, single],
  [2, implicit],
  [3, array(1, openFixed)],
  [4, array(5, openExtensible)],
  [5, trees],
]);
