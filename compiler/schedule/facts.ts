// What strategies ask of a nest, computed once. In: a nest whose dims are merged. Out: its dims by what they do to the operands.
//
// A map dim is a *column* when the store and every term walk it one by one, or do not know it: lanes may run along it. Given the
// column, a map dim is a *row* when none of the fold's loads knows both: the points of a tile of rows and columns share loads.
import { innerOf, outerOf } from "../program/nest/block.ts";
import { type Fold, type Nest, type Store, storesOf } from "../program/nest/nest.ts";
import type { Extent, Index, Scalar, Value } from "../program/program.ts";
import { countNodes, operandsOf } from "../program/walk.ts";
import { noRoom, type Room } from "./room.ts";

/** A dim of the map or of the sum, with its extent. */
export type Dim = readonly [name: string, extent: Extent];

/** A nest as a strategy sees it. */
export interface Facts {
  readonly nest: Nest;
  /** Map dims, outermost first. */
  readonly order: readonly string[];
  /** The largest that a whole extent gets; without end where nothing bounds it. */
  most(extent: Extent): number;
  /** Present where there is something to sum over. */
  readonly sum?: SumFacts;
  /** Nodes of what is computed at a point: a map beyond `heavy` is worth a vector for two or three points. */
  readonly weight: number;
  /** Points that scatter, or add to what is there, keep their order. */
  readonly isOrdered: boolean;
  /** The last map dim, where its extent is a number. */
  readonly last: readonly [name: string, extent: number] | undefined;
  /** The last of the map dims with a known extent of at least `least` that every store walks one by one. */
  inner(least: number): string | undefined;
}

/** What is known of what a nest sums. */
export interface SumFacts {
  readonly fold: Fold;
  readonly column: string | undefined;
  /** Buffers of terms along the column, where its last points make no whole vector, but all loads of one stay where numbers stand. */
  readonly past: readonly string[] | undefined;
  /** The outer dim of a column that lies in blocks. */
  readonly block: string | undefined;
  /** The longest stretch of a buffer that a load of the sum walks while some map dims go by, in floats; n is without end. */
  reach(dims: readonly string[]): number;
  /** In the order of the map. */
  readonly rows: readonly Dim[];
  /** Map dims but the column that one operand of the products does not know: what it loads serves all their points. */
  readonly pixels: readonly Dim[];
  /** Map dims of several points that both operands of the products know. */
  readonly channels: readonly Dim[];
  /** The innermost reduce dim. */
  readonly innermost: Dim;
  /** Terms along the innermost reduce dim after which a neighbour along a dim loads the same: pixels whose windows overlap. Undefined
   * where neighbours share nothing. */
  apart(dim: string): number | undefined;
  /** Terms of the sum of a point; not finite where they are not known. */
  readonly terms: number;
  /** Every term walks the innermost reduce dim one by one, or does not know it. */
  readonly isContiguous: boolean;
  /** Result points of the map, n counted as 1. */
  readonly points: number;
  /** The very sum is what is stored, at an address that depends on no data. */
  readonly isPlain: boolean;
}

/** Nodes from which on a point of a map is much work: more than an exponential has. */
export const heavy = 24;

/** What stands around a nest. */
export interface Around {
  /** What bounds the dims that are no numbers. */
  readonly scalars?: readonly Scalar[];
  /** What stands behind what it reads. */
  readonly room?: Room;
}

/** The facts of a nest. */
export function factsOf(nest: Nest, { scalars = [], room = noRoom }: Around = {}): Facts {
  const { fold, map, reduce } = nest;
  const stores = storesOf(nest);
  const last = map.at(-1);
  return {
    nest,
    order: map.map(([name]) => name),
    most: (extent) =>
      typeof extent === "number" ? extent : (scalars.find(({ name }) => name === extent.scalar)?.max ?? Number.POSITIVE_INFINITY),
    ...(fold === undefined || reduce.length === 0 ? {} : { sum: sumFacts(nest, fold, room) }),
    weight: countNodes(stores.map(({ finish }) => finish)),
    isOrdered: nest.into === "add" || stores.some(hasRow),
    last: last !== undefined && typeof last[1] === "number" ? [last[0], last[1]] : undefined,
    inner: (least) =>
      map
        .filter(([name, extent]) => typeof extent === "number" && extent >= least && stores.every((store) => walks(store, name)))
        .map(([name]) => name)
        .at(-1),
  };
}

