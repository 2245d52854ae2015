import * as z from "zod";
import { layer } from "./define.ts";

/** x · scale + offset. */
export const rescaling = layer({
  name: "rescaling",
  keras: "Rescaling",
  says: "x · scale + offset.",
  config: z.strictObject({ scale: z.number(), offset: z.number().default(0) }),
  weights: () => [],
  lower: (g, { x, config: { scale, offset } }) => ({ y: g.add(g.mul(x, g.like(x, scale)), g.like(x, offset)) }),
});
