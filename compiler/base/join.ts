// Arrays one behind the other. In: pieces. Out: one array.

/** The numbers of all pieces, in an array of `Kind`. */
export function joined<T extends Float32Array | Uint8Array>(
  Kind: new (length: number) => T,
  pieces: readonly ArrayLike<number>[],
): T {
  const whole = new Kind(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
