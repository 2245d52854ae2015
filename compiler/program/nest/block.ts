// Blocks: an axis laid out as [size/8][…][8], so that a kernel for eight outputs walks its operand in one line through memory.

/** Points of an axis in one block. */
export const blockSize = 8;

/** The two dims that stand for a dim where it walks a blocked axis. */
export const outerOf = (dim: string): string => `${dim}/`;
export const innerOf = (dim: string): string => `${dim}%`;
