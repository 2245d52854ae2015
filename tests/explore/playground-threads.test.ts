// The compiler's thread as the page drives it: only the newest list is answered, an export is not lost, and what takes too long is ended with its thread.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CompileAnswer, CompileRequest } from "../../src/explore/playground/messages.ts";
import { Compiler } from "../../src/explore/playground/page/threads.ts";

/** A thread that does what the test says. */
class Thread {
  static all: Thread[] = [];
  readonly asked: CompileRequest[] = [];
  isEnded = false;
  onmessage: ((event: { readonly data: object }) => void) | undefined;
  onerror: ((event: { readonly message: string }) => void) | undefined;
  constructor() {
    Thread.all.push(this);
  }
  postMessage(request: CompileRequest): void {
    this.asked.push(request);
  }
  terminate(): void {
    this.isEnded = true;
  }
  /** The last request is refused. */
  refuse(): void {
    this.answer({ kind: "problems", problems: [{ message: "refused" }] });
  }
  /** To the last request. */
  answer(said: object): void {
    this.onmessage?.({ data: { id: this.asked[this.asked.length - 1].id, ...said } });
  }
}

let heard: CompileAnswer[] = [];
let compiler: Compiler;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", Thread);
  vi.stubGlobal("document", { baseURI: "http://localhost/" });
  [Thread.all, heard] = [[], []];
  compiler = new Compiler((answer) => heard.push(answer));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("what is not done after 20 seconds is ended, with a line that says so; the next one has a new thread", () => {
  compiler.compile({ text: "slow" }, 32);
  vi.advanceTimersByTime(19_999);
  expect([heard, Thread.all.map(({ isEnded }) => isEnded)]).toEqual([[], [false]]);
  vi.advanceTimersByTime(1);
  expect(heard).toMatchObject([
    { kind: "problems", problems: [{ message: expect.stringMatching(/not done after 20 seconds/) }] },
  ]);
  compiler.compile({ text: "quick" }, 32);
  expect(Thread.all.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  Thread.all[1].refuse();
  vi.advanceTimersByTime(60_000);
  expect(heard).toHaveLength(2);
});

it("of lists that wait only the newest is compiled, and an old answer is not heard", () => {
  for (const text of ["a", "b", "c"]) compiler.compile({ text }, 32);
  expect(Thread.all[0].asked).toMatchObject([{ source: { text: "a" } }]);
  Thread.all[0].refuse();
  expect(heard).toEqual([]);
  expect(Thread.all[0].asked).toMatchObject([{ source: { text: "a" } }, { source: { text: "c" } }]);
  Thread.all[0].refuse();
  expect(heard).toHaveLength(1);
});

it("a slow one makes room for a newer list at once", () => {
  compiler.compile({ text: "slow" }, 32);
  vi.advanceTimersByTime(2_000);
  compiler.compile({ text: "newer" }, 32);
  expect(Thread.all.map(({ isEnded, asked }) => [isEnded, asked.length])).toEqual([[true, 1], [false, 1]]); // biome-ignore format: a row
});

it("an export waits for the list before it, and neither is lost", () => {
  compiler.compile({ text: "a" }, 32);
  compiler.export(undefined);
  Thread.all[0].refuse();
  Thread.all[0].refuse();
  expect(Thread.all[0].asked.map(({ kind }) => kind)).toEqual(["compile", "export"]);
  expect(heard.map(({ id }) => id)).toEqual([1, 2]);
});

it("a thread that cannot be loaded is a problem", () => {
  compiler.compile({ text: "a" }, 32);
  Thread.all[0].onerror?.({ message: "" });
  expect(heard).toMatchObject([{ kind: "problems", problems: [{ message: "the compiler could not be loaded" }] }]);
});

it("kernels are asked for behind a list, and who asked is told what is wrong", async () => {
  compiler.compile({ text: "a" }, 32);
  const [first, second] = [compiler.profile(), compiler.profile()];
  const [thread] = Thread.all;
  thread.refuse();
  thread.answer({ kind: "profile", script: "kernels" });
  await expect(first).resolves.toBe("kernels");
  thread.refuse();
  await expect(second).rejects.toThrow("refused");
  expect(heard).toHaveLength(1);
});

it("what is exported after its thread was ended is compiled once more, unheard, and an export is waited for", () => {
  compiler.compile({ text: "good" }, 32);
  Thread.all[0].answer({ kind: "module" });
  Thread.all[0].answer({ kind: "report" });
  compiler.compile({ text: "endless" }, 32);
  vi.advanceTimersByTime(20_000);
  compiler.export(undefined);
  const [, thread] = Thread.all;
  thread.answer({ kind: "module" });
  thread.answer({ kind: "report" });
  vi.advanceTimersByTime(5_000);
  compiler.compile({ text: "newer" }, 32);
  expect(thread.asked).toMatchObject([{ source: { text: "good" } }, { kind: "export" }]);
  thread.answer({ kind: "exported" });
  expect([thread.isEnded, thread.asked.length, heard.map(({ kind }) => kind)]).toEqual([false, 3, ["module", "report", "problems", "exported"]]); // biome-ignore format: one line
});

it("and where that is too slow now, the export says so", async () => {
  compiler.compile({ text: "good" }, 32);
  Thread.all[0].answer({ kind: "module" });
  vi.advanceTimersByTime(20_000);
  const kernels = compiler.profile();
  vi.advanceTimersByTime(20_000);
  await expect(kernels).rejects.toThrow(/not done/);
});
