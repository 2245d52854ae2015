// Blocks: an axis laid out as [size/8][…][8], so that a kernel for eight outputs walks its operand in one line through memory.
//
//   element i of the axis stands at ⌊i / 8⌋ · outer + (i mod 8)       in dims: i = 8 · `i/` + `i%`

/** Points of an axis in one block. */
export const blockSize = 8;

/** The two dims that stand for a dim where it walks a blocked axis. */
export const outerOf = (dim: string): string => `${dim}/`;
/** The dim within a block, stride 1; `outerOf` is the dim over blocks. */
export const innerOf = (dim: string): string => `${dim}%`;
