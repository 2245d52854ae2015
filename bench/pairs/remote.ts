// The other end of compiler.ts. In: a checkout. Out: promises of what its compiler answers. Guarantee: one request at a time, in
// order; a process that dies or dawdles rejects the request at hand and all that follow.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Emitted, ModuleBytes, Request } from "./compiler.ts";
import type { Clock } from "./pairing.ts";

const script = fileURLToPath(new URL("./compiler.ts", import.meta.url));
const deadline = 120_000;

export class Compiler {
  readonly #process: ChildProcess;
  readonly #label: string;
  #complaint = "";
  /** Ends when the request before is answered, one way or the other: whoever asks need not wait for it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(label: string, folder: string) {
    this.#label = label;
    // From inside the checkout, so that its own tsconfig.json holds.
    this.#process = fork(script, [folder], { cwd: folder, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#process.stderr?.on("data", (text: Buffer) => {
      this.#complaint = (this.#complaint + text.toString()).slice(-4000);
    });
  }

  #ask<T>(request: Request): Promise<T> {
    const answer = this.#turn.then(() => this.#tell<T>(request));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  #tell<T>(request: Request): Promise<T> {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        child.off("message", hear).off("exit", dead);
      };
      const hear = (message: unknown): void => {
        const answer = message as Answer<T>;
        end();
        if ("value" in answer) resolve(answer.value);
        else reject(new Error(`${this.#label}: ${answer.failed}`));
      };
      const dead = (): void => {
        end();
        reject(new Error(`${this.#label}: ${/(?:FATAL ERROR|Error): .*/.exec(this.#complaint)?.[0] ?? "its process ended"}`));
      };
      const timer = setTimeout(() => child.kill("SIGKILL"), deadline);
      child.on("message", hear).on("exit", dead);
      if (child.exitCode !== null || child.signalCode !== null) dead();
      else child.send(request);
    });
  }

  emit = (work: string, file: string): Promise<Emitted> => this.#ask({ ask: "emit", work, file });
  /** Nanoseconds per compile() call. */
  time = (work: string, calls: number, clock: Clock): Promise<number> => this.#ask({ ask: "time", work, calls, clock });
  size = (work: string): Promise<ModuleBytes> => this.#ask({ ask: "size", work });

  close(): void {
    this.#process.kill();
  }
}
