// A report: everything the compiler did with a model, as plain JSON that a page shows. In: nothing. Out: types. Guarantee: no field
// is code to be run but `modules`, and no text is markup: whoever shows a text shows it as text.
//
// Panes are texts, one under another as the model is lowered. What ties them together are things: a layer, a node, a region, a buffer, a kernel, a
// rewrite. A mark says which lines of a pane are of a thing, a thing says which others it lights up; so pointing at a line needs no search:
//
//   pointed line → its marks → the innermost thing → itself and `lights` → every line of every pane that carries one of them
import type { Goal, Stage } from "../../compiler/pipeline/passes.ts";
import type { Where } from "./values.ts";

/** Place of a thing in `Report.things`. */
export type ThingId = number;

/** What can be pointed at. */
export interface Thing {
  readonly kind: "layer" | "node" | "region" | "buffer" | "kernel" | "rewrite";
  /** As panes have it: `layers[1]`, `%7`, `r2`, `hidden1`, `predict/hidden1`. */
  readonly name: string;
  /** One line for whoever points at it. */
  readonly says: string;
  /** What lights up with it, itself left out; both ways where both make sense. */
  readonly lights: readonly ThingId[];
  /** Absent: of the model, whatever is computed. */
  readonly goal?: Goal;
}

/**
 * Lines `from` up to and with `to` (from 0) are of the thing. Where marks are equally long the first is the nearest. `also`: the lines only
 * read it; they light up with it, but who points at them means another mark.
 */
export type Mark = readonly [from: number, to: number, thing: ThingId, also?: 1];

/** A text of one stage. */
export interface Pane {
  readonly stage: "list" | Stage | "javascript" | "webassembly";
  readonly title: string;
  readonly target?: string;
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Line → what stands behind it in words: addresses by axes (`kernel[k0, i1]`). */
  readonly captions?: Readonly<Record<number, string>>;
  /** Lines `from` up to and with `to` are hidden until asked for. */
  readonly folds?: readonly (readonly [from: number, to: number])[];
}

/** A layer, or what else the model names, as the list has it. */
export interface LayerRow {
  readonly thing: ThingId;
  readonly path: string;
  readonly layer: string;
  readonly name: string;
  /** Its config as text. */
  readonly config: string;
  readonly output: string;
  readonly parameters: number;
  /** Bytes of its weights in float32. */
  readonly bytes: number;
  /** Of one row, in the goal predict. */
  readonly multiplyAdds: number;
}

/** A graph to draw: coordinates are worked out when the report is made. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly {
    readonly thing: ThingId;
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly arrows: readonly {
    readonly from: ThingId;
    readonly to: ThingId;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** A rule that fired. */
export interface Rewrite {
  readonly thing: ThingId;
  readonly rule: string;
  readonly promise: "bits" | "value" | "approx";
  readonly before: string;
  readonly after: string;
  readonly origin: string;
}

/** A pass: what it changed, line by line. */
export interface PassRow {
  readonly pass: string;
  readonly stage: Stage;
  readonly target?: string;
  readonly says: string;
  readonly lines: number;
  readonly changed: boolean;
  /** Absent where nothing changed, or the pass leads to another stage. ` ` kept, `+`, `-`; `…` for what is left out. */
  readonly diff?: readonly (readonly [sign: " " | "+" | "-" | "…", text: string])[];
  readonly rewrites: readonly Rewrite[];
}

/** A stretch of memory: bytes by the time it is alive. */
export interface ArenaRow {
  readonly thing: ThingId;
  readonly name: string;
  readonly role: string;
  readonly shape: string;
  /** Bytes from the arena's start; and how many. */
  readonly at: number;
  readonly bytes: number;
  /** Positions of regions, both included. */
  readonly from: number;
  readonly to: number;
}

/** A kernel, with what it costs for one call. */
export interface KernelRow {
  readonly thing: ThingId;
  readonly name: string;
  readonly target: string;
  /** What gave its schedule: `columns: i0, i1 x 8`. */
  readonly strategy: string;
  readonly multiplyAdds: number;
  /** Bytes it reads and writes once. */
  readonly bytes: number;
}

/** What one entry of the module is. */
export interface GoalReport {
  readonly goal: Goal;
  readonly panes: readonly Pane[];
  readonly passes: readonly PassRow[];
  readonly drawing: Drawing;
  readonly arena: { readonly bytes: number; readonly positions: number; readonly rows: readonly ArenaRow[] };
  readonly kernels: readonly KernelRow[];
}

