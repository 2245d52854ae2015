// The kernels of a Fourier transform over short stretches of a sound, as a weight [length, 1, frequencies].
import * as z from "zod";
import { cosOf, sinOf } from "../../base/angles.ts";
import { windowNames, windowOf } from "../../base/windows.ts";
import { CompileError } from "../../diagnostics/error.ts";
import { showShape } from "../../graph/graph.ts";
import type { Initializer } from "../define.ts";

/** A window: its name, or one number per point; null for none. */
export const windowSchema = z.union([z.enum(windowNames), z.array(z.number()).min(1)]).nullable();
const schema = z.strictObject({
  side: z.enum(["real", "imag"]).default("real"),
  window: windowSchema.default("hann"),
  scaling: z.enum(["density", "spectrum"]).nullable().default("density"),
  periodic: z.boolean().default(false),
});

/** The cosines, or the negative sines, of each frequency under a window. https://keras.io/api/layers/initializers/ */
export const stft: Initializer<z.output<typeof schema>> = {
  name: "stft",
  aliases: ["stft_initializer"],
  says: "Cosines (`real`) or negative sines (`imag`) of each frequency along a window: [length, 1, frequencies].",
  config: schema,
  fill: (shape, _random, { side, window, scaling, periodic }) => {
    const [length, channels, frequencies] = shape;
    if (shape.length !== 3 || channels !== 1) throw bad(`[steps, 1, frequencies], the weight is ${showShape(shape)}`);
    if (Array.isArray(window) && window.length !== length) throw bad(`a window of ${length} numbers, found ${window.length}`);
    const points =
      typeof window === "string" ? windowOf(window, length, periodic) : (window ?? new Array<number>(length).fill(1));
    const sum = (of: (point: number) => number): number => points.reduce((all, point) => all + of(point), 0);
    const scales = { density: () => Math.sqrt(sum((point) => point * point)), spectrum: () => sum(Math.abs) };
    const scale = scaling === null || window === null ? 1 : scales[scaling]();
    const turn = Math.max(2 * (frequencies - 1), 1);
    const wave = (t: number, k: number): number => (side === "real" ? cosOf(t * k, turn) : -sinOf(t * k, turn));
    return Float32Array.from({ length: length * frequencies }, (_, i) => {
      const t = Math.floor(i / frequencies);
      return (points[t] * wave(t, i % frequencies)) / scale;
    });
  },
};

const bad = (needed: string): CompileError =>
  new CompileError({
    code: "shape/rank",
    path: "",
    message: `the initializer stft needs ${needed}`,
    hint: "use it for the kernel of a conv1d",
  });
