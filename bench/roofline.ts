// The fastest multiply-adds this machine gives one thread, by three means: what an engine's GFLOP/s stand beside.
// In: nothing. Out: runners that do a known number of operations a call. Guarantee: every result is used, so nothing is
// optimised away; relaxed madd is absent where the engine does not validate it.
import { FunctionBody, type PlainOp } from "../compiler/emit/wasm/assembler.ts";
import { assembleModule } from "../compiler/emit/wasm/sections.ts";

export interface Roofline {
  readonly name: string;
  readonly says: string;
  /** A multiply-add counts two. */
  readonly flopsPerCall: number;
  run(calls: number): void;
}

const depth = 256;

/**
 * Scalar JavaScript: a register tile of doubles, r rows by c columns, over packed Float32Arrays of 6 KB in the first-level
 * cache; r + c loads for r · c multiply-adds.
 */
function scalar(r: number, c: number, unroll: number): Roofline {
  const each = (count: number, text: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => text(i));
  const pairs = each(r * c, (i) => `s${i}`);
  const step = (u: number): string[] => [
    ...each(r, (i) => `const a${u}_${i} = a[i + ${u * r + i}];`),
    ...each(c, (j) => `const b${u}_${j} = b[j + ${u * c + j}];`),
    ...each(r * c, (i) => `s${i} += a${u}_${Math.floor(i / c)} * b${u}_${i % c};`),
  ];
  const source = `let ${pairs.map((s) => `${s} = 0`).join(", ")};
    for (let i = 0, j = 0; i < ${depth * r}; i += ${unroll * r}, j += ${unroll * c}) {
      ${each(unroll, (u) => step(u).join("\n")).join("\n")}
    }
    ${pairs.map((s, i) => `out[${i}] = ${s};`).join(" ")}`;
  const tile = new Function("a", "b", "out", source) as (a: Float32Array, b: Float32Array, out: Float32Array) => void;
  const a = Float32Array.from({ length: depth * r }, (_, i) => (i % 7) - 3);
  const b = Float32Array.from({ length: depth * c }, (_, i) => (i % 5) - 2);
  const out = new Float32Array(r * c);
  return {
    name: "scalar JS",
    says: `doubles over Float32Array, ${r} x ${c} accumulators`,
    flopsPerCall: 2 * depth * r * c,
    run(calls) {
      for (let i = 0; i < calls; i++) tile(a, b, out);
    },
  };
}

/** Every accumulator s ← s · 0.5 + 1, twelve independent chains: enough to hide the latency, few enough for 16 registers. */
function lanes(name: string, says: string, madd: readonly PlainOp[]): Roofline | undefined {
  const [chains, steps, rounds] = [12, 8, 64];
  const body = new FunctionBody();
  const [half, one] = [body.local("v128"), body.local("v128")];
  const sums = Array.from({ length: chains }, () => body.local("v128"));
  const left = body.local("i32");
  body.f32_const(0.5).op("f32x4.splat").local_set(half).f32_const(1).op("f32x4.splat").local_set(one);
  body.i32_const(rounds).local_set(left).loop();
  for (let step = 0; step < steps; step++) {
    for (const sum of sums) {
      body.local_get(sum).local_get(half);
      if (madd.length === 2) body.op(madd[0]).local_get(one).op(madd[1]);
      else body.local_get(one).op(madd[0]);
      body.local_set(sum);
    }
  }
  body.local_get(left).i32_const(1).op("i32.sub").local_tee(left).br_if(0).op("end");
  sums.forEach(
    (sum, i) =>
      void body
        .i32_const(0)
        .local_get(sum)
        .v128_store(16 * i),
  );
  const bytes = assembleModule({ pages: 1, functions: [body], memories: ["m"], exports: [["f", 0]] });
  if (!WebAssembly.validate(bytes as BufferSource)) return undefined;
  const f = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource)).exports.f as () => void;
  return {
    name,
    says,
    flopsPerCall: 2 * 4 * chains * steps * rounds,
    run(calls) {
      for (let i = 0; i < calls; i++) f();
    },
  };
}

/** Operations per nanosecond in the best of a few quick looks: the quietest is the truest. */
function glance(roofline: Roofline): number {
  let best = 0;
  for (let look = 0; look < 12; look++) {
    const start = performance.now();
    roofline.run(1500);
    best = Math.max(best, (1500 * roofline.flopsPerCall) / (performance.now() - start) / 1e6);
  }
  return best;
}

/** The three, the scalar one with the tile that does best here. */
export function rooflines(): Roofline[] {
  const tiles = [scalar(2, 4, 2), scalar(3, 3, 1), scalar(2, 5, 1), scalar(3, 4, 1), scalar(4, 4, 1)];
  const speeds = tiles.map(glance);
  const best = tiles[speeds.indexOf(Math.max(...speeds))];
  const plain = lanes("f32x4 mul+add", "twelve accumulators in registers", ["f32x4.mul", "f32x4.add"]);
  const relaxed = lanes("f32x4 relaxed madd", "twelve accumulators in registers", ["f32x4.relaxed_madd"]);
  return [best, plain, relaxed].filter((roofline) => roofline !== undefined);
}
