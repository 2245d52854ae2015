// Datasets in chunks. In: a layout message from behind its class. Out: all values, those of missing chunks being the fill value.
//   1, 2:  address · sizes 4 each, that of a value last        3:  rank + 1 · address · sizes 4 each, that of a value last
//   4, 5:  flags · rank + 1 · width · sizes, that of a value last · kind of index · what it adds · address
import { type IndexSource, indexes, treeIndex } from "./chunk-index.ts";
import { broken, type Cursor, unsupported } from "./file.ts";
import { readPipeline } from "./filters.ts";
import { bytesOf, type Chunk, type Grid, isPartial, place } from "./grid.ts";
import { filled, type Wanted } from "./wanted.ts";

/** What a chunk costs besides its bytes: no index says where one lies in fewer. */
const costOfChunk = 8;

/** Reads a chunked dataset; `rank` is what older messages say before their class. */
export function readChunked(cursor: Cursor, version: number, wanted: Wanted, rank = 0): Uint8Array {
  const pipeline = readPipeline(wanted.header);
  const { grid, chunks, keepsBorders } =
    version < 4 ? readTree(cursor, version, wanted, rank) : readIndexed(cursor, wanted, pipeline.isEmpty);
  const size = bytesOf(grid);
  const { file } = wanted;
  const values = filled(wanted);
  for (const chunk of chunks) {
    if (!isInside(grid, chunk)) continue;
    if (pipeline.isEmpty && chunk.stored !== size) broken(`a chunk takes ${chunk.stored} bytes, its shape asks for ${size}`);
    // The stored bytes count, too: many chunks may claim to lie in the same ones.
    file.claim(size + chunk.stored);
    file.spend(costOfChunk);
    const stored = file.data(chunk.address, chunk.stored, "a chunk");
    const isPlain = keepsBorders && isPartial(grid, chunk);
    const bytes = isPlain ? stored : pipeline.undo(stored, chunk.mask, size, (bytes) => file.claim(bytes));
    if (bytes.length !== size) broken(`a chunk gives ${bytes.length} bytes, its shape asks for ${size}`);
    place(grid, chunk.offset, bytes, values);
  }
  return values;
}

interface Chunked {
  readonly grid: Grid;
  readonly chunks: Iterable<Chunk>;
  /** Chunks at the border are stored without filters. */
  readonly keepsBorders: boolean;
}

function readTree(cursor: Cursor, version: number, wanted: Wanted, oldRank: number): Chunked {
  const rank = version === 3 ? cursor.u8() : oldRank;
  const address = cursor.address();
  const grid = gridOf(
    Array.from({ length: rank }, () => cursor.u32()),
    wanted,
  );
  return { grid, chunks: treeIndex({ file: wanted.file, grid, address }), keepsBorders: false };
}

function readIndexed(cursor: Cursor, wanted: Wanted, isPlain: boolean): Chunked {
  const flags = cursor.u8();
  const [rank, width] = [cursor.u8(), cursor.u8()];
  if (width < 1 || width > 8) broken(`the sizes of chunks are said to take ${width} bytes each`);
  const grid = gridOf(
    Array.from({ length: rank }, () => cursor.uint(width)),
    wanted,
  );
  const kind = cursor.u8();
  const index = indexes.get(kind) ?? unsupported(`chunk indexes of kind ${kind}`);
  const source: Omit<IndexSource, "address"> = { file: wanted.file, grid, isPlain, isFilteredSingle: (flags & 2) !== 0 };
  return { grid, chunks: index(source, cursor), keepsBorders: (flags & 1) !== 0 };
}

function gridOf(sizes: readonly number[], { space: { shape, most }, size }: Wanted): Grid {
  const chunk = sizes.slice(0, -1);
  if (chunk.length !== shape.length || shape.length === 0)
    broken(`chunks of ${chunk.length} axes make up a dataset of ${shape.length}`);
  if (sizes[chunk.length] !== size) broken(`values of ${sizes[chunk.length]} bytes lie in chunks, their type has ${size}`);
  if (sizes.includes(0)) broken("a chunk has no values");
  return { shape, most, chunk, size };
}

/** A chunk beyond the dataset's shape is left from a time when it was larger. */
function isInside({ shape, chunk }: Grid, { offset }: Chunk): boolean {
  if (offset.some((at, axis) => at % chunk[axis] !== 0)) broken("a chunk does not begin where chunks do");
  return offset.every((at, axis) => at < shape[axis]);
}
