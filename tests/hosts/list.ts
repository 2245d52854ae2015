// The hosts, as rows of a table: what each is, how it is had, in which form it takes modules, and how they are run there. In: a folder of its own. Out:
// the answers of the exercise, or undefined where the host is not here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OptionsInput } from "../../compiler/options.ts";
import { withHost } from "../../src/hosts.ts";
import { type Answer, answersIn, call, filesOf, printed, scriptOf } from "./cases.ts";

/** What a run of a host takes and gives. */
export interface Host {
  readonly name: string;
  /** Its version, from itself; undefined: it is not here. */
  readonly version: () => string | undefined;
  /** How to have it. */
  readonly had: string;
  /** As a reader would ask for it. */
  readonly form: string;
  readonly run: (folder: string) => Promise<readonly Answer[]> | readonly Answer[];
  /** So quick that every run of the suite takes it. */
  readonly cheap?: boolean;
  /** What a reader has to know. */
  readonly note?: string;
}

const installed = (path: string): string | undefined => {
  const found = join(import.meta.dirname, "node_modules", path);
  return existsSync(found) ? found : undefined;
};
const onPath = (name: string): string | undefined => {
  const found = spawnSync("which", [name], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : undefined;
};
/** The version of a package below tests/hosts/. */
const packageVersion = (name: string) => (): string | undefined => {
  const file = installed(`${name}/package.json`);
  return file === undefined ? undefined : String(JSON.parse(readFileSync(file, "utf8")).version).replace(/^v/, "");
};
/** The version of a package of Debian. */
const debianVersion = (name: string) => (): string | undefined => {
  const found = spawnSync("dpkg-query", ["-W", "-f", "$" + "{Version}", name], { encoding: "utf8" });
  const said = found.status === 0 ? found.stdout.trim().replace(/^\d+:/, "") : "";
  return said === "" ? undefined : said.replace(/[-+~].*$/, "");
};
const npm = "npm run hosts";
const debian = (name: string): string => `apt-get install ${name}`;

const put = (folder: string, files: readonly (readonly [string, string | Uint8Array])[]): void => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
};
const output = (command: string, args: readonly string[], cwd: string): readonly Answer[] => {
  const { stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 240_000, maxBuffer: 1 << 26 });
  if (error !== undefined) throw error;
  return answersIn(stdout + stderr);
};

/** An engine that runs a script from its command line. */
const shell = (
  name: string,
  command: () => string | undefined,
  args: readonly string[],
  form: OptionsInput,
  more: Pick<Host, "version" | "had" | "form"> & Partial<Host>,
): Host => ({
  name,
  ...more,
  run: (folder) => {
    put(folder, [["script.js", scriptOf(form) + printed(call)]]);
    return output(command() ?? name, [...args, "script.js"], folder);
  },
});
/** An engine that runs an ES module from its command line. */
const modules = (
  name: string,
  command: () => string | undefined,
  args: readonly string[],
  more: Pick<Host, "version" | "had"> & Partial<Host>,
): Host => ({
  name,
  form: "esm",
  ...more,
  run: (folder) => {
    put(folder, [["package.json", '{ "type": "module" }'], ...filesOf({}, printed)]);
    return output(command() ?? name, [...args, "main.js"], folder);
  },
});

/** How `layerc compile --host` writes for a place, and the same in words. */
const profile = (name: string): { readonly form: OptionsInput; readonly words: string } => ({
  form: withHost(name, {}).options,
  words: `--host ${name}`,
});

const nodes = [12, 18, 20, 22, 24, 26].map((major) =>
  modules(`Node ${major}`, () => installed(`node-${major}/bin/node`), [], {
    version: packageVersion(`node-${major}`),
    had: npm,
    ...(major < 16 ? { note: "its engine has no SIMD" } : {}),
  }),
);

const workerd = (name: string, date: string, form: OptionsInput, note?: string): Host => ({
  name,
  version: packageVersion("workerd"),
  had: npm,
  form: form.wasm === "import" ? "`--host workers`" : "esm",
  ...(note === undefined ? {} : { note }),
  run: (folder) => {
    const files = filesOf(
      form,
      (expression) => `const answers = ${expression};\nexport default { test() { ${printed("answers")} } };\n`,
    );
    const kinds = files.map(([file]) =>
      file.endsWith(".wasm")
        ? `(name = "./${file}", wasm = embed "${file}")`
        : `(name = "${file === "main.js" ? "main" : `./${file}`}", esModule = embed "${file}")`,
    );
    // The first module is the Worker.
    const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (modules = [${[kinds[kinds.length - 1], ...kinds.slice(0, -1)].join(", ")}], compatibilityDate = "${date}");
`;
    put(folder, [...files, ["config.capnp", config]]);
    return output(installed("@cloudflare/workerd-linux-64/bin/workerd") ?? "workerd", ["test", "config.capnp"], folder);
  },
});

const es5 = (name: string): OptionsInput => profile(name).form;

/** Engines of the command line. */
export const shells: readonly Host[] = [
  {
    ...modules("Node that runs the suite", () => process.execPath, [], {
      version: () => process.versions.node,
      had: "it is here",
    }),
    cheap: true,
  },
  ...nodes,
  modules("Deno", () => installed("@deno/linux-x64-glibc/deno"), ["run"], { version: packageVersion("deno"), had: npm }),
  modules("Bun", () => installed("@oven/bun-linux-x64/bin/bun"), [], { version: packageVersion("bun"), had: npm }),
  workerd("workerd, compatibility date 2025-06-01", "2025-06-01", {}),
  workerd("workerd, an older date", "2024-01-01", {}, "bytes of WebAssembly are refused before 2025-06-01"),
  workerd("workerd with imported WebAssembly, an older date", "2024-01-01", profile("workers").form),
  shell("Hermes", () => installed("hermes-engine-cli/linux64-bin/hermes"), [], profile("hermes").form, {
    version: packageVersion("hermes-engine-cli"),
    had: npm,
    form: "`--host hermes`",
  }),
  shell("njs", () => onPath("njs"), [], es5("njs"), { version: debianVersion("njs"), had: debian("njs"), form: "`--host njs`" }),
  shell("Duktape", () => onPath("duk"), [], es5("duktape"), {
    version: debianVersion("duktape"),
    had: debian("duktape"),
    form: "`--host duktape`",
  }),
  shell("Rhino", () => onPath("rhino"), ["-version", "200"], es5("rhino"), {
    version: debianVersion("rhino"),
    had: debian("rhino"),
    form: "`--host rhino`",
    note: "floats have the high byte first",
  }),
  shell(
    "JavaScriptCore (jsc)",
    () => onPath("jsc"),
    [],
    { format: "iife" },
    {
      version: debianVersion("libjavascriptcoregtk-4.0-bin"),
      had: debian("libjavascriptcoregtk-4.0-bin"),
      form: "iife",
    },
  ),
  shell(
    "SpiderMonkey in gjs",
    () => onPath("gjs"),
    [],
    { format: "iife" },
    { version: debianVersion("gjs"), had: debian("gjs"), form: "iife" },
  ),
];
