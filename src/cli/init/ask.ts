// Questions on the terminal. In: a question, and which answers will do. Out: an answer. Guarantee: whoever gives no answers, such as a
// script without a terminal, is not waited for: the error names the flags that say it all.
import { createInterface } from "node:readline";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { timeLimit } from "../../limit.ts";
import { terminal } from "../terminal.ts";

/** What an answer stands for, or why it will not do. */
type Judge<T> = (answer: string) => { readonly value: T } | { readonly wrong: string };

/** Someone who answers; `close` lets the program end. */
export interface Asker {
  /** Asks until an answer will do. Throws CompileError `cli/option` where none comes any more. */
  ask<T>(question: string, judge: Judge<T>): Promise<T>;
  close(): void;
}

/** Reads answers from standard input, line by line, and asks on standard error, so that what is printed stays clean. */
export function asker(): Asker {
  const { stdin, stderr } = terminal();
  const lines = createInterface({ input: stdin, terminal: false });
  const answers = lines[Symbol.asyncIterator]();
  return {
    async ask(question, judge) {
      for (;;) {
        stderr.write(question);
        const { done, value } = await next(answers, stdin.isTTY === true);
        if (done === true) {
          stderr.write("\n");
          throw new CompileError({
            code: "cli/option",
            path: "",
            message: "the questions were not answered",
            hint: "give a folder and --template, as layerc init --help lists them; --yes takes what is proposed",
          });
        }
        const judged = judge(value.trim());
        if ("value" in judged) return judged.value;
        stderr.write(`  ${judged.wrong}\n`);
      }
    },
    close: () => lines.close(),
  };
}

/** The next line; of what is no terminal, and silent, none. */
async function next(answers: AsyncIterator<string>, isTerminal: boolean): Promise<IteratorResult<string>> {
  if (isTerminal) return answers.next();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<IteratorResult<string>>((settle) => {
    timer = setTimeout(() => settle({ done: true, value: undefined }), timeLimit());
  });
  try {
    return await Promise.race([answers.next(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
