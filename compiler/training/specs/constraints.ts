// Constraint specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.

/** Every name of a constraint, as Keras writes it and in camelCase. */
export type ConstraintName = "maxNorm" | "max_norm" | "minMaxNorm" | "min_max_norm" | "nonNeg" | "non_neg" | "unitNorm" | "unit_norm";

/** A name, or an object with the name of a constraint and its keys. */
export type ConstraintInput =
  | ConstraintName
  | {
      readonly name: "maxNorm" | "max_norm";
      /** The largest norm. Default 2. */ readonly maxValue?: number;
      /** The axis or axes that a norm runs over: 0 for each column of a dense kernel; null: all. Default 0. */ readonly axis?: number | readonly number[] | null;
    }
  | {
      readonly name: "minMaxNorm" | "min_max_norm";
      /** The least norm. Default 0. */ readonly minValue?: number;
      /** The largest norm. Default 1. */ readonly maxValue?: number;
      /** The share of the way there that a weight is moved, 0..1. Default 1. */ readonly rate?: number;
      /** The axis or axes that a norm runs over: 0 for each column of a dense kernel; null: all. Default 0. */ readonly axis?: number | readonly number[] | null;
    }
  | {
      readonly name: "nonNeg" | "non_neg";
    }
  | {
      readonly name: "unitNorm" | "unit_norm";
      /** The axis or axes that a norm runs over: 0 for each column of a dense kernel; null: all. Default 0. */ readonly axis?: number | readonly number[] | null;
    };
