// Kernels as WebAssembly functions. In: kernels that run one after the other, the scalars that are parameters, and where
// buffers lie. Out: a function. Guarantee: the statements' order; loops test once a turn, at the end, and not at all before the first
// turn where it is certain.
//
//   for i in from..to     from known < to known:   i = from;  L: body;  pointers += step;  i += 1;  if (i < to) goto L
//                         else the same in a block that is left at once where nothing is to do
//   Where nobody reads i, it counts the turns that are left, down to 0.
import type { Of } from "../../base/lines.ts";
import { internal } from "../../diagnostics/error.ts";
import type { Extent, Kernel, Program, Stmt } from "../../program/program.ts";
import { type Access, accessesIn, indexValues, rootsOf, visit } from "../../program/walk.ts";
import { ofStatement } from "../marks.ts";
import { FunctionBody } from "./assembler.ts";
import { type Forwarded, forwarded } from "./forward.ts";
import { Locals, typeOf } from "./locals.ts";
import { type Pairs, pairsIn } from "./pairs.ts";
import { Pointers } from "./pointers.ts";
import { Values } from "./values.ts";

type For = Stmt & { readonly do: "for" };
/** A number known now, or the local that holds it. */
type Bound = number | { readonly local: number };

/** What all functions of a module have in common. */
export interface KernelSite {
  readonly scalars: Program["scalars"];
  /** Where buffers lie, in elements. */
  readonly extents: ReadonlyMap<string, readonly [from: number, to: number]>;
  /** Contract multiply-adds. */
  readonly relaxed: boolean;
  /** Functions shall know what their instructions are of. */
  readonly marks?: boolean;
}

/** One function that runs the kernels in order; it takes `params`, which are scalars, and then where the buffers for the formals of
 * the first kernel start, in bytes; all as i32. */
export function kernelFunction(kernels: readonly Kernel[], params: readonly string[], site: KernelSite): FunctionBody {
  return new KernelWriter(kernels, params, site).write();
}

class KernelWriter {
  readonly #kernels: readonly Kernel[];
  readonly #forwarded: Forwarded;
  readonly #pairs: Pairs;
  readonly #site: KernelSite;
  readonly #body: FunctionBody;
  readonly #locals: Locals;
  readonly #pointers: Pointers;
  readonly #values: Values;
  /** `use name`, `reg name`, `loop name`, `scalar name` → local. */
  readonly #names = new Map<string, number>();
  readonly #bounds = new Map<string, number>();
  readonly #mentions = new Map<Stmt, ReadonlySet<string>>();
  /** Lets that choose a row of some buffer. */
  readonly #rowLets: ReadonlySet<string>;
  readonly #formals: ReadonlySet<string>;
  /** What all of a kernel is of. */
  #own: readonly Of[] = [];
  #depth = 0;
  /** The statements being written have no loop beside them. */
  #innermost = false;

