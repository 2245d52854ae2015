// HDF5 files, as Keras writes them, and what else h5py writes of numbers and strings. In: bytes nobody vouches for. Out: groups,
// datasets and attributes, or a CompileError at the path in the file where it happened. Guarantee: what is not read is refused by
// name and never left out; time and memory are bounded by the length of the file (see file.ts); no Node, and nothing is awaited.
// The format: https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { type Attributes, type H5Value, readAttributes } from "./attributes.ts";
import { countOf, type Dataspace, readDataspace } from "./dataspace.ts";
import { type Datatype, readDatatype } from "./datatype.ts";
import { allocate, broken, fail, type H5File, unsupported } from "./file.ts";
import { bodyOf, type Header, kinds, type Message, messageOf, readHeader } from "./header.ts";
import { type Link, readLinks } from "./links.ts";
import { readStored } from "./storage.ts";
import { openFile, superblockAt } from "./superblock.ts";

export type { H5Value } from "./attributes.ts";

/** What groups and datasets have: a place in the file, and attributes. */
interface H5Object {
  /** From the root, `/model_weights/dense`. */
  readonly path: string;
  /** All attributes by name. Throws CompileError where one of them cannot be read. */
  attributes(): ReadonlyMap<string, H5Value>;
  /** One attribute, whatever the others are; undefined where there is none of that name. */
  attribute(name: string): H5Value | undefined;
}

/** Named groups and datasets. */
export interface H5Group extends H5Object {
  readonly kind: "group";
  /** Sorted by name, whatever they lead to. */
  names(): readonly string[];
  /** What a path leads to, from here, or from the root where it starts with a slash. Throws for soft and external links. */
  get(path: string): H5Group | H5Dataset | undefined;
}

/** An array of numbers or strings, row-major. */
export interface H5Dataset extends H5Object {
  readonly kind: "dataset";
  /** Sizes, outermost first: [] for a scalar; null where the dataset has no value at all. */
  readonly shape: readonly number[] | null;
  /** float16, bfloat16, float32, float64, int8 … uint64, bool, string, or what layerc does not read: "compound values". */
  readonly type: string;
  /** Numbers of any type, each rounded once to float32. */
  numbers(): Float32Array;
  /** Strings, without what pads them. */
  strings(): readonly string[];
}

/** Whether bytes begin as an HDF5 file does, or do so behind a user block. */
export const isHdf5 = (bytes: Uint8Array): boolean => superblockAt(bytes) !== undefined;

/** The root group of a file. Throws CompileError `format/…`. */
export function openHdf5(bytes: Uint8Array): H5Group {
  const { file, root } = openFile(bytes);
  const opened = within("/", () => openObject(file, root, { path: "/", above: [] }));
  return opened.kind === "group" ? opened : broken("the root of the file is no group");
}

/** Groups within groups, as Keras nests layers; deeper than that is no model. */
const deepest = 64;

/** How an object was reached. */
interface Way {
  readonly path: string;
  /** The headers of the groups above: none of them may come again. */
  readonly above: readonly number[];
  readonly root?: H5Group;
}

function openObject(file: H5File, address: number, way: Way): H5Group | H5Dataset {
  file.open();
  if (way.above.includes(address)) broken("a group lies within itself");
  if (way.above.length > deepest) unsupported(`groups nested deeper than ${deepest}`);
  const header = readHeader(file, address);
  const isGroup = [kinds.symbolTable, kinds.linkInfo, kinds.link].some((kind) => header.some((message) => message.kind === kind));
  if (isGroup) return new Group(file, header, address, way);
  const hasData = messageOf(header, kinds.dataspace) !== undefined;
  return hasData ? new Dataset(file, header, way) : unsupported("objects that are neither group nor dataset (named datatypes)");
}

/** Reads; an error says at which object it happened. */
function within<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof CompileError && error.path === "" ? error.with({ under: path }) : error;
  }
}

/** What both have: the path, and attributes, each read once. */
abstract class Base {
  readonly path: string;
  protected readonly file: H5File;
  protected readonly header: Header;
  #attributes: Attributes | undefined;
  readonly #values = new Map<string, H5Value>();

  constructor(file: H5File, header: Header, path: string) {
    this.file = file;
    this.header = header;
    this.path = path;
  }

