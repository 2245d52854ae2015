// What the page and its workers tell each other. In: nothing. Out: types. Guarantee: plain data, which any engine copies from thread to thread.
import type { Manifest } from "../../../compiler/artifact.ts";
import type { Report } from "../report.ts";
import type { PictureKind, Rows } from "./datasets.ts";
import type { Picture, Point } from "./trainer.ts";
import type { Problem } from "./trouble.ts";

/** A file as it was dropped: its path from the folder that was dropped. */
export interface Dropped {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is to be compiled: a list as text, or the file that holds a model with those beside it. */
export type Source = { readonly text: string } | { readonly files: readonly Dropped[] };

/** To the compiler. `weights`: those of the module, trained. `profile` asks for the kernels of what was compiled last, to be timed. */
export type CompileRequest =
  | { readonly id: number; readonly kind: "compile"; readonly source: Source; readonly batch: number }
  | { readonly id: number; readonly kind: "export"; readonly weights?: readonly Float32Array[] }
  | { readonly id: number; readonly kind: "profile" };

/** From the compiler: for a source problems, or a module and then its report; problems too where something else failed. */
export type CompileAnswer = { readonly id: number } & (
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "module";
      readonly code: string;
      readonly manifest: Manifest;
      /** Whether it trains. */
      readonly trains: boolean;
      /** The file that was read. */
      readonly file?: string;
      readonly problems: readonly Problem[];
    }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "exported"; readonly name: string; readonly code: string }
  | { readonly kind: "profile"; readonly script: string }
);

/** To the training. */
export type TrainRequest =
  | { readonly kind: "load"; readonly code: string; readonly rows: Rows; readonly batch: number; readonly picture: PictureKind }
  | { readonly kind: "run" | "pause" | "step" | "weights" }
  | { readonly kind: "ask"; readonly x: Float32Array };

/** From the training. */
export type TrainAnswer =
  | { readonly kind: "misfit"; readonly says: string }
  | {
      readonly kind: "progress";
      readonly running: boolean;
      readonly steps: number;
      readonly epoch: number;
      readonly loss: number;
      readonly points: readonly Point[];
      readonly picture?: Picture;
    }
  | { readonly kind: "weights"; readonly weights: readonly Float32Array[] }
  | { readonly kind: "asked"; readonly y: readonly number[] };
