// The thread of the compiler. In: requests, one after the other. Out: answers.
import { answer } from "./compiler.ts";
import type { CompileAnswer, CompileRequest } from "./messages.ts";

interface Thread {
  onmessage: ((event: { readonly data: CompileRequest }) => void) | null;
  postMessage(answer: CompileAnswer): void;
}

const thread = globalThis as unknown as Thread;
thread.onmessage = ({ data }) => void answer(data, (told) => thread.postMessage(told));
