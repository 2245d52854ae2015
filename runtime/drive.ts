// The two ways to run a training. In: the loop as a generator. Out: its result, at once or as a promise. Guarantee: both run the same loop;
// the page gets its turn at least every 12 ms and after each batch that takes longer.
import type { Pace, Seam } from "./train.ts";

type Loop<T> = Generator<Seam, T, unknown>;

/** Milliseconds of work between two rests: less than a frame. */
const slice = 12;

/** Who never waits. */
export const atOnce: Pace = { isDue: () => false, rests: false };

/** Runs a loop to its end. Throws TypeError where something would have to be waited for. */
export function drive<T>(loop: Loop<T>): T {
  let step = loop.next();
  while (step.done !== true) {
    const { value: seam } = step;
    // Nobody will hear of it.
    seam?.promise.then(undefined, () => undefined);
    step = seam === undefined ? loop.next() : loop.throw(new TypeError(refusalOf(seam)));
  }
  return step.value;
}

const refusalOf = ({ what }: { readonly what: string }): string =>
  /^(on|after)[A-Z]/.test(what)
    ? `${what}: fit is synchronous and awaits nothing, got a function that returns a Promise`
    : `${what}: fit is synchronous and awaits nothing, got a Promise: call fitAsync`;

/** Runs a loop with rests; `signal` ends it with its reason. */
export async function driveAsync<T>(begin: (pace: Pace) => Loop<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  const rest = rester();
  const abort = abortion(signal);
  let last = now();
  const loop = begin({ isDue: () => now() - last >= slice || abort.isDue(), rests: true });
  try {
    let step = loop.next();
    while (step.done !== true) {
      const { value: seam } = step;
      try {
        const answer = await abort.race(seam === undefined ? rest.wait() : seam.promise);
        last = now();
        step = loop.next(answer);
      } catch (error) {
        step = loop.throw(error);
      }
    }
    return step.value;
  } finally {
    rest.end();
    abort.end();
  }
}

const now = (): number => (typeof performance === "object" ? performance.now() : Date.now());

/** Gives others their turn: in Node after what has come in, in a page by a message, since browsers stretch short timeouts to 4 ms. */
function rester() {
  if (typeof setImmediate === "function")
    return { wait: () => new Promise<void>((done) => setImmediate(done)), end: () => undefined };
  if (typeof MessageChannel !== "function") {
    const later = (done: () => void): unknown => (typeof setTimeout === "function" ? setTimeout(done, 0) : done());
    return { wait: () => new Promise<void>((done) => void later(done)), end: () => undefined };
  }
  const { port1, port2 } = new MessageChannel();
  return {
    wait: () =>
      new Promise<void>((done) => {
        port1.onmessage = () => done();
        port2.postMessage(0);
      }),
    end: () => port1.close(),
  };
}

/** A signal as something that a promise can be run against; it is heard once. */
function abortion(signal: AbortSignal | undefined) {
  let isHeard = false;
  let fail: (reason: unknown) => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Nobody may be waiting when it comes.
  aborted.catch(() => undefined);
  const hear = (): void => fail(signal?.reason);
  signal?.addEventListener("abort", hear);
  return {
    isDue: () => signal?.aborted === true && !isHeard,
    async race(promise: PromiseLike<unknown>): Promise<unknown> {
      if (signal === undefined || isHeard) return promise;
      try {
        return await Promise.race([promise, aborted]);
      } finally {
        if (signal.aborted) isHeard = true;
      }
    },
    end: () => signal?.removeEventListener("abort", hear),
  };
}
