// The runs that docs/training.md shows: each block `<!-- run name -->` has its command, what it printed and its curves. In: the page, and a
// build. Out: the page with every run made anew, and the curves beside it. Run by `npm run update-training`; `--exact` gives everybody the same
// numbers, so that a test can compare those that are cheap.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeData } from "../examples/training/data.ts";

const root = resolve(import.meta.dirname, "..");
/** The page with the runs. */
export const page: string = join(root, "docs/training.md");

const vega = "node_modules/vega-datasets/data";
const measured = "'Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g)'";
/** By name the arguments behind `layerc train`. */
export const runs: Readonly<Record<string, string>> = {
  cars: `cars.model.ts --data ${vega}/cars.json --target Miles_per_Gallon --without Name,Year --impute drop --epochs 200 --patience 20`,
  sex: `sex.model.ts --data ${vega}/penguins.json --target Sex --features 'Species,Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g)' --impute drop --patience 15 --stratify Sex`,
  species: `species.model.ts --data ${vega}/penguins.json --target Species --features ${measured} --impute drop --patience 15 --stratify Species`,
  digits: "digits.model.ts --data x=examples/training/out/x.npy --data y=examples/training/out/y.npy --target y --epochs 8",
  strikes: "strikes.model.ts --data examples/training/out/strikes.csv --target size --epochs 12 --patience 3",
  weather: `weather.model.ts --data ${vega}/seattle-weather.csv --features temp_max,temp_min,precipitation,wind --target temp_max --window 14 --epochs 30 --patience 5`,
};

/** The command of a run, as one types it. */
export const commandOf = (name: string): string =>
  `npx layerc train examples/training/${runs[name]} --exact --report --plot docs/training/${name}.svg`;

/** What a run prints, and its curves. Runs in the folder of the repository. */
export function runOf(name: string, plot: string, ...more: readonly string[]): string {
  const command = commandOf(name).replace("npx layerc", "node dist/src/cli/main.js").replace(`docs/training/${name}.svg`, plot);
  return execFileSync("sh", ["-c", [command, ...more].join(" ")], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** What stands on the page under a name. */
export function blockOf(text: string, name: string): string {
  return new RegExp(`<!-- run ${name} -->\n([\\s\\S]*?)<!-- /run -->`).exec(text)?.[1] ?? "";
}

/** A block: the command, what it printed, the curves. */
export const show = (name: string, printed: string): string =>
  `\`\`\`sh\n${commandOf(name)}\n\`\`\`\n\n\`\`\`\n${printed.trimEnd()}\n\`\`\`\n\n![Learning curves of ${name}](training/${name}.svg)\n`;

/** Makes the runs named anew, or all; each stands on the page as soon as it ends. */
function update(names: readonly string[]): void {
  const folder = join(root, "examples/training/out");
  if (!existsSync(join(folder, "strikes.csv"))) writeData(folder);
  for (const name of names.length === 0 ? Object.keys(runs) : names) {
    const block = show(name, runOf(name, `docs/training/${name}.svg`, "--force"));
    const text = readFileSync(page, "utf8");
    const head = `<!-- run ${name} -->\n`;
    writeFileSync(
      page,
      text.replace(`${head}${blockOf(text, name)}<!-- /run -->`, () => `${head}${block}<!-- /run -->`),
    );
  }
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url)) update(process.argv.slice(2));
