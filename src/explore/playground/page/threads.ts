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
  #running: { readonly request: CompileRequest; readonly since: number } | undefined;
  /** What gave the module that is shown: a new thread knows nothing of it. */
  #shown: CompileRequest | undefined;
  /** In their order; of lists only the newest, and none of what is to be exported is left out. */
  #waiting: CompileRequest[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The id of the newest list. */
  #newest = 0;
  #id = 0;
  /** Who waits for kernels, by id. */
  readonly #promised = new Map<number, { settle(script: string): void; reject(error: Error): void }>();

  constructor(heard: (answer: CompileAnswer) => void) {
    this.#heard = heard;
  }

  compile(source: Source, batch: number): void {
    this.forget();
    this.#ask({ id: this.#id, kind: "compile", source, batch });
  }

  /** Nobody waits for a list any more. */
  forget(): void {
    this.#newest = ++this.#id;
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== "compile");
  }

  /** The module that was compiled last, to be used without training. */
  export(weights: readonly Float32Array[] | undefined): void {
    this.#ask({ id: ++this.#id, kind: "export", ...(weights === undefined ? {} : { weights }) });
  }

  /** A script with the kernels of what was compiled last (emit/module/profile.ts). Rejects with an Error that says why there is none. */
  profile(): Promise<string> {
    const id = ++this.#id;
    return new Promise((settle, reject) => {
      this.#promised.set(id, { settle, reject });
      this.#ask({ id, kind: "profile" });
    });
  }

  #tell(answer: CompileAnswer): void {
    const promised = this.#promised.get(answer.id);
    this.#promised.delete(answer.id);
    if (answer.kind === "profile") promised?.settle(answer.script);
    else if (promised !== undefined && answer.kind === "problems") promised.reject(new Error(answer.problems[0]?.message));
    // A file that was asked for is given, whatever was written since.
    else if (answer.id >= this.#newest || answer.kind === "exported") this.#heard(answer);
  }

  #ask(request: CompileRequest): void {
    this.#waiting.push(request);
    const { request: running, since = 0 } = this.#running ?? {};
    // A list that nobody waits for any more; an export somebody does.
    const isOld = request.kind === "compile" && running?.kind === "compile" && running.id !== 0;
    if (isOld && performance.now() - since > patience) this.#end();
    this.#next();
  }

  #next(): void {
    const [first] = this.#waiting;
    if (this.#running !== undefined || first === undefined) return;
    // An older id, so that nobody hears of it: the page has that module.
    const again = this.#thread === undefined && first.kind !== "compile" && this.#shown !== undefined;
    const request = again ? { ...(this.#shown as CompileRequest), id: 0 } : (this.#waiting.shift() as CompileRequest);
    this.#thread ??= this.#begin();
    this.#running = { request, since: performance.now() };
    this.#timer = setTimeout(() => this.#late(), longest);
    this.#thread.postMessage(request);
  }

  #begin(): Worker {
    const thread = threadAt("compile-worker.js");
    thread.onmessage = ({ data }: MessageEvent<CompileAnswer>) => {
      const request = this.#running?.request;
      if (request?.id !== data.id) return;
      // A module's report follows it.
      if (data.kind !== "module") this.#done();
      else this.#shown = request;
      this.#tell(data);
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
    const running = this.#running?.request.id ?? this.#id;
    // What the shown module was compiled again for cannot be had either.
    const id = running === 0 ? (this.#waiting.shift()?.id ?? this.#id) : running;
    const problem: Problem = { from: 0, to: 0, severity: "error", code: "", message, ...(hint === undefined ? {} : { hint }) };
    this.#tell({ id, kind: "problems", problems: [problem] });
    this.#end();
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
