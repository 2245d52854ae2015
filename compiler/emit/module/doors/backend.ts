// `backend`: which kernels compute. The start of WebAssembly declares it (embed.ts).
import { js, none } from "../../code.ts";
import type { Door } from "./door.ts";

/** Which kernels compute. */
export const backend: Door = {
  name: "backend",
  when: ({ simd }) => simd !== undefined,
  text: () => none,
  says: () => js`/** What computes: WebAssembly with relaxed SIMD, WebAssembly with SIMD, or JavaScript where neither is allowed. */
readonly backend: "relaxed" | "simd" | "js";`,
};