  constructor(kernels: readonly Kernel[], params: readonly string[], site: KernelSite) {
    this.#kernels = kernels;
    this.#site = site;
    this.#forwarded = forwarded(kernels, site.extents);
    this.#pairs = pairsIn(this.#forwarded.bodies);
    const rows = kernels.flatMap(({ body }) => [...accessesIn(body)].flatMap(({ index }) => indexValues(index)));
    this.#rowLets = new Set(rows.flatMap((index) => (index?.op === "use" ? [index.name] : [])));
    const formals = kernels.flatMap(({ formals: own = [] }) => own);
    this.#formals = new Set(formals.map(({ name }) => name));
    this.#body = new FunctionBody([...params, ...formals].map(() => "i32"));
    params.forEach((name, i) => {
      this.#names.set(`scalar ${name}`, i);
    });
    const bases = new Map(formals.map(({ name }, i) => [name, params.length + i]));
    this.#locals = new Locals(this.#body);
    // Pointers need the last value of every loop, to know how far a falling address goes.
    this.#pointers = new Pointers(
      this.#body,
      this.#locals,
      ({ to }) => this.#greatest(to) - 1,
      (buffer) => {
        const base = bases.get(buffer);
        return base === undefined ? { start: this.#start(buffer) } : { start: 0, base };
      },
    );
    this.#values = new Values({
      body: this.#body,
      locals: this.#locals,
      relaxed: site.relaxed,
      named: ({ op, name }) => this.#named(`${op} ${name}`),
      address: (load) => this.#address(load),
      repeated: () => this.#depth > 0 && this.#innermost,
    });
  }

  write(): FunctionBody {
    for (const [i, { name }] of this.#kernels.entries()) {
      this.#own = [{ kind: "kernel", name }];
      this.#mark([]);
      this.#statements(this.#forwarded.bodies[i]);
    }
    return this.#body;
  }

  #named(key: string): number {
    return this.#names.get(key) ?? internal(`kernel ${this.#kernels[0].name}: there is no ${key}`);
  }

  #start(buffer: string): number {
    return this.#site.extents.get(buffer)?.[0] ?? internal(`kernel ${this.#kernels[0].name}: there is no buffer ${buffer}`);
  }

  #address(access: Access): number {
    const { row } = access.index;
    return this.#pointers.push(access, () => row !== undefined && this.#values.push(row.index));
  }

  #statements(body: readonly Stmt[]): void {
    const around = this.#innermost;
    this.#innermost = !body.some((statement) => statement.do === "for");
    this.#inOrder(body);
    this.#innermost = around;
  }

  #inOrder(body: readonly Stmt[]): void {
    // The last statement that needs a name of this body: afterwards its local is free.
    const last = new Map<string, number>();
    body.forEach((statement, i) => {
      for (const name of this.#mentioned(statement)) last.set(name, i);
    });
    const own = new Set<string>();
    const rows: string[] = [];
    body.forEach((statement, i) => {
      const made = statement.do === "let" ? `use ${statement.name}` : statement.do === "set" ? `reg ${statement.reg}` : undefined;
      if (made !== undefined && !this.#names.has(made)) {
        const isKept = statement.do === "let" && this.#forwarded.kept.has(statement.name);
        if (statement.do === "let" && !isKept && last.get(made) === i) return; // nobody asks
        if (!isKept) own.add(made);
      }
      if (!this.#pairs.seconds.has(statement)) this.#statement(statement);
      if (statement.do === "let" && this.#rowLets.has(statement.name))
        rows.push(...this.#pointers.name(statement.name, this.#named(`use ${statement.name}`), body.slice(i + 1)));
      for (const name of this.#mentioned(statement)) {
        if (last.get(name) !== i || !own.delete(name)) continue;
        this.#locals.give(this.#named(name));
        this.#names.delete(name);
      }
    });
    this.#pointers.forget(rows);
  }

  #statement(statement: Stmt): void {
    if (statement.do !== "for" && this.#site.marks === true) this.#mark(ofStatement(statement, this.#formals));
    this.#write(statement);
    this.#mark([]);
  }

  /** What is written from here on is of these, and of the kernel. */
  #mark(of: readonly Of[]): void {
    if (this.#site.marks === true) this.#body.mark([...of, ...this.#own]);
  }

  #write(statement: Stmt): void {
    switch (statement.do) {
      case "for":
        this.#for(statement);
        return;
      case "let":
      case "set": {
        const { value } = statement;
        this.#values.begin([value]);
        // Sums start from a zero of their own: shared with the zero of a relu after the loop, it would hold a register all through it.
        if (statement.do === "set" && value.op === "const" && value.fmt === "f32x4")
          this.#body.f32_const(value.value).op("f32x4.splat");
        else this.#values.push(value);
        this.#values.end();
        const name = statement.do === "let" ? `use ${statement.name}` : `reg ${statement.reg}`;
        const local = this.#names.get(name) ?? this.#locals.take(typeOf(statement.value.fmt));
        this.#names.set(name, local);
        this.#body.local_set(local);
        return;
      }
      case "store": {
        const { value } = statement;
        this.#values.begin(rootsOf(statement));
        const offset = this.#address(statement);
        this.#values.push(value.op === "extract" ? value.a : value);
        this.#values.end();
        if (this.#pairs.firsts.has(statement) && value.op === "extract") this.#body.v128_store64_lane(offset, value.lane / 2);
        else if (value.op === "extract") this.#body.v128_store32_lane(offset, value.lane);
        else if (value.fmt === "f32x4") this.#body.v128_store(offset);
        else if (value.fmt === "f32") this.#body.f32_store(offset);
        else internal(`kernel ${this.#kernels[0].name}: a store of ${value.fmt}`);
      }
    }
  }

  #for(loop: For): void {
    const to = this.#bound(loop.to);
    const from = loop.from === undefined ? 0 : this.#bound(loop.from.blocks, loop.from.size);
    const turns = typeof to === "number" && typeof from === "number" ? to - from : undefined;
    if (turns !== undefined && turns <= 0) return;
    // A loop nobody asks for counts down to zero, which needs no comparison.
    const asked = loop.body.some((statement) => this.#mentioned(statement).has(`loop ${loop.loop}`));
    const counter = this.#locals.take("i32");
    const body = this.#body;
    if (turns === undefined) body.block();
    if (asked) {
      this.#push(from);
      body.local_set(counter);
      if (turns === undefined) {
        body.local_get(counter);
        this.#push(to);
        body.op("i32.ge_s").br_if(0);
      }
    } else if (turns === undefined) {
      this.#push(to);
      if (from !== 0) {
        this.#push(from);
        body.op("i32.sub");
      }
      body.local_tee(counter).i32_const(1).op("i32.lt_s").br_if(0);
    } else if (turns > 1) {
      body.i32_const(turns).local_set(counter);
    }
    const moved = this.#pointers.enter(loop, typeof from === "number" ? from : () => this.#push(from));
    if (asked) this.#names.set(`loop ${loop.loop}`, counter);
    this.#depth++;
    if (turns !== 1) body.loop();
    this.#statements(loop.body);
    if (turns !== 1) {
      this.#pointers.bump(moved);
      body
        .local_get(counter)
        .i32_const(asked ? 1 : -1)
        .op("i32.add")
        .local_tee(counter);
      if (asked) {
        this.#push(to);
        body.op("i32.lt_s");
      }
      body.br_if(0).op("end");
    }
    this.#depth--;
    this.#pointers.leave(loop.loop, moved);
    this.#names.delete(`loop ${loop.loop}`);
    this.#locals.give(counter);
    if (turns === undefined) body.op("end");
  }

  #push(bound: Bound): void {
    if (typeof bound === "number") this.#body.i32_const(bound);
    else this.#body.local_get(bound.local);
  }

  /** An extent times `size`; what depends on a scalar is computed when the function starts. */
  #bound(extent: Extent, size = 1): Bound {
    if (typeof extent === "number") return extent * size;
    const { scalar, per, round } = extent;
    const param = this.#named(`scalar ${scalar}`);
    if (per === 1 && size === 1) return { local: param };
    const key = JSON.stringify([scalar, per, round, size]);
    const known = this.#bounds.get(key);
    if (known !== undefined) return { local: known };
    const local = this.#body.local("i32");
    this.#body.atEntry(() => {
      this.#body.local_get(param);
      if (per > 1 && round !== "down") this.#body.i32_const(per - 1).op("i32.add");
      if (per > 1) this.#body.i32_const(per).op("i32.div_u");
      if (size > 1) this.#body.i32_const(size).op("i32.mul");
      this.#body.local_set(local);
    });
    this.#bounds.set(key, local);
    return { local };
  }

  /** The largest value that an extent takes: its scalar at the largest. */
  #greatest(extent: Extent): number {
    if (typeof extent === "number") return extent;
    const max = this.#site.scalars.find(({ name }) => name === extent.scalar)?.max ?? internal(`no scalar ${extent.scalar}`);
    return extent.round === "down" ? Math.floor(max / extent.per) : Math.ceil(max / extent.per);
  }

  /** What a statement and those inside it read or assign. */
  #mentioned(statement: Stmt): ReadonlySet<string> {
    const known = this.#mentions.get(statement);
    if (known !== undefined) return known;
    const names = new Set<string>();
    visit(rootsOf(statement), (value) => {
      if (value.op === "use" || value.op === "reg" || value.op === "loop") names.add(`${value.op} ${value.name}`);
    });
    if (statement.do === "let") names.add(`use ${statement.name}`);
    if (statement.do === "set") names.add(`reg ${statement.reg}`);
    if (statement.do === "for") for (const inner of statement.body) for (const name of this.#mentioned(inner)) names.add(name);
    this.#mentions.set(statement, names);
    return names;
  }
}
