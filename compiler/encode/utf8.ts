// Text as the bytes that TensorFlow hashes. Half a surrogate pair is no character: it counts as U+FFFD, as everywhere on the web.

const replacement = 0xfffd;
const bytesOf = (character: string): readonly number[] => {
  const point = character.codePointAt(0) as number;
  const code = point >= 0xd800 && point < 0xe000 ? replacement : point;
  const rest = (shift: number): number => 0x80 | ((code >> shift) & 63);
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), rest(0)];
  if (code < 0x10000) return [0xe0 | (code >> 12), rest(6), rest(0)];
  return [0xf0 | (code >> 18), rest(12), rest(6), rest(0)];
};

/** The bytes of a text in UTF-8. */
export const utf8 = (text: string): Uint8Array => Uint8Array.from(Array.from(text).flatMap(bytesOf));
