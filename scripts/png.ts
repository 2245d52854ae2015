// A PNG with a palette. In: a PNG of 8 bits a channel, as a browser takes it. Out: the same picture in 256 colours at most, a third of the size. Guarantee: exact
// where there are no more colours than that; else what is rare takes the nearest of what is frequent, which in text is the edge of a letter.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function* chunksOf(png: Buffer): Generator<{ readonly name: string; readonly body: Buffer }> {
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { name: png.toString("latin1", at + 4, at + 8), body: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const head = Buffer.alloc(4);
  const end = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  end.writeUInt32BE(crc32(named));
  return Buffer.concat([head, named, end]);
}

/** Paeth's predictor: whichever of left, above and both is nearest to left + above − both. */
function paeth(left: number, above: number, both: number): number {
  const guess = left + above - both;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - both)];
  return a <= b && a <= c ? left : b <= c ? above : both;
}

/** Pixels as the file means them: the filter of each line undone. */
function pixelsOf(raw: Buffer, width: number, height: number, size: number): Buffer {
  const stride = width * size;
  const out = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= size ? out[at - size] : 0;
      const above = y > 0 ? out[at - stride] : 0;
      const both = x >= size && y > 0 ? out[at - stride - size] : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, both)][filter];
      out[at] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return out;
}

/** The picture with a palette. Throws for a PNG that no browser takes. */
export function withPalette(png: Buffer): Buffer {
  const chunks = [...chunksOf(png)];
  const head = chunks[0].body;
  const [width, height, size] = [head.readUInt32BE(0), head.readUInt32BE(4), { 2: 3, 6: 4 }[head[9]]];
  if (head[8] !== 8 || size === undefined || head[12] !== 0)
    throw new Error("not a PNG of 8 bits a channel, in lines from top to bottom");
  const packed = Buffer.concat(chunks.filter(({ name }) => name === "IDAT").map(({ body }) => body));
  const pixels = pixelsOf(inflateSync(packed), width, height, size);
  const colorAt = (i: number): number => (pixels[i * size] << 16) | (pixels[i * size + 1] << 8) | pixels[i * size + 2];
  const seen = new Map<number, number>();
  for (let i = 0; i < width * height; i++) seen.set(colorAt(i), (seen.get(colorAt(i)) ?? 0) + 1);
  const palette = [...seen].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([color]) => color); // biome-ignore format: one line
  const channels = (color: number) => [color >> 16, (color >> 8) & 255, color & 255];
  const distance = (a: number, b: number): number => {
    const [one, other] = [channels(a), channels(b)];
    return one.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0);
  };
  const places = new Map(palette.map((color, i) => [color, i]));
  for (const color of seen.keys()) {
    if (places.has(color)) continue;
    const nearest = palette.reduce((best, other, i) => (distance(color, other) < distance(color, palette[best]) ? i : best), 0);
    places.set(color, nearest);
  }
  const lines = Buffer.alloc(height * (width + 1));
  for (let i = 0; i < width * height; i++)
    lines[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = places.get(colorAt(i)) ?? 0;
  const header = Buffer.from(head);
  header[9] = 3;
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(channels))),
    chunk("IDAT", deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
