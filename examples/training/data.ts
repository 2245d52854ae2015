// Files of data from packages whose own form is no table: digits of the package mnist as arrays of NumPy, reports of birds from a table of
// vega-datasets with the words put together. In: a folder, and how many digits. Out: files in it.
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digits, side } from "../mnist/data.ts";
import { csv } from "../support/data.ts";

/** A `.npy` file of float32 numbers. */
function npy(shape: readonly number[], values: Float32Array): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  // NumPy wants the numbers to begin at a multiple of 64.
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = [0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8, ...Buffer.from(header)];
  return Buffer.concat([Buffer.from(head), Buffer.from(values.buffer)]);
}

/** Writes `x.npy`, `y.npy` and `strikes.csv`. */
export function writeData(folder: string, count = 4000): void {
  mkdirSync(folder, { recursive: true });
  const chosen = digits().slice(0, count);
  writeFileSync(join(folder, "x.npy"), npy([count, side, side, 1], Float32Array.from(chosen.flatMap(({ pixels }) => pixels))));
  writeFileSync(
    join(folder, "y.npy"),
    npy(
      [count],
      Float32Array.from(chosen, ({ label }) => label),
    ),
  );
  // "Unknown bird - small" would say what is asked.
  const reports = csv("birdstrikes.csv").filter(
    (row) => row["Wildlife Size"] !== "" && !row["Wildlife Species"].startsWith("Unknown bird -"),
  );
  const lines = reports.map(
    (row) => `"${row["Wildlife Species"]}, ${row["Phase of flight"]}, ${row["Time of day"]}",${row["Wildlife Size"]}`,
  );
  writeFileSync(join(folder, "strikes.csv"), `report,size\n${lines.join("\n")}\n`);
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url))
  writeData(fileURLToPath(new URL("./out/", import.meta.url)));
