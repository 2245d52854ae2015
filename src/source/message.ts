// What the process that runs a model file tells the one that started it. In: a message. Out: bytes behind their length.
import { deserialize, serialize } from "node:v8";
import type { Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import type { Read, Request } from "./data.ts";

/** The number of the open file that both ends share. */
export const channel = 3;

/** Where in the user's file something happened: the text of a stack, where there is one. */
interface Happened {
  readonly stack?: string;
}
/** How far a model file came. */
export type Stage = "file" | "promise";

/** What the process is to do instead of giving the module's model: to read a file of data with the definitions that the module holds. */
export interface FileRequest extends Request {
  /** Where its bytes are. */
  readonly bytes: string;
}

/** How it ended. */
export type Message =
  | { readonly kind: "model"; readonly model: Model }
  /** A file of data, read with the definitions that the module gives. */
  | { readonly kind: "read"; readonly read: Read; readonly seen: readonly string[] }
  /** The default export is something else, in words. */
  | { readonly kind: "other"; readonly what: string }
  /** There is none; `names`: what is exported instead. */
  | { readonly kind: "none"; readonly names: readonly string[] }
  /** A CompileError of layerc's own. */
  | (Happened & { readonly kind: "failed"; readonly diagnostic: Diagnostic; readonly seen?: readonly string[] })
  | (Happened & { readonly kind: "threw"; readonly text: string; readonly missing?: string })
  | (Happened & { readonly kind: "exit"; readonly code: number })
  /** Nothing is left that could settle what it waits for. */
  | { readonly kind: "stuck"; readonly stage: Stage }
  /** The time is over. */
  | { readonly kind: "late"; readonly stage: Stage; readonly busy: boolean };

/** A message as bytes: eight that say how many follow, then those. */
export function encode(message: Message): readonly Uint8Array[] {
  const body = serialize(message);
  const length = Buffer.alloc(8);
  length.writeDoubleLE(body.length);
  return [length, body];
}

/** Puts a message together from pieces as they come; room for the whole is made once. */
export class Decoder {
  readonly #head = Buffer.alloc(8);
  #body: Buffer | undefined;
  #at = 0;

  /** The message, with its last piece. */
  push(piece: Uint8Array): Message | undefined {
    let rest = piece;
    if (this.#body === undefined) {
      const taken = rest.subarray(0, 8 - this.#at);
      this.#head.set(taken, this.#at);
      this.#at += taken.length;
      if (this.#at < 8) return undefined;
      rest = rest.subarray(taken.length);
      [this.#body, this.#at] = [Buffer.alloc(this.#head.readDoubleLE()), 0];
    }
    const taken = rest.subarray(0, this.#body.length - this.#at);
    this.#body.set(taken, this.#at);
    this.#at += taken.length;
    return this.#at < this.#body.length ? undefined : deserialize(this.#body);
  }
}
