// Live exports by themselves, without a browser: versions of a module are evaluated one after another, as a bundler with hot updates does.
// Law: whoever imported the first has what the last exports; where the names differ, the first stays and the bundler is told.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { type HotApi, withHot } from "../../src/plugin/hot.ts";
import { dense, sequential } from "../../src/sequential.ts";

interface Module {
  readonly [name: string]: unknown;
  predict(x: readonly number[]): Float32Array;
}
/** As bundlers have it: what one version leaves, the next finds. */
class Hot {
  data: object | undefined;
  accepted = 0;
  invalidated = 0;
  dispose(leave: (data: object) => void): void {
    const data = {};
    leave(data);
    this.data = data;
  }
  accept(): void {
    this.accepted++;
  }
  invalidate(): void {
    this.invalidated++;
  }
}

let count = 0;
async function evaluate(code: string, api: HotApi, hot: Hot | undefined): Promise<Module> {
  const place = `__hot${count++}`;
  (globalThis as Record<string, unknown>)[place] = hot;
  const text = withHot(code, api).replaceAll(api, `globalThis.${place}`);
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}
const version = (bias: number, more: object = {}, options = {}): string =>
  compile(
    sequential([dense({ name: "out", units: 1, inputShape: [2] })], {
      ...more,
      weights: { "out/kernel": Float32Array.of(1, 1), "out/bias": Float32Array.of(bias) },
    }),
    options,
  ).code;

describe.each(["import.meta.hot", "import.meta.webpackHot"] as const)("%s", (api) => {
  it("the first import has what the last version exports", async () => {
    const hot = new Hot();
    const first = await evaluate(version(1), api, hot);
    const second = await evaluate(version(2), api, hot);
    expect([first, second].map(({ predict }) => predict([2, 3])[0])).toEqual([7, 7]);
    const third = await evaluate(version(3), api, hot);
    expect([first, second, third].map(({ predict }) => predict([2, 3])[0])).toEqual([8, 8, 8]);
    expect([hot.accepted, hot.invalidated]).toEqual([3, 0]);
    expect(first.selfTest).toBe(third.selfTest);
  });

  it("a version with other names does not reach older imports, and the bundler is told", async () => {
    const hot = new Hot();
    const first = await evaluate(version(1), api, hot);
    await evaluate(version(2, { about: { classes: { y: ["sum"] } } }), api, hot);
    expect(first.predict([2, 3])[0]).toBe(6);
    expect([hot.accepted, hot.invalidated]).toEqual([2, 1]);
  });

  it("without hot updates the module is as it was", async () => {
    const module = await evaluate(version(1), api, undefined);
    const plain = (await import(`data:text/javascript;base64,${Buffer.from(version(1)).toString("base64")}`)) as Module;
    expect(Object.keys(module).sort()).toEqual(Object.keys(plain).sort());
    expect(module.predict([2, 3])).toEqual(plain.predict([2, 3]));
  });
});

it("every kind of module has live exports", () => {
  const training = { training: { loss: "mse", optimizer: "adam" } };
  for (const options of [{}, { train: true }, { target: "simd" }, { selfTest: false }]) {
    const code = version(1, training, options);
    expect(withHot(code, "import.meta.hot"), JSON.stringify(options)).not.toBe(code);
  }
});
