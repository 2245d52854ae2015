// `npm run bench:start`: what a start is made of. In: nets in the three forms of a module: all inside, weights beside it, kernels beside it
// too. Out: bench/start.json, from which docs/speed.md has its table: milliseconds until Node runs the first line, until the module is
// loaded, and of the first call; and what an engine does with the kernels alone. Guarantee: bare processes, the forms in turn, medians; what
// is loaded is what `compile` gives, and the forms give equal numbers.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as api from "../src/index.ts";
import { quartiles } from "./measure.ts";
import { netNamed } from "./nets.ts";
import { runScript } from "./process.ts";

const starts = 31;
const nets = ["4-10-3", "lenet-5", "lstm-64 100x16", "mnist-cnn"];

/** A form of a module: what is asked for, and how a program comes from its files to `predict`. */
interface Form {
  readonly name: string;
  readonly options: api.OptionsInput;
  readonly load: string;
  /** Whether it is a file of kernels that is loaded: a small net has none. */
  readonly takesKernels?: boolean;
}
const forms: readonly Form[] = [
  { name: "all inside", options: {}, load: "const { predict } = await import(url);" },
  {
    name: "weights beside",
    options: { weights: "external" },
    load: 'const { predict } = (await import(url)).create(readFileSync(base + ".bin"));',
  },
  {
    name: "kernels beside too",
    options: { weights: "external", wasm: "import" },
    load: 'const { predict } = (await import(url)).create(readFileSync(base + ".bin"), new WebAssembly.Module(readFileSync(base + ".wasm")));',
    takesKernels: true,
  },
];

/** Milliseconds of a start; `y` tells whether forms agree. */
interface Start {
  readonly node: number;
  readonly load: number;
  readonly first: number;
  readonly y: string;
}

const startOf = (base: string, load: string, size: number): string => `import { readFileSync } from "node:fs";
const node = performance.now();
const base = ${JSON.stringify(base)}, url = ${JSON.stringify(pathToFileURL(`${base}.mjs`).href)};
${load}
const loaded = performance.now();
const y = predict(new Float32Array(${size}).fill(0.5));
const done = performance.now();
console.log(JSON.stringify({ node, load: loaded - node, first: done - loaded, y: y.join() }));`;

/** Milliseconds of what is done with the kernels: whether the engine takes a module of one relaxed instruction, whether it takes all, making them. */
interface Kernels {
  readonly probe: number;
  readonly validate: number;
  readonly make: number;
}

/** f(a, b, c) = a · b + c, relaxed. */
const probe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11]; // biome-ignore format: bytes

const kernelsOf = (file: string): string => `import { readFileSync } from "node:fs";
const bytes = readFileSync(${JSON.stringify(file)});
const took = (work) => { const from = performance.now(); work(); return performance.now() - from; };
const probe = took(() => WebAssembly.validate(new Uint8Array(${JSON.stringify(probe)})));
const validate = took(() => WebAssembly.validate(bytes));
const make = took(() => new WebAssembly.Instance(new WebAssembly.Module(bytes)));
console.log(JSON.stringify({ probe, validate, make }));`;

/** A net in a form: bytes, and milliseconds. */
export interface StartLine {
  readonly net: string;
  readonly form: string;
  /** Of all files. */
  readonly bytes: number;
  readonly node: number;
  readonly load: number;
  readonly first: number;
}
interface KernelsLine extends Kernels {
  readonly net: string;
  readonly bytes: number;
}

const folder = mkdtempSync(join(tmpdir(), "layerc-start-"));
const lines: StartLine[] = [];
const kernels: KernelsLine[] = [];
const median = (values: readonly number[]): number => quartiles(values).median;
try {
  for (const name of nets) {
    const net = netNamed(name);
    const model = api.sequential(net.layers(api), { name });
    const made = forms.map(({ name: form, options, load, takesKernels = false }) => {
      const { code, weights, wasm, wasmRelaxed, manifest } = api.compile(model, options);
      const base = join(folder, `${name}-${form}`.replaceAll(/[^\w-]/g, "_"));
      const kernel = wasmRelaxed ?? wasm;
      writeFileSync(`${base}.mjs`, code);
      if (weights !== undefined) writeFileSync(`${base}.bin`, weights);
      if (kernel !== undefined) writeFileSync(`${base}.wasm`, kernel);
      const size = manifest.inputs[0].shape.reduce((a, b) => a * b, 1);
      const bytes = code.length + (weights?.length ?? 0) + (kernel?.length ?? 0);
      return { form, base, kernel, takesKernels, bytes, script: startOf(base, load, size), seen: [] as Start[] };
    });
    const usable = made.filter(({ takesKernels, kernel }) => !takesKernels || kernel !== undefined);
    for (let start = 0; start < starts; start++)
      for (const { script, seen } of usable) seen.push(await runScript<Start>(folder, "start", script));
    const answers = new Set(usable.flatMap(({ seen }) => seen.map(({ y }) => y)));
    if (answers.size !== 1) throw new Error(`${name}: its forms differ`);
    for (const { form, bytes, seen } of usable)
      lines.push({
        net: name,
        form,
        bytes,
        node: median(seen.map(({ node }) => node)),
        load: median(seen.map(({ load }) => load)),
        first: median(seen.map(({ first }) => first)),
      });
    for (const { base, kernel } of usable.filter((one) => one.kernel !== undefined)) {
      const seen: Kernels[] = [];
      for (let start = 0; start < starts; start++)
        seen.push(await runScript<Kernels>(folder, "kernels", kernelsOf(`${base}.wasm`)));
      const of = (what: keyof Kernels): number => median(seen.map((one) => one[what]));
      kernels.push({ net: name, bytes: kernel?.length ?? 0, probe: of("probe"), validate: of("validate"), make: of("make") });
    }
    console.error(name);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.table(lines);
console.table(kernels);
writeFileSync(
  new URL("start.json", import.meta.url),
  `${JSON.stringify({ node: process.versions.node, lines, kernels }, undefined, 2)}\n`,
);
