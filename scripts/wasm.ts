// The table of docs/wasm.md: what a `.wasm` file exports, off a file that is compiled for it.
import { compile } from "../compiler/compile.ts";
import { dense, sequential } from "../src/sequential.ts";
import { table } from "./markdown.ts";

/** Names, kinds and values of the exports of a small model. */
export function exportTable(): string {
  const model = sequential([dense({ units: 8, activation: "tanh", inputShape: [4] }), dense({ units: 1 })], { seed: 1 });
  const { binary = new Uint8Array() } = compile(model, { format: "wasm" });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>));
  const kindOf = (value: unknown): string => {
    if (value instanceof WebAssembly.Memory) return `${value.buffer.byteLength / 65536} page of 64 KiB`;
    return value instanceof WebAssembly.Global ? `i32, here ${value.value}` : "function of an i32";
  };
  return table(
    ["export", "is"],
    Object.entries(exports).map(([name, value]) => [`\`${name}\``, kindOf(value)]),
  );
}
