// What a visitor waits for: bare Node processes that load an engine, make their first prediction, and go on. In: a net and
// engines. Out: milliseconds from process start to the first result, microseconds of the 1st, the 100th and a late call, and
// memory, over several starts in turn; and the growth of the heap over a million calls. Guarantee: results were compared.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Engine } from "./engines/define.ts";
import { type Quartiles, quartiles } from "./measure.ts";
import type { DenseNet } from "./nets.ts";
import { onnxModel } from "./onnx.ts";
import { runScript } from "./process.ts";
import { predictReference, relativeError, tolerance } from "./reference.ts";
import { inputsOf, weightsOf } from "./workloads.ts";

interface Answer {
  readonly start: number;
  readonly first: number;
  readonly hundredth: number;
  readonly steady: number;
  readonly memory: number;
  readonly y: readonly number[];
}

export interface ColdLine {
  readonly net: string;
  readonly engine: string;
  readonly starts: number;
  /** Milliseconds from process start to the first result. */
  readonly start: Quartiles;
  /** Of `start`, this engine beside the baseline in the same round. */
  readonly ratio: Quartiles;
  /** Microseconds: the first call, the mean of calls 91 to 110, and the median after 300 ms. */
  readonly first: number;
  readonly hundredth: number;
  readonly steady: number;
  /** Peak resident memory in MB after 110 calls. */
  readonly memory: number;
}

const script = (x: Float32Array, cold: string): string => `const x = Float32Array.from(${JSON.stringify([...x])});
${cold}
const now = () => performance.now();
const before = now();
const given = call();
const waits = typeof given.then === "function";
const y = waits ? await given : given;
const start = now();
const run = waits ? async (n) => { for (let i = 0; i < n; i++) await call(); } : (n) => { for (let i = 0; i < n; i++) call(); };
const each = async (n) => { const from = now(); const done = run(n); if (waits) await done; return 1000 * (now() - from) / n; };
await each(89);
const hundredth = await each(20);
const memory = process.resourceUsage().maxRSS / 1024;
const late = [];
let n = 1;
for (const end = now() + 400; now() < end; ) {
  const one = await each(n);
  if (n * one < 2000) n = Math.ceil(2500 / one);
  else if (now() > end - 100) late.push(one);
}
late.sort((a, b) => a - b);
console.log(JSON.stringify({ start, first: 1000 * (start - before), hundredth, steady: late[late.length >> 1] ?? hundredth, memory, y: Array.from(y) }));
process.exit(0);
`;

/** Every engine once in every round. Throws when a result is wrong; says which engines did not start. */
export async function coldStarts(
  net: DenseNet,
  engines: readonly Engine[],
  starts: number,
  folder: string,
): Promise<{ lines: ColdLine[]; failed: { engine: string; why: string }[] }> {
  const weights = weightsOf(net);
  const [x] = inputsOf(net, 1);
  const wanted = predictReference(net, weights, x);
  const files = { folder, net, weights: join(folder, `${net.name}.f32`), onnx: join(folder, `${net.name}.onnx`) };
  writeFileSync(files.weights, Buffer.concat(weights.map((values) => new Uint8Array(values.buffer))));
  writeFileSync(files.onnx, onnxModel(net, weights, 1));
  // What no engine can be faster than: a process that knows the answer.
  const nothing = { name: "nothing (bare Node)", cold: () => `const call = () => ${JSON.stringify([...wanted])};` };
  const racers: readonly Pick<Engine, "name" | "cold">[] = [...engines, nothing];
  const answers = new Map<string, Answer[]>();
  const failed: { engine: string; why: string }[] = [];
  for (let round = 0; round < starts; round++) {
    // Each in every place of the order: who comes after a bare process starts a millisecond later than who comes after another.
    const turn = round % racers.length;
    for (const { name, cold } of [...racers.slice(turn), ...racers.slice(0, turn)]) {
      if (cold === undefined || failed.some(({ engine }) => engine === name)) continue;
      try {
        const answer = await runScript<Answer>(folder, `cold_${name}_${net.name}`, script(x, cold(files)));
        const error = relativeError(answer.y, wanted);
        if (!(error <= tolerance.predict)) throw new RangeError(`${name}: results differ from the reference by ${error}`);
        answers.set(name, [...(answers.get(name) ?? []), answer]);
      } catch (error) {
        if (error instanceof RangeError || name === engines[0].name) throw error;
        failed.push({ engine: name, why: (error as Error).message });
      }
    }
  }
  const base = answers.get(engines[0].name) as Answer[];
  const lines = racers.flatMap(({ name }): ColdLine[] => {
    const list = answers.get(name);
    if (list === undefined || list.length < starts) return [];
    const middle = (key: "first" | "hundredth" | "steady" | "memory"): number => quartiles(list.map((one) => one[key])).median;
    return [
      {
        net: net.name,
        engine: name,
        starts,
        start: quartiles(list.map(({ start }) => start)),
        ratio: quartiles(list.map(({ start }, i) => start / base[i].start)),
        first: middle("first"),
        hundredth: middle("hundredth"),
        steady: middle("steady"),
        memory: middle("memory"),
      },
    ];
  });
  return { lines, failed };
}

export interface HeapLine {
  readonly net: string;
  readonly calls: number;
  /** Bytes of heapUsed after gc(), later minus earlier. */
  readonly growth: number;
}

/** Growth of the heap over a million calls of an emitted module with `out`. */
export async function heapGrowth(net: DenseNet, file: string, folder: string): Promise<HeapLine> {
  const calls = 1_000_000;
  const url = pathToFileURL(file).href;
  const text = `import { predict } from ${JSON.stringify(url)};
const x = new Float32Array(${net.sizes[0]}).fill(0.5), out = new Float32Array(${net.sizes.at(-1)});
const run = (n) => { for (let i = 0; i < n; i++) predict(x, out); };
run(20000);
const used = () => { for (let i = 0; i < 4; i++) gc(); return process.memoryUsage().heapUsed; };
const before = used();
run(${calls});
console.log(JSON.stringify({ growth: used() - before }));
`;
  const { growth } = await runScript<{ growth: number }>(folder, `heap_${net.name}`, text, ["--expose-gc"]);
  return { net: net.name, calls, growth };
}
