// Shipping: a trained model becomes files, and the emitted module is imported by a bare Node process that knows nothing of
// layerc and may not generate code.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type Artifact, compile, type Model, save } from "layerc";

export interface Shipped {
  readonly artifact: Artifact;
  /** Path of the module. */
  readonly file: string;
  readonly bytes: number;
  readonly gzip: number;
}

/** Writes `<name>.safetensors`, `<name>.js` and `<name>.d.ts` into `folder`. */
export function ship(model: Model, folder: string): Shipped {
  mkdirSync(folder, { recursive: true });
  const artifact = compile(model);
  const file = join(folder, `${model.name}.js`);
  writeFileSync(join(folder, `${model.name}.safetensors`), save(model));
  writeFileSync(file, artifact.code);
  writeFileSync(join(folder, `${model.name}.d.ts`), artifact.declarations);
  return { artifact, file, bytes: Buffer.byteLength(artifact.code), gzip: gzipSync(artifact.code).length };
}

/** `examples/cars/out/cars.js: 19453 bytes, 6868 gzip; 0.211 µs per prediction in a bare Node process`. */
export const showShipped = ({ file, bytes, gzip }: Shipped, microseconds: number): string =>
  `${relative(process.cwd(), file)}: ${bytes} bytes, ${gzip} gzip; ${microseconds.toFixed(3)} µs per prediction in a bare Node process`;

/** What a bare process answers: predictions for `x`, microseconds for one prediction, the mean of `times`. */
export function askBareProcess(file: string, x: Float32Array, times = 1_000_000): { y: number[]; microseconds: number } {
  const script = `
    const model = await import(${JSON.stringify(pathToFileURL(file).href)});
    const { readFileSync } = await import("node:fs");
    const x = new Float32Array(Uint8Array.from(readFileSync(0)).buffer);
    model.selfTest();
    const y = [...model.predict(x)];
    const one = x.subarray(0, model.inputShape.reduce((a, b) => a * b, 1));
    const out = model.predict(one);
    for (let i = 0; i < ${times / 5}; i++) model.predict(one, out);
    const start = process.hrtime.bigint();
    for (let i = 0; i < ${times}; i++) model.predict(one, out);
    const microseconds = Number(process.hrtime.bigint() - start) / 1000 / ${times};
    console.log(JSON.stringify({ y, microseconds }));`;
  const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script];
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8", input: new Uint8Array(x.buffer, x.byteOffset, x.byteLength) }),
  ) as { y: number[]; microseconds: number };
}