  #read(): Attributes {
    this.#attributes ??= within(this.path, () => readAttributes(this.header));
    return this.#attributes;
  }

  attributes(): ReadonlyMap<string, H5Value> {
    return new Map(Array.from(this.#read().keys(), (name) => [name, this.attribute(name) as H5Value]));
  }

  attribute(name: string): H5Value | undefined {
    const read = this.#read().get(name);
    if (read !== undefined && !this.#values.has(name)) this.#values.set(name, within(`${this.path}@${name}`, read));
    return this.#values.get(name);
  }
}

class Group extends Base implements H5Group {
  readonly kind = "group";
  readonly #address: number;
  readonly #way: Way;
  readonly #opened = new Map<string, H5Group | H5Dataset>();
  #links: ReadonlyMap<string, Link> | undefined;

  constructor(file: H5File, header: Header, address: number, way: Way) {
    super(file, header, way.path);
    this.#address = address;
    this.#way = way;
  }

  #read(): ReadonlyMap<string, Link> {
    this.#links ??= within(this.path, () => readLinks(this.file, this.header));
    return this.#links;
  }

  names(): readonly string[] {
    return [...this.#read().keys()];
  }

  get(path: string): H5Group | H5Dataset | undefined {
    let found: H5Group | H5Dataset | undefined = path.startsWith("/") ? (this.#way.root ?? this) : this;
    for (const name of path.split("/")) {
      if (name === "" || name === ".") continue;
      if (!(found instanceof Group)) return undefined;
      found = found.#member(name);
    }
    return found;
  }

  #member(name: string): H5Group | H5Dataset | undefined {
    const link = this.#read().get(name);
    if (link === undefined) return undefined;
    const path = `${this.path === "/" ? "" : this.path}/${name}`;
    const way = { path, above: [...this.#way.above, this.#address], root: this.#way.root ?? this };
    const found =
      this.#opened.get(name) ??
      within(path, () => ("refused" in link ? unsupported(link.refused) : openObject(this.file, link.address, way)));
    this.#opened.set(name, found);
    return found;
  }
}

const partOf = (header: Header, kind: number, what: string): Message =>
  messageOf(header, kind) ?? broken(`a dataset has no ${what}`);

class Dataset extends Base implements H5Dataset {
  readonly kind = "dataset";
  readonly #space: Dataspace;
  readonly #type: Datatype;
  #isRead = false;
  #strings: readonly string[] | undefined;

  constructor(file: H5File, header: Header, { path }: Way) {
    super(file, header, path);
    this.#space = readDataspace(bodyOf(partOf(header, kinds.dataspace, "shape")));
    this.#type = readDatatype(bodyOf(partOf(header, kinds.datatype, "type")));
  }

  get shape(): readonly number[] | null {
    return this.#space.isNull ? null : this.#space.shape;
  }
  get type(): string {
    return this.#type.name;
  }

  numbers(): Float32Array {
    return within(this.path, () => {
      const type = this.#typeOf("number");
      const [bytes, view] = this.#stored(type.size);
      const values = allocate(() => new Float32Array(bytes.length / type.size));
      if (type.isFloat32) new Uint8Array(values.buffer).set(bytes);
      else for (let i = 0; i < values.length; i++) values[i] = type.readSingle(view, i * type.size);
      return values;
    });
  }

  strings(): readonly string[] {
    this.#strings ??= within(this.path, () => {
      const type = this.#typeOf("string");
      const [bytes] = this.#stored(type.size);
      const at = (i: number): Uint8Array => bytes.subarray(i * type.size, (i + 1) * type.size);
      return Array.from({ length: bytes.length / type.size }, (_, i) => type.read(at(i), this.file));
    });
    return this.#strings;
  }

  #typeOf<K extends "number" | "string">(kind: K): Datatype & { readonly kind: K } {
    const type = this.#type;
    if (type.kind === "other") unsupported(type.name);
    const isWanted = (given: Datatype): given is Datatype & { readonly kind: K } => given.kind === kind;
    return isWanted(type) ? type : fail("format/dtype", `the dataset holds values of type ${type.name}, ${kind}s are wanted`);
  }

  /** The stored bytes. Their cost is counted once, so that a dataset may be read as often as one likes. */
  #stored(size: number): readonly [bytes: Uint8Array, view: DataView] {
    const read = (): Uint8Array => {
      this.file.claim(countOf(this.#space) * Math.max(size, Float32Array.BYTES_PER_ELEMENT));
      return readStored(this.file, this.header, this.#space, size);
    };
    const bytes = this.#isRead ? this.file.again(read) : read();
    this.#isRead = true;
    return [bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
  }
}
