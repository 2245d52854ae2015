// Version 2 B-trees: the records of dense links, dense attributes, huge heap objects and chunks. In: the address of a tree.
// Out: its records, each a cursor, in the tree's order.
//   BTHD · version · type · node size 4 · record size 2 · depth 2 · split, merge 1 each · root · records in root 2 · records · checksum 4
//   BTLF · version · type · records · checksum 4
//   BTIN · version · type · records · children, one more than records: address · records · [records below, above leaves] · checksum 4
import { checked } from "./checksum.ts";
import { broken, type Cursor, type H5File } from "./file.ts";

/** Signature, version, type and checksum of a node. */
const overhead = 10;

interface Tree {
  readonly file: H5File;
  readonly type: number;
  readonly nodeSize: number;
  readonly recordSize: number;
  /** Bytes that the number of records in a node takes, and, by level, the number of all records below. */
  readonly countWidth: number;
  readonly totalWidths: readonly number[];
  readonly seen: Set<number>;
}

/** The records of a tree whose type is `type`, which is the kind of its records. */
export function* recordsOf(file: H5File, address: number, ...types: readonly number[]): Iterable<Cursor> {
  const what = "a B-tree";
  const { address: wide, length } = file.widths;
  const cursor = checked(file.at(address, what), 18 + wide + length);
  cursor.signature("BTHD");
  cursor.version(0);
  const type = cursor.u8();
  if (!types.includes(type)) broken(`a B-tree of type ${type} stands where one of type ${types.join(" or ")} has to`);
  const [nodeSize, recordSize, depth] = [cursor.u32(), cursor.u16(), cursor.u16()];
  cursor.skip(2);
  const [root, count] = [cursor.address(), cursor.u16()];
  if (root === undefined || count === 0) return;
  if (recordSize === 0 || nodeSize > file.bytes.length) broken("a B-tree has nodes that do not fit into the file");
  yield* records(
    { file, type, nodeSize, recordSize, ...widthsOf(nodeSize, recordSize, depth, wide), seen: new Set() },
    root,
    count,
    depth,
  );
}

/** How wide the counts in inner nodes are: wide enough for the most that a node of that size can hold. */
function widthsOf(nodeSize: number, recordSize: number, depth: number, wide: number): Pick<Tree, "countWidth" | "totalWidths"> {
  const bytesFor = (most: number): number => Math.floor(Math.log2(Math.max(1, most)) / 8) + 1;
  let total = Math.floor((nodeSize - overhead) / recordSize);
  const countWidth = bytesFor(total);
  const totalWidths = [0];
  for (let level = 1; level < depth; level++) {
    const pointer = wide + countWidth + totalWidths[level - 1];
    const most = Math.floor((nodeSize - overhead - pointer) / (recordSize + pointer));
    total = (most + 1) * total + most;
    if (!(most > 0 && total < 2 ** 53)) broken("a B-tree is deeper than any file");
    totalWidths.push(bytesFor(total));
  }
  return { countWidth, totalWidths };
}

function* records(tree: Tree, address: number, count: number, level: number): Iterable<Cursor> {
  const { file, recordSize, countWidth } = tree;
  if (tree.seen.has(address)) broken("a B-tree leads to a node that it has already been through");
  tree.seen.add(address);
  const children = level === 0 ? 0 : count + 1;
  const totalWidth = level === 0 ? 0 : tree.totalWidths[level - 1];
  const size = 6 + count * recordSize + children * (file.widths.address + countWidth + totalWidth);
  const node = checked(file.at(address, "a node of a B-tree", tree.nodeSize), size);
  node.signature(level === 0 ? "BTLF" : "BTIN");
  node.version(0);
  if (node.u8() !== tree.type) broken("a node of a B-tree has another type than the tree");
  const own = Array.from({ length: count }, () => node.part(recordSize, "a record of a B-tree"));
  for (let i = 0; i <= count; i++) {
    if (level > 0) {
      const child = node.target();
      const below = node.uint(countWidth);
      node.skip(totalWidth);
      yield* records(tree, child, below, level - 1);
    }
    if (i < count) yield own[i];
  }
}
