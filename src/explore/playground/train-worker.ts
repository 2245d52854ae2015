// The thread of a training. In: a compiled module and rows, then run, pause, step. Out: how far it is, a few times a second. Guarantee: between two slices
// messages are heard, so that pausing is at once; the module is imported as any file of a module is.
import type { Trainable } from "../../../runtime/trainable.ts";
import type { PictureKind } from "./datasets.ts";
import type { TrainAnswer, TrainRequest } from "./messages.ts";
import { misfit, type Point, type Trainer, trainer } from "./trainer.ts";

interface Thread {
  onmessage: ((event: { readonly data: TrainRequest }) => void) | null;
  postMessage(answer: TrainAnswer): void;
}

const thread = globalThis as unknown as Thread;
/** Between two pictures: an epoch, so that one sees a small net learn, and of a large one as many milliseconds. */
const slice = 40;

let run: Trainer | undefined;
let kind: PictureKind = "surface";
let isRunning = false;

function tell(points: readonly Point[]): void {
  if (run === undefined) return;
  const { steps, epoch, loss } = run;
  const picture = run.picture(kind);
  thread.postMessage({
    kind: "progress",
    running: isRunning,
    steps,
    epoch,
    loss,
    points,
    ...(picture === undefined ? {} : { picture }),
  });
}

function go(): void {
  if (run === undefined || !isRunning) return;
  const end = performance.now() + slice;
  const points: Point[] = [];
  while (points.length === 0 && performance.now() < end) {
    const point = run.step();
    if (point !== undefined) points.push(point);
  }
  // Weights that are no numbers any more learn nothing.
  if (!Number.isFinite(run.loss)) isRunning = false;
  tell(points);
  setTimeout(go, 25);
}

async function heard(request: TrainRequest): Promise<void> {
  switch (request.kind) {
    case "load": {
      const address = URL.createObjectURL(new Blob([request.code], { type: "text/javascript" }));
      const module = (await import(/* @vite-ignore */ address)) as Trainable;
      URL.revokeObjectURL(address);
      const why = misfit(module, request.rows);
      if (why !== undefined) return thread.postMessage({ kind: "misfit", says: why });
      run = trainer(module, request.rows, request.batch);
      kind = request.picture;
      return tell([]);
    }
    case "run": {
      const wasRunning = isRunning;
      isRunning = true;
      if (!wasRunning) go();
      return;
    }
    case "pause":
      isRunning = false;
      return tell([]);
    case "step": {
      isRunning = false;
      const point = run?.step();
      return tell(point === undefined ? [] : [point]);
    }
    case "ask":
      if (run !== undefined) thread.postMessage({ kind: "asked", y: [...run.ask(request.x)] });
      return;
    case "weights":
      if (run !== undefined) thread.postMessage({ kind: "weights", weights: run.weights() });
  }
}

// In their order: a run that was asked for while the module loads waits for it.
let queue: Promise<void> = Promise.resolve();
thread.onmessage = ({ data }) => {
  queue = queue.then(() => heard(data)).catch((error: unknown) => thread.postMessage({ kind: "misfit", says: String(error) }));
};
