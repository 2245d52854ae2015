// The threads behind the page. In: requests. Out: answers, by callback. Guarantee: only the newest request is answered; a compilation that takes too long is
// ended with its thread, and a new one stands ready.
import type { CompileAnswer, CompileRequest, Source, TrainAnswer, TrainRequest } from "../messages.ts";
import type { Problem } from "../trouble.ts";

/** Milliseconds after which a compilation is ended; after the second, where something newer waits. */
const longest = 20_000;
const patience = 1_500;

const threadAt = (name: string): Worker => new Worker(new URL(name, document.baseURI), { type: "module" });

/** A compiler that is asked again and again. */
export class Compiler {
  readonly #heard: (answer: CompileAnswer) => void;
  #thread: Worker | undefined;
  #running: { readonly id: number; readonly since: number } | undefined;
  /** In their order; of lists only the newest, and none of what is to be exported is left out. */
  #waiting: CompileRequest[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The id of the newest list. */
  #newest = 0;
  #id = 0;

  constructor(heard: (answer: CompileAnswer) => void) {
    this.#heard = heard;
  }

  compile(source: Source, batch: number): void {
    this.#newest = ++this.#id;
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== "compile");
    this.#ask({ id: this.#id, kind: "compile", source, batch });
  }

  /** The module that was compiled last, to be used without training. */
  export(weights: readonly Float32Array[] | undefined): void {
    this.#ask({ id: ++this.#id, kind: "export", ...(weights === undefined ? {} : { weights }) });
  }

  #ask(request: CompileRequest): void {
    this.#waiting.push(request);
    if (request.kind === "compile" && this.#running !== undefined && performance.now() - this.#running.since > patience)
      this.#end();
    this.#next();
  }

  #next(): void {
    const request = this.#running === undefined ? this.#waiting.shift() : undefined;
    if (request === undefined) return;
    this.#thread ??= this.#begin();
    this.#running = { id: request.id, since: performance.now() };
    this.#timer = setTimeout(() => this.#late(), longest);
    this.#thread.postMessage(request);
  }

  #begin(): Worker {
    const thread = threadAt("compile-worker.js");
    thread.onmessage = ({ data }: MessageEvent<CompileAnswer>) => {
      if (this.#running?.id !== data.id) return;
      // A module's report follows it.
      if (data.kind !== "module") this.#done();
      if (data.id >= this.#newest) this.#heard(data);
      this.#next();
    };
    thread.onerror = (event) => this.#fail(event.message === "" ? "the compiler could not be loaded" : event.message);
    return thread;
  }

  #done(): void {
    clearTimeout(this.#timer);
    this.#running = undefined;
  }

  #end(): void {
    this.#done();
    this.#thread?.terminate();
    this.#thread = undefined;
  }

  #late(): void {
    this.#fail(
      `the compilation was not done after ${longest / 1000} seconds and was ended`,
      "make the model smaller, or use the command line",
    );
  }

  #fail(message: string, hint?: string): void {
    const id = this.#running?.id ?? this.#id;
    this.#end();
    const problem: Problem = { from: 0, to: 0, severity: "error", code: "", message, ...(hint === undefined ? {} : { hint }) };
    if (id >= this.#newest) this.#heard({ id, kind: "problems", problems: [problem] });
    this.#next();
  }
}

/** A training in a thread of its own; a new one for each module. */
export class Training {
  readonly #thread: Worker;

  constructor(heard: (answer: TrainAnswer) => void) {
    this.#thread = threadAt("train-worker.js");
    this.#thread.onmessage = ({ data }: MessageEvent<TrainAnswer>) => heard(data);
    this.#thread.onerror = ({ message }) =>
      heard({ kind: "misfit", says: message === "" ? "the training could not be loaded" : message });
  }

  ask(request: TrainRequest): void {
    this.#thread.postMessage(request);
  }

  end(): void {
    this.#thread.onmessage = null;
    this.#thread.terminate();
  }
}