/** Values of a row at a region, beside the same in doubles. */
export interface Activation {
  readonly thing: ThingId;
  readonly name: string;
  readonly shape: string;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** Largest difference from the same computed in doubles, absolute. */
  readonly error: number;
  /** The first of them. */
  readonly values: readonly number[];
}

/** What a call of predict gives; `where` counts from where its buffer starts. */
export interface TypedRegion extends Pick<Activation, "name" | "shape"> {
  readonly thing?: ThingId;
  readonly where: Where;
}

/** What it takes to run a row that a reader types in; `calls` has the scripts. */
export interface Typed {
  /** By port. */
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    /** What an encoder takes: texts, or whole numbers of any size. Absent: float32. */
    readonly items?: "texts" | "wholes";
    /** Absent: any numbers; else whole ones from 0, below this. */
    readonly below?: number;
  }[];
  /** What stands there before the reader types, by port; absent where `activations` has rows, or a row is long. */
  readonly first?: readonly (readonly (number | string)[])[];
  /** By call; null for a loop around others. */
  readonly regions: readonly (TypedRegion | null)[];
  /** The same of the script that gives the doubles, where that is another: regions have the same names. */
  readonly doubles?: readonly (TypedRegion | null)[];
}

/** How a training went. */
export interface TrainingReport {
  /** By measure a number an epoch; `val_` in front: of rows held back. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The epoch whose weights are kept, from 1. */
  readonly best?: number;
  /** How each output does on rows it was judged by. */
  readonly outputs: readonly {
    readonly name: string;
    /** `20 test rows`. */
    readonly rows: string;
    /** Of classes: how many rows of a class (outer) were taken for which (inner). */
    readonly confusion?: { readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] };
    /** Of numbers: what was wanted, and what was given; of many rows some. */
    readonly residuals?: readonly (readonly [wanted: number, given: number])[];
    /** The same in words, as a terminal shows it. */
    readonly text: string;
  }[];
}

/** Of each report what is not compared line by line. */
export interface Side extends Pick<Report, "model" | "hash" | "options" | "layerc"> {}

/** What stands on one side, or on both and differs. */
export interface Change {
  /** What it is of; facts are those of `Report.facts`, and which entries there are. */
  readonly part: "facts" | "layers" | "rewrites" | "fusion" | "kernels" | "memory";
  /** Absent: of the model. */
  readonly goal?: GoalReport["goal"];
  readonly name: string;
  /** Which property of it; "" where it is on one side only. */
  readonly what: string;
  /** Absent where there is none. */
  readonly a?: string | number;
  readonly b?: string | number;
}

/** All that differs. */
export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  readonly changes: readonly Change[];
}

/** All of it. */
export interface Report {
  readonly layerc: string;
  readonly model: string;
  readonly hash: string;
  /** What was asked for, as the module's header says it. */
  readonly options: string;
  readonly facts: {
    readonly parameters: number;
    readonly multiplyAdds: number;
    readonly code: number;
    readonly gzip?: number;
    readonly weights: number;
    readonly arena: number;
  };
  readonly things: readonly Thing[];
  readonly layers: readonly LayerRow[];
  /** Layers and what goes from one to the other. */
  readonly drawing: Drawing;
  readonly goals: readonly GoalReport[];
  /** Golden rows through the module: per row its input, port by port, and what every region gave. */
  readonly activations: readonly {
    readonly input: readonly (readonly (number | string)[])[];
    readonly rows: readonly Activation[];
  }[];
  readonly typed?: Typed;
  /** Why there are no activations, or no row can be typed in, in words. */
  readonly without?: { readonly activations?: string; readonly typed?: string };
  readonly warnings: readonly string[];
  readonly training?: TrainingReport;
  /** How it differs from another: this report is `b`. */
  readonly compared?: Comparison;
  /**
   * Text of a script that defines `layercProfile`, a function that makes the module's kernels ready to be run one by one over numbers of no
   * meaning: `{ kernels: { name, target, run() }[] }`. Absent where the kernels of `calls` are all there are. Emitted, and judged as every module is.
   */
  readonly profile?: string;
  /**
   * Text of a script that defines `layercCalls`, and where floats are rounded at every step `layercDoubles`: functions that make the calls of predict ready
   * to be run one by one over an array of a type that is given (compiler/emit/module/calls.ts).
   */
  readonly calls?: string;
  /** Of a comparison the scripts of A, so that the reader's machine times both. */
  readonly other?: Pick<Report, "profile" | "calls">;
}
