// Object headers: what HDF5 says of a group or a dataset is a list of messages. In: an address. Out: the messages, those of
// continuation blocks included, in the order in which they stand.
//   1:  version · 0 · messages 2 · references 4 · size 4 · 0 4 · messages, each: type 2 · size 2 · flags · 0 3 · body
//   2:  OHDR · version · flags · [times 16] · [attribute limits 4] · size 1, 2, 4 or 8 · messages, each: type 1 · size 2 · flags ·
//       [order 2] · body · checksum 4. Continuations start with OCHK and end with a checksum.
import { checked } from "./checksum.ts";
import { broken, type Cursor, type H5File, unsupported } from "./file.ts";

/** Kinds of messages, by the number in the file; what is not named here says nothing about names, shapes and numbers. */
export const kinds = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFill: 0x04,
  fill: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;
/** What messages call them. */
const kindNames: ReadonlyMap<number, string> = new Map(
  Object.entries(kinds).map(([name, kind]) => [kind, name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)]),
);
const nameOf = (kind: number): string => `the ${kindNames.get(kind) ?? `kind ${kind}`} message`;
/** The last kind that the format defines. */
const lastKind = 0x18;

/** One message: its body is read from the start by whoever asks. */
export interface Message {
  readonly kind: number;
  readonly isShared: boolean;
  body(): Cursor;
}

/** The messages of an object. */
export type Header = readonly Message[];

/** The only message of a kind, or undefined. */
export function messageOf(header: Header, kind: number): Message | undefined {
  const found = header.filter((message) => message.kind === kind);
  if (found.length > 1) broken(`${nameOf(kind)} stands ${found.length} times in the header of an object`);
  return found[0];
}

/** Every message of an object. Throws CompileError for a message that a reader must understand and this one does not. */
export function readHeader(file: H5File, address: number): Header {
  const start = file.at(address, "an object header");
  const isNew = String.fromCharCode(...start.fork().part(1, "an object header").bytes(1)) === "O";
  const read: Reading = { file, messages: [], blocks: [], seen: new Set() };
  const { readBlock, finish } = isNew ? readNew(read, start) : readOld(read, start);
  // The list grows while it is walked; a block that stands in it twice would never end.
  for (const { at, length } of read.blocks) {
    if (read.seen.has(at)) broken("an object header continues in a block that it has already been through");
    read.seen.add(at);
    readBlock(file.at(at, "a continuation of an object header", length));
  }
  finish();
  return read.messages;
}

interface Reading {
  readonly file: H5File;
  readonly messages: Message[];
  readonly blocks: { readonly at: number; readonly length: number }[];
  readonly seen: Set<number>;
}

/** What is left to do once the first block is read: the others, and a last look. */
interface Rest {
  readBlock(block: Cursor): void;
  finish(): void;
}

function readOld(reading: Reading, cursor: Cursor): Rest {
  cursor.version(1);
  cursor.skip(1);
  let left = cursor.u16();
  cursor.skip(4);
  const size = cursor.u32();
  cursor.skip(4);
  const readBlock = (block: Cursor): void => {
    for (; left > 0 && block.left >= 8; left--) {
      const kind = block.u16();
      const length = block.u16();
      const flags = block.u8();
      block.skip(3);
      add(reading, kind, flags, block.part(length, nameOf(kind)));
    }
  };
  readBlock(cursor.part(size, "an object header"));
  return {
    readBlock,
    finish: () => void (left > 0 && broken(`an object header lacks ${left} of the messages it says it has`)),
  };
}

function readNew(reading: Reading, start: Cursor): Rest {
  const head = start.fork();
  head.signature("OHDR");
  head.version(2);
  const flags = head.u8();
  head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const size = head.uint(2 ** (flags & 3));
  const prefix = head.position - start.position;
  const hasOrder = (flags & 0x04) !== 0;
  const readMessages = (block: Cursor): void => {
    const least = hasOrder ? 6 : 4;
    // Less than a message may be left over: a gap.
    while (block.left >= least) {
      const kind = block.u8();
      const length = block.u16();
      const messageFlags = block.u8();
      if (hasOrder) block.skip(2);
      add(reading, kind, messageFlags, block.part(length, nameOf(kind)));
    }
  };
  const body = checked(start, prefix + size);
  body.skip(prefix);
  readMessages(body);
  const readBlock = (block: Cursor): void => {
    const rest = checked(block, block.left - 4);
    rest.signature("OCHK");
    readMessages(rest);
  };
  return { readBlock, finish: () => undefined };
}

function add(reading: Reading, kind: number, flags: number, body: Cursor): void {
  if (kind === kinds.continuation) reading.blocks.push({ at: body.target(), length: body.length() });
  if (kind > lastKind && (flags & 0x80) !== 0) unsupported(`messages of kind ${kind}, which says that a reader has to know it`);
  reading.messages.push({ kind, isShared: (flags & 0x02) !== 0, body: () => body.fork() });
}

/**
 * The body of a message that may be shared: then it holds the address of the object (a committed datatype) that has the message.
 *   version · type · [0 6, in 1] · address
 */
export function bodyOf(message: Message): Cursor {
  return message.isShared ? sharedBody(message.body(), message.kind) : message.body();
}

/** The body that a reference to a shared message stands for. */
export function sharedBody(reference: Cursor, kind: number): Cursor {
  const version = reference.version(1, 2, 3);
  const type = reference.u8();
  if (version === 3 && type !== 2) unsupported("messages shared through a heap of the file (SOHM)");
  if (version === 1) reference.skip(6);
  const owner = messageOf(readHeader(reference.file, reference.target()), kind);
  if (owner === undefined || owner.isShared) return broken("a shared message leads to an object that does not have it");
  return owner.body();
}
