// The Plan: which nodes run together (regions), in which order, and where every value lies (buffers, views, one arena).
// It holds nothing that the Graph did not say: `flatten(plan)` is the Graph again.
import type { Graph, Node } from "../graph/graph.ts";
import type { Origin } from "../graph/origin.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { Extent, Role } from "../program/program.ts";
import type { Apart } from "./fuse.ts";

/** The rows that one call computes: a number, or the scalar n up to `max`. */
export type Rows = number | { readonly max: number };

/** A stretch of memory. Lifetimes are positions of regions (numbered through scan bodies), both ends included. */
export interface PlanBuffer {
  readonly name: string;
  readonly role: Role;
  readonly shape: readonly Extent[];
  /** Elements, with n at its maximum. */
  readonly length: number;
  readonly initial?: number;
  readonly from: number;
  readonly to: number;
  /** Element offset in the arena; 0 for the other roles, which the Program places. */
  readonly at: number;
  /** The arena buffer whose bytes this one takes over where that one is read for the last time. */
  readonly inPlaceOf?: string;
}

/** What runs together, between reading its operands and storing its value. */
export type Region = ComputeRegion | CopyRegion | ScanRegion | RowsRegion;

/** What every region has. */
interface Placed {
  /** `r0`, `r1`, …, as the Plan's text has it; a scan comes before its body. */
  readonly id: string;
  /** Unique in the Plan. */
  readonly name: string;
  /** The layer of what it stores; `others` have nodes in it too. */
  readonly origin: Origin | undefined;
  readonly others: readonly Origin[];
  readonly position: number;
}

/** An anchor (an op with a loop nest of its own), pointwise nodes on its result, and on what it folds; without an anchor, a map. */
export interface ComputeRegion extends Placed {
  readonly kind: "compute";
  readonly anchor?: Node;
  /** Where the anchor's inputs lie, when not all of them where `operands` says: packed copies. */
  readonly anchorReads?: readonly Operand[];
  /** In graph order; the last is the root, whose value is stored. A node that is cheap to compute again may be in two regions. */
  readonly nodes: readonly Node[];
  readonly out: View;
  /** Nodes inside that others ask for too, and where they go. */
  readonly more?: readonly { readonly node: Node; readonly out: View }[];
  /** Nodes that other regions compute too, instead of one that stores them: rounded as if stored. */
  readonly again?: ReadonlySet<Node>;
  /** Why the value that it stores is stored. */
  readonly apart?: Apart;
}

/** A value written out in row-major order, where strides alone cannot express what comes next, or a second home is needed. */
export interface CopyRegion extends Placed {
  readonly kind: "copy";
  readonly node: Node;
  readonly from: Operand;
  readonly out: View;
}

/** Every view that a region writes. */
export const outsOf = (region: Region): readonly View[] =>
  region.kind === "copy"
    ? [region.out]
    : region.kind === "compute"
      ? [region.out, ...(region.more ?? []).map(({ out }) => out)]
      : [];

/** The regions inside a region, which run again and again. */
export const bodyOf = (region: Region): readonly Region[] =>
  region.kind === "scan" || region.kind === "rows" ? region.body : [];

/** The steps of a scan: the regions of its body under one loop. */
export interface ScanRegion extends Placed {
  readonly kind: "scan";
  readonly node: Node;
  /** Name of the loop, as in the views of the body. */
  readonly loop: string;
  readonly length: number;
  readonly body: readonly Region[];
  readonly bodyGraph: Graph;
}

/** Regions that walk some rows together, then the next: all that they touch is alive at one position. */
export interface RowsRegion extends Placed {
  readonly kind: "rows";
  /** The leading axes that are walked outside; of the last of them `block` points at once. */
  readonly shape: readonly Extent[];
  readonly block: number;
  /** Buffers that hold what is asked for inside alone, for one block: their views walk the leading axes but the last with stride 0. */
  readonly inner: ReadonlySet<string>;
  readonly body: readonly ComputeRegion[];
}

/** How a Graph is computed: regions in order, a place for every value, one arena. `flatten` gives the Graph again. */
export interface Plan {
  readonly name: string;
  readonly rows: Rows;
  readonly graph: Graph;
  readonly buffers: readonly PlanBuffer[];
  readonly regions: readonly Region[];
  /** Where each value that is not inside a region lies, bodies included. */
  readonly operands: ReadonlyMap<Node, Operand>;
  /** Elements of the arena. */
  readonly arena: number;
}
