// `layerc init`: a project that uses a model, from a template. In: flags, and answers on a terminal to what they leave open. Out: a folder
// of files, and what to do next.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { showFile } from "../../files.ts";
import { type Asker, asker } from "../init/ask.ts";
import { checkEmpty, makeProject, type Wanted } from "../init/project.ts";
import { type Template, templates } from "../init/templates.ts";
import { print, printJson } from "../terminal.ts";

interface Flags {
  readonly template?: Template;
  readonly model?: string;
  readonly layerc?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const names = Object.keys(templates) as Template[];
const proposed = { folder: "my-model", template: "vite" } as const;

/** Adds `layerc init`, which makes a project. */
export function addInit(program: Command): void {
  program
    .command("init")
    .description("Makes a project that uses a model, from a template. Asks what the flags do not say. Nothing is overwritten.")
    .argument("[folder]", "where it goes: a new folder, or an empty one")
    .addOption(new Option("--template <name>", names.map((name) => `${name}: ${templates[name].says}`).join("; ")).choices(names))
    .option("--model <file>", "a model file to copy into it, with every file that it is made of (a small model of ours)")
    .option(
      "--layerc <spec>",
      "where npm finds layerc: a version, or a path such as file:../layerc.tgz (where this one came from)",
    )
    .option("-y, --yes", `ask nothing: ${proposed.folder}, ${proposed.template} and our model, where nothing else is said`)
    .option("--json", "print what was written as JSON; asks nothing")
    .addHelpText(
      "after",
      "\nExamples:\n  layerc init\n  layerc init digits --template vite --model digits.keras\n  layerc init hello --template node --yes",
    )
    .action(async (folder: string | undefined, flags: Flags) => {
      const wanted = await wantedOf(folder, flags);
      const files = await makeProject(wanted);
      if (flags.json === true) printJson({ folder: wanted.folder, template: wanted.template, files });
      else print(`${files.map((file) => `  ${file}`).join("\n")}\n\nNext:\n  cd ${showFile(resolve(wanted.folder))}\n  npm install\n  ${templates[wanted.template].start}`); // biome-ignore format: one line
    });
}

/** What is to be made: by flags, by answers, or as proposed. */
async function wantedOf(folder: string | undefined, { template, model, layerc, yes, json }: Flags): Promise<Wanted> {
  const rest = layerc === undefined ? {} : { layerc };
  if (yes === true || json === true || (folder !== undefined && template !== undefined)) {
    return { ...proposed, ...given({ folder, template, model }), ...rest };
  }
  // Before anything is asked that would then be for nothing.
  if (folder !== undefined) checkEmpty(resolve(folder));
  const person = asker();
  try {
    const into = folder ?? (await askFolder(person));
    const chosen = template ?? (await askTemplate(person));
    const brought = model ?? (templates[chosen].hasModel ? await askModel(person) : undefined);
    return { folder: into, template: chosen, ...given({ model: brought }), ...rest };
  } finally {
    person.close();
  }
}

/** Without what was not said. */
const given = <T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never;

const askFolder = (person: Asker): Promise<string> =>
  person.ask<string>(`Folder (${proposed.folder}): `, (answer) => {
    const folder = answer || proposed.folder;
    try {
      checkEmpty(resolve(folder));
      return { value: folder };
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      return { wrong: error.diagnostic.message };
    }
  });

const askTemplate = (person: Asker): Promise<Template> =>
  person.ask<Template>(
    `${names.map((name) => `  ${name.padEnd(8)} ${templates[name].says}\n`).join("")}Template (${proposed.template}): `,
    (answer) => {
      const found = names.find((name) => name === (answer || proposed.template));
      return found === undefined ? { wrong: `one of ${names.join(", ")}` } : { value: found };
    },
  );

const askModel = (person: Asker): Promise<string | undefined> =>
  person.ask<string | undefined>("Model file to copy (none: a small one of ours): ", (answer) => {
    if (answer === "") return { value: undefined };
    return existsSync(answer) ? { value: answer } : { wrong: `there is no file ${answer}` };
  });
