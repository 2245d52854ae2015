// The machines that kernels are scheduled for, as numbers: a strategy asks for a column of this table, never for a name.
// Seen on V8: scalars want 2 rows x 4 outputs where rows can be paired and 8 outputs where not; with f32x4, 5 or 6 rows x 8
// outputs fill the 15 registers there are (6 need one more where the product of a multiply-add wants its own), and one row wants
// 32 outputs, since 8 sums hide the latency.

/** A machine. */
export interface Target {
  readonly name: "js" | "simd" | "relaxed";
  /** Values computed at once. */
  readonly lanes: 1 | 4;
  /** Register tile of several rows: how many rows, and columns beside them. */
  readonly tile: {
    readonly rows: number;
    readonly columns: number;
    /** As many rows in two dims: lines x pixels. Absent where rows serve as well. */
    readonly patch?: readonly [lines: number, pixels: number];
  };
  /** Columns of one row. */
  readonly columns: number;
  /** Numbers or vectors that are at hand at once. */
  readonly registers: number;
  /** Tile of sums of one channel each. */
  readonly channels: { readonly pixels: number; readonly channels: number };
  /** Floats of the two nearest caches that a loop may count on. */
  readonly caches: readonly [near: number, far: number];
  /** Points of a light map a turn, so that the loop does not cost more than they. */
  readonly points: number;
}

/** 32 KB and 256 KB: what the machines of today have at least. */
const caches = [8192, 65536] as const;

/** Every target by name. js: scalars, doubles or floats; simd: f32 in vectors of four; relaxed: the same where a multiply-add is
 * one instruction. */
export const targets: Readonly<Record<Target["name"], Target>> = {
  js: {
    name: "js",
    lanes: 1,
    tile: { rows: 2, columns: 4 },
    columns: 8,
    registers: 15,
    channels: { pixels: 4, channels: 1 },
    caches,
    points: 4,
  },
  simd: {
    name: "simd",
    lanes: 4,
    tile: { rows: 5, columns: 8 },
    columns: 32,
    registers: 15,
    channels: { pixels: 4, channels: 8 },
    caches,
    points: 8,
  },
  relaxed: {
    name: "relaxed",
    lanes: 4,
    tile: { rows: 6, columns: 8, patch: [2, 3] },
    columns: 32,
    registers: 15,
    channels: { pixels: 4, channels: 8 },
    caches,
    points: 8,
  },
};
