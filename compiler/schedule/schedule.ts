// The Schedule: how a nest is run, as data. In: nothing (types only).

/** Data, chosen per target and printed with the kernel; never in an op's file. */
export interface Schedule {
  /** Map dims, outermost first. */
  readonly order: readonly string[];
  /** Register tile: `count` consecutive points of a map dim are computed together; the tail is peeled. */
  readonly tile: readonly (readonly [dim: string, count: number])[];
  /** A map dim whose points are computed four at a time. */
  readonly lane?: string;
  /** Two or three points left over of the lane dim are computed as one vector too. */
  readonly padded?: boolean;
  /** Partial sums: `partial` independent accumulators over the innermost reduce dim, folded by halves at the end. */
  readonly partial?: number;
  /** The partial sums are lanes. */
  readonly wide?: boolean;
  /** The outermost reduce dim is walked in strips of `size`; sums stay in the result's buffer in between. */
  readonly strip?: { readonly dim: string; readonly size: number };
}
