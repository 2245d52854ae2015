// Regularizer specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.

/** Every name of a regularizer, as Keras writes it and in camelCase. */
export type RegularizerName = "l1" | "l1L2" | "l1_l2" | "l1l2" | "l2" | "orthogonalRegularizer" | "orthogonal_regularizer";

/** A name, or an object with the name of a regularizer and its keys. */
export type RegularizerInput =
  | RegularizerName
  | {
      readonly name: "l1";
      /** What Σ |x| counts in the loss. Default 0.01. */ readonly l1?: number;
    }
  | {
      readonly name: "l1L2" | "l1_l2" | "l1l2";
      /** What Σ |x| counts in the loss. Default 0. */ readonly l1?: number;
      /** What Σ x² counts in the loss. Default 0. */ readonly l2?: number;
    }
  | {
      readonly name: "l2";
      /** What Σ x² counts in the loss. Default 0.01. */ readonly l2?: number;
    }
  | {
      readonly name: "orthogonalRegularizer" | "orthogonal_regularizer";
      /** What the mean product of two rows counts in the loss. Default 0.01. */ readonly factor?: number;
      /** Whether rows or columns are to be orthogonal. Default "rows". */ readonly mode?: "rows" | "columns";
    };
