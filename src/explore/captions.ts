// Addresses as a person reads them. In: a line of nests, the shapes of buffers. Out: the same addresses by their axes. Guarantee: a caption is
// computed from the address and the buffer's shape, so that it says where the address is, whatever made it.
//
//   store h[60*i0 + 12*i1 + i2] = …      h[i0, i1, i2], h being [n, 5, 12]
import type { Plan } from "../../compiler/plan/plan.ts";
import type { Extent } from "../../compiler/program/program.ts";

/** The shape of every buffer, by the name that stages after the plan have for it. */
export type Shapes = ReadonlyMap<string, readonly Extent[]>;

/** The shapes that a Plan knows. */
export const shapesIn = (plan: Plan | undefined): Shapes => new Map(plan?.buffers.map(({ name, shape }) => [name, shape]));

/** A kernel of more lines than `most` is shown up to line `shown`. */
export const long = { shown: 16, most: 24 } as const;

/** `name[address]`, the name bare or quoted. */
const access = /("(?:[^"\\]|\\.)*"|[\w.]+)\[([^\][]+)\]/g;

/** The addresses of a line by axes, each once. */
export function captionsOf(line: string, shapes: Shapes): readonly string[] {
  if (!/^ +(?:fold|store|add|where)\b/.test(line)) return [];
  const captions = [...line.matchAll(access)].flatMap(([, name, address]) => {
    const buffer = name.startsWith('"') ? (JSON.parse(name) as string) : name;
    const caption = captionOf(address, shapes.get(buffer) ?? []);
    return caption === undefined ? [] : [`${buffer}[${caption}]`];
  });
  return [...new Set(captions)];
}

/** `60*i0 + i1 + 9` in [n, 5, 12] as `i0, 0, i1 + 9`. Undefined where there is one axis, or the address is no sum of such terms. */
export function captionOf(address: string, shape: readonly Extent[]): string | undefined {
  if (shape.length < 2) return undefined;
  const terms = address.split(" + ").map((term) => /^(?:(\d+)\*)?([A-Za-z_]\w*|"[^"]*")$|^(\d+)$/.exec(term));
  if (terms.some((term) => term === null)) return undefined;
  const inner = shape.slice(1).map((_, i) => shape.slice(i + 1).reduce((size: number, extent) => size * (typeof extent === "number" ? extent : Number.NaN), 1)); // biome-ignore format: one line
  const strides = [...inner, 1];
  if (strides.some((stride) => !(stride > 0))) return undefined;
  const axes = shape.map((): string[] => []);
  const places = shape.map(() => 0);
  for (const [, factor = "1", variable, constant] of terms as RegExpExecArray[]) {
    let rest = Number(constant ?? factor);
    strides.forEach((stride, axis) => {
      const count = Math.floor(rest / stride);
      rest -= count * stride;
      if (constant !== undefined) places[axis] += count;
      else if (count > 0) axes[axis].push(count === 1 ? variable : `${count}*${variable}`);
    });
  }
  return axes
    .map((own, axis) => (places[axis] > 0 || own.length === 0 ? [...own, `${places[axis]}`] : own).join(" + "))
    .join(", ");
}
