// Numbers, names and lists as the binary format of WebAssembly has them. In: values. Out: bytes.

/** LEB128 of a non-negative integer below 2^32. */
export function u32(value: number): number[] {
  const out: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return out;
}

/** LEB128 of a signed 32-bit integer. */
export function s32(value: number): number[] {
  const out: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    out.push(last ? low : low | 0x80);
    if (last) return out;
  }
}

/** Little-endian, whatever this machine is. */
export function f32Bytes(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return new Uint8Array(view.buffer);
}

/** Every list of the format begins with its length. */
export const vector = (items: readonly (readonly number[])[]): number[] => [...u32(items.length), ...items.flat()];
/** A section of a module: its number, its length, what is in it. */
export const section = (id: number, content: readonly number[]): number[] => [id, ...u32(content.length)].concat(content);
/** A name. */
export const text = (name: string): number[] => {
  const codes = new TextEncoder().encode(name);
  return [...u32(codes.length), ...codes];
};
