// What of a bundle is code. In: its text. Out: the text without comments, where bundlers write the names of plugins and files.
import { transformSync } from "esbuild";

/** The statements of a bundle: whatever of layerc is in them was shipped. */
export const codeOf = (bundle: string): string => transformSync(bundle, { legalComments: "none", minifyWhitespace: true }).code;