function sumFacts(nest: Nest, fold: Fold, room: Room): SumFacts {
  const { map, reduce } = nest;
  const loads = fold.term.flatMap(loadsIn).map(({ index }) => index);
  // Partial sums are each of one point: no lanes but theirs.
  const column = (fold.partial === undefined ? map : [])
    .filter(([name, extent]) => typeof extent === "number" && extent >= 4 && isColumn(nest, loads, name))
    .map(([name]) => name)
    .at(-1);
  const innermost = reduce[reduce.length - 1];
  const isRow = (row: string): boolean =>
    row !== column &&
    fold.how === "madd" &&
    loads.every((index) => strideOf(index, row) === 0 || strideOf(index, column ?? "") === 0);
  return {
    fold,
    column,
    past: column === undefined ? undefined : pastEnd(nest, fold, column, room),
    block: map.map(([name]) => name).find((name) => column === innerOf(name.slice(0, -1)) && name === outerOf(name.slice(0, -1))),
    rows: column === undefined ? [] : map.filter(([name]) => isRow(name)),
    pixels: fold.how === "madd" ? map.filter(([name]) => name !== column && fold.term.some((term) => isFree(term, name))) : [],
    channels:
      fold.how === "madd"
        ? map.filter(
            ([name, extent]) =>
              extent !== 1 && fold.term.every((term) => loadsIn(term).some(({ index }) => strideOf(index, name) !== 0)),
          )
        : [],
    innermost,
    reach: (dims) => {
      const walked = [...map.filter(([name]) => dims.includes(name)), ...reduce];
      return Math.max(0, ...loads.map((index) => walked.reduce((sum, dim) => sum + reachOf(index, dim), 1)));
    },
    apart: (dim) => {
      const steps = loads.flatMap((index) => {
        const [step, reach] = [Math.abs(strideOf(index, dim)), reachOf(index, innermost)];
        return step > 0 && step <= reach ? [step / Math.abs(strideOf(index, innermost[0]))] : [];
      });
      return steps.length === 0 ? undefined : Math.min(...steps);
    },
    terms: reduce.reduce((product, [, extent]) => product * lengthOf(extent), 1),
    isContiguous: loads.every((index) => [0, 1].includes(strideOf(index, innermost[0]))),
    points: map.reduce((product, [, extent]) => product * (typeof extent === "number" ? extent : 1), 1),
    isPlain: fold.how === "madd" && nest.finish.op === "acc" && nest.into === "store" && nest.more === undefined && !hasRow(nest),
  };
}

function isColumn(nest: Nest, loads: readonly Index[], dim: string): boolean {
  const strides = loads.map((index) => strideOf(index, dim));
  return (
    // What is added keeps the order of the map.
    nest.into === "store" &&
    strides.includes(1) &&
    strides.every((stride) => stride === 0 || stride === 1) &&
    storesOf(nest).every((store) => walks(store, dim) && !hasRow(store))
  );
}

/** Numbers in a vector, which is what a load reads past a dim's end by. */
const lanes = 4;

function pastEnd({ map, reduce }: Nest, fold: Fold, column: string, room: Room): readonly string[] | undefined {
  const extents = new Map([...map, ...reduce]);
  const rest = lengthOf(extents.get(column)) % lanes;
  const along = fold.term.flatMap(loadsIn).filter(({ index }) => strideOf(index, column) !== 0);
  // Loops around a nest are not known here, and data may choose any row: both are without end.
  const last = ({ base, terms, row }: Index): number =>
    terms.reduce(
      (sum, [dim, stride]) => sum + Math.max(0, stride * (lengthOf(extents.get(dim)) - 1)),
      row === undefined ? base : Infinity,
    );
  const fits = along.every(({ buffer, index }) => last(index) + lanes - rest < room(buffer));
  return rest !== 0 && fits ? [...new Set(along.map(({ buffer }) => buffer))] : undefined;
}

/** How far a load moves while a dim goes by. */
const reachOf = (index: Index, [name, extent]: Dim): number => {
  const stride = Math.abs(strideOf(index, name));
  return stride === 0 ? 0 : stride * (lengthOf(extent) - 1);
};

/** Whether a value loads something, and the same all along a dim. */
const isFree = (value: Value, dim: string): boolean => {
  const loads = loadsIn(value);
  return loads.length > 0 && loads.every(({ index }) => strideOf(index, dim) === 0);
};

/** Whether a store goes one on as a dim does. */
const walks = ({ out }: Store, dim: string): boolean => strideOf(out.index, dim) === 1;
const hasRow = ({ out }: Store): boolean => out.index.row !== undefined;

/** Points of a dim; without end where they are not known. */
export const lengthOf = (extent: Extent | undefined): number => (typeof extent === "number" ? extent : Number.POSITIVE_INFINITY);

/** How far an address moves when a dim grows by one. */
export const strideOf = (index: Index, dim: string): number => index.terms.find(([name]) => name === dim)?.[1] ?? 0;

/** Every load a value is made of, as often as it stands there. */
const loadsIn = (value: Value): readonly (Value & { readonly op: "load" })[] => [
  ...(value.op === "load" ? [value] : []),
  ...operandsOf(value).flatMap(loadsIn),
];
