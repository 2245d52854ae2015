// What the parts of an emitted text are of, told by whoever writes them. In: Code and what it is of. Out: the same Code between signs that no
// text has, and in the end the text without them, line by line. Guarantee: without marks nothing is added; with them the text is the same.
import { type Line, type Of, type Part, reads } from "../base/lines.ts";
import { internal } from "../diagnostics/error.ts";
import type { Stmt } from "../program/program.ts";
import { rootsOf, visit } from "../program/walk.ts";
import { Code } from "./code.ts";

// Code is printable ASCII and line ends: `quote` and `comment` escape all else.
const [open, ends, close] = ["\u0001", "\u0002", "\u0003"];

/** The parts of one text. */
export class Marks {
  readonly #all: (readonly Of[])[] = [];
  readonly #parts = new Set<readonly Of[]>();

  /** The Code as it is, known to be of some things. */
  around(code: Code, of: readonly Of[]): Code {
    if (code.text === "" || of.length === 0) return code;
    this.#all.push(of);
    return new Code(`${open}${this.#all.length - 1}${ends}${code.text}${close}`, code.level);
  }

  /** The same of a stretch of a line, which holds numbers of others too. */
  part(code: Code, buffer: string): Code {
    const of: readonly Of[] = [{ kind: "buffer", name: buffer }];
    this.#parts.add(of);
    return this.around(code, of);
  }

  /** The text without signs, and what its lines are of: the innermost first. */
  lines(text: string): readonly Line[] {
    const within: (readonly Of[])[] = [];
    return text.split("\n").map((marked) => {
      // Whoever ends on a line is still of it.
      const of = new Set(within.flat());
      let plain = "";
      const parts: Part[] = [];
      for (let at = 0; at < marked.length; ) {
        if (marked[at] === open) {
          const end = marked.indexOf(ends, at);
          const made = this.#all[Number(marked.slice(at + 1, end))] ?? internal("a mark that nobody made");
          within.unshift(made);
          // A buffer's bytes may go on in the next literal.
          if (this.#parts.has(made) && parts.at(-1)?.of[0].name !== made[0].name) parts.push({ from: plain.length, of: made });
          const before = [...of];
          of.clear();
          for (const one of [...made, ...before]) of.add(one);
          at = end + 1;
        } else if (marked[at] === close) {
          within.shift();
          at++;
        } else {
          const next = [marked.indexOf(open, at), marked.indexOf(close, at)].filter((found) => found >= 0);
          const end = Math.min(marked.length, ...next);
          plain += marked.slice(at, end);
          at = end;
        }
      }
      return parts.length === 0 ? { text: plain, of: [...of] } : { text: plain, of: [...of], parts };
    });
  }
}

/** What a statement writes, then what it reads; a formal is no buffer. */
export function ofStatement(statement: Exclude<Stmt, { readonly do: "for" }>, formals: ReadonlySet<string>): readonly Of[] {
  const read = new Set<string>();
  visit(rootsOf(statement), (value) => {
    if (value.op === "load" && !formals.has(value.buffer)) read.add(value.buffer);
  });
  const written: readonly Of[] =
    statement.do === "store" && !formals.has(statement.buffer) ? [{ kind: "buffer", name: statement.buffer }] : [];
  return [...written, ...reads(read)];
}

/** What the statements of one kernel are of: what they write, the name they give, what they read. */
export class StatementMarks {
  readonly #marks: Marks | undefined;
  readonly #formals: ReadonlySet<string>;
  #of: Of[] = [];

  constructor(marks: Marks | undefined, formals: readonly { readonly name: string }[] = []) {
    this.#marks = marks;
    this.#formals = new Set(formals.map(({ name }) => name));
  }

  /** The statement being written reads a buffer; a formal is none. */
  read(buffer: string): void {
    if (this.#marks !== undefined && !this.#formals.has(buffer)) this.#of.push({ kind: "buffer", name: buffer, also: true });
  }

  /** The statement being written computes what a let is for. */
  inside(name: string): void {
    if (this.#marks !== undefined) this.#of.push({ kind: "let", name });
  }

  /** The statement, which now is written; `named`: its let, `written`: its buffer. */
  done(code: Code, { named, written }: { readonly named?: string; readonly written?: string } = {}): Code {
    if (this.#marks === undefined) return code;
    const own: Of[] = named === undefined ? [] : [{ kind: "let", name: named }];
    if (written !== undefined && !this.#formals.has(written)) own.push({ kind: "buffer", name: written });
    const of = [...own, ...this.#of];
    this.#of = [];
    return this.#marks.around(code, of);
  }

  /** What `write` writes is a statement of its own, in the middle of another. */
  apart<T>(write: () => T): T {
    const outer = this.#of;
    this.#of = [];
    const made = write();
    this.#of = outer;
    return made;
  }
}
