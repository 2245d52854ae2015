// `npm run example:keras-file`: a file that Keras saved becomes a module and a page. digits.keras was trained in Python (train.py); nothing of
// it is needed here. The module is asked about real digits in a bare process, and the page lets one draw them.
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "layerc";
import { digits } from "../mnist/data.ts";
import { flat } from "../support/data.ts";
import { penPage } from "../support/page.ts";
import { askBareProcess, ship, showShipped } from "../support/ship.ts";

const here = fileURLToPath(new URL("./", import.meta.url));
/** Where the module and the page are. */
export const out: string = join(here, "out");
const says = "A net of 8,000 numbers, trained in Python and saved by Keras, answers at every move of the pen.";

/** Compiles the file and makes the page; gives the share of real digits that are told right. */
export async function main(): Promise<number> {
  const model = open(readFileSync(join(here, "digits.keras")), "digits.keras");
  const shipped = ship(model, out);
  const rows = digits().slice(-1000);
  const { y, microseconds } = askBareProcess(shipped.file, flat(rows.map(({ pixels }) => pixels)), 2000);
  const right = rows.filter(({ label }, i) => {
    const scores = y.slice(10 * i, 10 * i + 10);
    return scores.indexOf(Math.max(...scores)) === label;
  }).length;
  console.log(`digits.keras: ${right} of ${rows.length} digits right`);
  console.log(`  ${showShipped(shipped, microseconds)}`);
  await penPage(join(here, "draw.ts"), out, says);
  console.log(`  draw a digit: open ${pathToFileURL(join(out, "index.html")).href}`);
  return right / rows.length;
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url)) await main();
