// The discrete Fourier transform along an axis, as products with known cosines and sines. In: numbers whose last axis is a real part, and
// perhaps an imaginary one. Out: both parts.
// https://onnx.ai/onnx/operators/onnx__DFT.html
import { alongMatrix } from "../../functions.ts";
import { axisOf, type Operator, operator, type Site } from "../define.ts";
import { nodeAxis, type Value } from "../values.ts";
import { cut, joined } from "./moves.ts";

/** Points of a transform: its matrix has as many squared. */
const longest = 4096;

const dft = (site: Site): Value => {
  const given = site.input(0);
  const last = given.shape.length - 1;
  const isInput = site.version >= 20;
  const axis = axisOf(site, isInput ? (site.numbers(2, "an axis")?.[0] ?? -2) : site.int("axis", 1), last + 1);
  const parts = given.shape[last];
  if (axis === last || parts < 1 || parts > 2) site.refuse(`along the axis ${axis} of [${given.shape.join(", ")}]`);
  const length = given.shape[axis];
  const wanted = site.numbers(1, "a length")?.[0] ?? length;
  if (wanted !== length) site.refuse(`of ${wanted} points of ${length}`);
  if (length > longest) site.refuse(`of ${length} points`);
  const [isInverse, isOneSided] = [site.int("inverse", 0) !== 0, site.int("onesided", 0) !== 0];
  if (isOneSided && (isInverse || parts === 2)) site.refuse("of one side of complex numbers");
  const x = site.apart(given, [axis, last]);
  const count = isOneSided ? Math.floor(length / 2) + 1 : length;
  const matrix = (of: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: length * count }, (_, i) => {
      // The remainder first, so that the angle of a large product keeps its digits.
      const turn = (Math.floor(i / count) * (i % count)) % length;
      return of((2 * Math.PI * turn) / length) / (isInverse ? length : 1);
    });
  const along = (part: Value, of: (angle: number) => number): Value => {
    const node = alongMatrix(site.g, site.node(part), nodeAxis(part.at, axis), site.constant([length, count], matrix(of)));
    return site.made(node, part.at, x.dtype);
  };
  const sign = isInverse ? 1 : -1;
  const [real, imaginary] = Array.from({ length: parts }, (_, i) => cut(site, x, last, i, 1));
  const turned = (angle: number): number => sign * Math.sin(angle);
  const sums = [along(real, Math.cos), along(real, turned)];
  if (imaginary === undefined) return joined(site, sums, last);
  const others = [along(imaginary, (angle) => -turned(angle)), along(imaginary, Math.cos)];
  return joined(
    site,
    sums.map((sum, i) => site.elementwise([sum, others[i]], (g, a, b) => g.add(a, b))),
    last,
  );
};

/** Rows of the group. */
export const fourier: readonly Operator[] = [operator("DFT", 17, dft)];
