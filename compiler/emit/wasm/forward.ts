// What a function has just stored, it need not load: a store names its value, and loads of that place read the name. In: kernels
// that run one after the other, where buffers lie. Out: their bodies, and the names that outlive their kernel. Guarantee: the same
// stores in the same order, and every load still reads what the last store there left; f32 keeps its bits in a local.
//
//   store b[7] = a      let stored0 = a         a load waits for its store (seven cycles or so), a local does not: in short layers,
//   … load b[7]         store b[7] = stored0    where each number waits for the one before, that is a tenth of the time
//                       … stored0
//
// A place is a number and the turns of open loops it moves with. Two places with the same terms are as far apart as their numbers;
// of others it is known only that their buffers are apart. What a loop may write is forgotten where it begins.
import type { Index, Kernel, Stmt, Value } from "../../program/program.ts";
import { extract, isVector } from "../../program/value.ts";
import { mapOperands, shared, statementsIn } from "../../program/walk.ts";

type Store = Stmt & { readonly do: "store" };
type For = Stmt & { readonly do: "for" };

/** Numbers in memory: the first, how many, and what both move with. */
interface Place {
  readonly buffer: string;
  readonly first: number;
  readonly length: number;
  readonly terms: string;
}

/** A stored value that may be read by name. */
interface Kept {
  readonly place: Place;
  readonly value: Value & { readonly op: "use" };
  /** How many loops were open. */
  readonly depth: number;
  isAsked: boolean;
}

/** A body while it is not known which names are asked for. */
type Draft =
  | { readonly is: "done"; readonly statement: Stmt }
  | { readonly is: "store"; readonly store: Store; readonly kept: Kept }
  | { readonly is: "loop"; readonly loop: For; readonly body: readonly Draft[] };

/** More than these would wait in memory anyway: about as many as there are vector registers, less what a loop works in. */
const most = 12;

export interface Forwarded {
  readonly bodies: readonly (readonly Stmt[])[];
  /** Names that a later kernel may read. */
  readonly kept: ReadonlySet<string>;
}

/** `extents`: where buffers that are no formals lie, from and to, in elements. */
export function forwarded(
  kernels: readonly Kernel[],
  extents: ReadonlyMap<string, readonly [from: number, to: number]>,
): Forwarded {
  return new Forwarder(extents).all(kernels);
}

class Forwarder {
  readonly #extents: ReadonlyMap<string, readonly [from: number, to: number]>;
  readonly #names = new Set<string>();
  #taken: ReadonlySet<string> = new Set();
  #known: readonly Kept[] = [];

  constructor(extents: ReadonlyMap<string, readonly [from: number, to: number]>) {
    this.#extents = extents;
  }

  all(kernels: readonly Kernel[]): Forwarded {
    const statements = kernels.flatMap(({ body }) => [...statementsIn(body)]);
    this.#taken = new Set(statements.flatMap((one) => (one.do === "let" ? [one.name] : [])));
    const drafts = kernels.map(({ body }) => this.#body(body, 0));
    return { bodies: drafts.map(settled), kept: this.#names };
  }

  #body(body: readonly Stmt[], depth: number): readonly Draft[] {
    return body.map((statement) => {
      if (statement.do === "for") return this.#loop(statement, depth);
      const read = { ...statement, value: this.#reader(depth)(statement.value) };
      return read.do === "store" ? this.#store(read, depth) : { is: "done", statement: read };
    });
  }

  #loop(loop: For, depth: number): Draft {
    for (const inner of statementsIn(loop.body)) if (inner.do === "store") this.#forget(this.#placeOf(inner, inner.value));
    const around = this.#known;
    const body = this.#body(loop.body, depth + 1);
    this.#known = around;
    return { is: "loop", loop, body };
  }

  #store(store: Store, depth: number): Draft {
    const place = this.#placeOf(store, store.value);
    this.#forget(place);
    if (place === undefined) return { is: "done", statement: store };
    let name = `stored${this.#names.size}`;
    while (this.#taken.has(name)) name += "_";
    this.#names.add(name);
    const kept: Kept = { place, value: { op: "use", name, fmt: store.value.fmt }, depth, isAsked: false };
    this.#known = [...this.#known, kept].slice(-most);
    return { is: "store", store, kept };
  }

  /** Puts names in the place of loads. */
  #reader(depth: number): (value: Value) => Value {
    return shared<Value>((node, visit) => {
      // In an inner loop a load into all lanes costs no more than a name into all lanes, and holds no register.
      if (node.op === "splat" && node.a.op === "load")
        return this.#read(node.a, depth, depth) === undefined ? node : mapOperands(node, visit);
      // Rows that data choose are left: their addresses are computed where the function expects them.
      return node.op === "load" ? (this.#read(node, depth, 0) ?? node) : mapOperands(node, visit);
    });
  }

  #read(load: Value & { readonly op: "load" }, depth: number, least: number): Value | undefined {
    const wanted = this.#placeOf(load, load);
    if (wanted === undefined) return undefined;
    const kept = this.#known.find(
      ({ place, depth: own }) =>
        own >= least &&
        own <= depth &&
        place.terms === wanted.terms &&
        place.first <= wanted.first &&
        wanted.first + wanted.length <= place.first + place.length,
    );
    if (kept === undefined) return undefined;
    kept.isAsked = true;
    return kept.place.length === wanted.length ? kept.value : extract(wanted.first - kept.place.first, kept.value);
  }

  /** Where a number or four lie; nothing where it depends on data. */
  #placeOf({ buffer, index }: { readonly buffer: string; readonly index: Index }, { fmt }: Value): Place | undefined {
    if (index.row !== undefined) return undefined;
    const start = this.#extents.get(buffer)?.[0];
    const terms = index.terms.filter(([, stride]) => stride !== 0).map(([name, stride]) => `${stride}*${name}`);
    // Buffers that lie on each other are one memory; a formal is one of its own.
    const of = start === undefined ? [buffer] : [];
    return { buffer, first: (start ?? 0) + index.base, length: isVector(fmt) ? 4 : 1, terms: [...of, ...terms.sort()].join(" ") };
  }

  /** What a store may have changed is known no more. */
  #forget(place: Place | undefined): void {
    this.#known = this.#known.filter((kept) => place !== undefined && !this.#mayMeet(kept.place, place));
  }

  #mayMeet(a: Place, b: Place): boolean {
    if (a.terms === b.terms) return a.first < b.first + b.length && b.first < a.first + a.length;
    const [one, other] = [this.#extents.get(a.buffer), this.#extents.get(b.buffer)];
    return one === undefined || other === undefined || (one[0] < other[1] && other[0] < one[1]);
  }
}

function settled(drafts: readonly Draft[]): readonly Stmt[] {
  return drafts.flatMap((draft): readonly Stmt[] => {
    if (draft.is === "done") return [draft.statement];
    if (draft.is === "loop") return [{ ...draft.loop, body: settled(draft.body) }];
    const { store, kept } = draft;
    if (!kept.isAsked) return [store];
    return [
      { do: "let", name: kept.value.name, value: store.value },
      { ...store, value: kept.value },
    ];
  });
}
