// What the command line may replace, and what it must not; and that it ends. Links, pipes and devices as they are on Linux.
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codes } from "../../compiler/diagnostics/codes.ts";
import { save } from "../../src/formats/index.ts";
import { bin, layerc, spawned } from "./bin.ts";

const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "outputs-")));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  fs.mkdirSync(dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}
const read = (name: string) => fs.readFileSync(join(folder, name), "utf8");
const isThere = (name: string) => fs.existsSync(join(folder, name));
const litter = () => (fs.readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(".tmp"));

const layers = [{ name: "out", layer: "dense", config: { units: 1, inputShape: [2] } }];
const saved = (bias: number) =>
  save({ name: "w", seed: 0, layers, weights: { "out/kernel": Float32Array.of(1, 2), "out/bias": Float32Array.of(bias) } });
write("w.safetensors", saved(3));
write("v.safetensors", saved(4));
const model = (weightsFile: string) => JSON.stringify({ name: "iris", seed: 0, layers, weightsFile });
const source = (head: string) =>
  `import { dense, sequential } from "layerc";\n${head}\nexport default sequential([dense({ units: 1, inputShape: [2] })]);\n`;

/** A model large enough for kernels in WebAssembly, which have files of their own. */
const wideSpec = {
  name: "iris",
  seed: 0,
  layers: [
    { name: "dense", layer: "dense", config: { units: 64, inputShape: [64] } },
    { name: "dense_1", layer: "dense", config: { units: 64 } },
  ],
};
const wide = JSON.stringify(wideSpec);
const wideWith = (weightsFile: string) => JSON.stringify({ ...wideSpec, weightsFile });
const wideWeights = save({
  ...wideSpec,
  weights: Object.fromEntries(
    ["dense", "dense_1"].flatMap((name) => [
      [`${name}/kernel`, new Float32Array(64 * 64).fill(0.1)],
      [`${name}/bias`, new Float32Array(64)],
    ]),
  ),
});

const refused = (code: string, file: string) => ({
  status: 1,
  stderr: expect.stringMatching(`(?:^|\n)${code}\n.*${file.replaceAll(".", "\\.")}`),
});

const compiled = (await layerc(folder, ["compile", "w.safetensors", "--stdout"])).stdout;
const importsCar = source('import * as car from "./car.js";\ncar;');
type Link = readonly [path: string, make: (path: string) => void];
const symbolic = (path: string, to: string): Link => [path, (path) => fs.symlinkSync(to, path)];
const hard = (path: string, to: string): Link => [path, (path) => fs.linkSync(join(folder, to), path)];

describe("an input is never replaced, by whatever name", () => {
  it.each<[string, Record<string, string | Uint8Array>, readonly Link[], string[], string]>([
    [
      "weights called .bin",
      { "a/iris.json": model("./iris.bin"), "a/iris.bin": saved(3) },
      [],
      ["a/iris.json", "--weights", "external"],
      "a/iris.bin",
    ],
    [
      "weights called .wasm",
      { "b/iris.json": wideWith("./iris.wasm"), "b/iris.wasm": wideWeights },
      [],
      ["b/iris.json", "--wasm", "import", "--target", "simd"],
      "b/iris.wasm",
    ],
    [
      "what the model imports",
      { "c/car.js": "export const one = 1;\n", "c/car.model.ts": importsCar },
      [],
      ["c/car.model.ts"],
      "c/car.js",
    ],
    [
      "the name of an import that leads to TypeScript",
      { "d/car.ts": "export const one = 1;\n", "d/car.model.ts": importsCar },
      [],
      ["d/car.model.ts"],
      "d/car.js",
    ],
    ["an import that layerc wrote", { "j/car.js": compiled, "j/car.model.ts": importsCar }, [], ["j/car.model.ts"], "j/car.js"],
    ["the model by its declarations", { "e/q.d.ts": source("") }, [], ["e/q.d.ts", "-o", "e/q.js"], "e/q.d.ts"],
    ["the model itself", { "f/self.js": source("") }, [], ["f/self.js"], "f/self.js"],
    ["the model through a symbolic link", { "g/m.ts": source("") }, [symbolic("g/m.js", "m.ts")], ["g/m.ts"], "g/m.ts"],
    [
      "weights through a hard link",
      { "h/iris.json": model("./iris.safetensors"), "h/iris.safetensors": saved(3) },
      [hard("h/iris.js", "h/iris.safetensors")],
      ["h/iris.json"],
      "h/iris.safetensors",
    ],
    [
      "the model through a linked folder",
      { "i/m.js": source("") },
      [symbolic("linked", "i")],
      ["i/m.js", "-o", "linked/m.js"],
      "i/m.js",
    ],
  ])("%s", async (_, files, links, args, file) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    for (const [path, make] of links) make(join(folder, path));
    const before = snapshot();
    for (const force of [[], ["--force"]])
      expect(await layerc(folder, ["compile", ...args, ...force])).toMatchObject(refused("file/input", file));
    expect(snapshot()).toEqual(before);
  });
});

/** Every file with its content. */
const snapshot = () =>
  (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => fs.lstatSync(join(folder, name)).isFile())
    .map((name) => [name, fs.readFileSync(join(folder, name), "base64")]);

describe("a file that layerc did not write is replaced by force alone", () => {
  it.each([
    ["other.js", []],
    ["other.cjs", ["--format", "cjs"]],
    ["other.d.ts", []],
    ["other.bin", ["--weights", "external"]],
    ["other.wasm", ["--wasm", "import", "--target", "simd"]],
    ["other.relaxed.wasm", ["--wasm", "import", "--target", "simd"]],
  ])("%s", async (name, flags) => {
    write("wide.json", wide);
    write(`k/${name}`, "mine");
    const output = join("k", name.endsWith(".cjs") ? "other.cjs" : "other.js");
    const args = ["compile", "wide.json", "-o", output, ...flags];
    const before = snapshot();
    expect(await layerc(folder, args)).toMatchObject(refused("file/not-ours", `k/${name}`));
    expect(snapshot()).toEqual(before);
    expect((await layerc(folder, [...args, "--force"])).status).toBe(0);
    expect(read(`k/${name}`)).not.toBe("mine");
    expect((await layerc(folder, args)).status).toBe(0);
    fs.rmSync(join(folder, "k"), { recursive: true });
  });
});

describe("compiling again just works", () => {
  it.each([
    ["esm", "l/a.mjs", []],
    ["cjs", "l/b.cjs", ["--format", "cjs"]],
    ["iife", "l/c.js", ["--format", "iife"]],
    ["external weights", "l/d.js", ["--weights", "external"]],
    ["no ending", "l/e", ["--weights", "external"]],
  ])("%s, also with other weights", async (_, output, flags) => {
    for (const file of ["w.safetensors", "w.safetensors", "v.safetensors", "w.safetensors"])
      expect(await layerc(folder, ["compile", file, "-o", output, ...flags])).toMatchObject({ status: 0 });
    expect(litter()).toEqual([]);
  });

  it("WebAssembly in files, named with their hash in the module", async () => {
    write("wide.json", wide);
    for (const flags of [[], [], ["--exact"], []])
      expect(
        (await layerc(folder, ["compile", "wide.json", "-o", "m/n.js", "--wasm", "import", "--target", "simd", ...flags])).status,
      ).toBe(0);
    expect(read("m/n.js")).toMatch(
      /^\/\/ Model .*\n\/\/ hash .*\n\/\/ with "n\.wasm", sha256 [0-9a-f]{64}\n\/\/ with "n\.relaxed\.wasm", sha256 /,
    );
  });

  it("a .bin that was changed since is no longer layerc's; an empty file is nobody's", async () => {
    const args = ["compile", "w.safetensors", "-o", "o/p.js", "--weights", "external"];
    write("o/p.js", "");
    expect((await layerc(folder, args)).status).toBe(0);
    fs.appendFileSync(join(folder, "o/p.bin"), "more");
    expect(await layerc(folder, args)).toMatchObject(refused("file/not-ours", "o/p.bin"));
  });
});

describe("only regular files are replaced", () => {
  it("links are followed, missing folders are made, rights are kept", async () => {
    write("q/real.js", "");
    fs.chmodSync(join(folder, "q/real.js"), 0o640);
    fs.symlinkSync("q/real.js", join(folder, "link.js"));
    fs.symlinkSync("new/folder/far.js", join(folder, "far.js"));
    for (let i = 0; i < 2; i++)
      for (const name of ["link.js", "far.js"]) {
        expect((await layerc(folder, ["compile", "w.safetensors", "-o", name])).status).toBe(0);
        expect(fs.lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
      }
    expect(read("q/real.js")).toBe(read("new/folder/far.js"));
    expect(fs.statSync(join(folder, "q/real.js")).mode & 0o777).toBe(0o640);
  });

  it("devices stay devices, and get the module alone", async () => {
    const { rdev } = fs.statSync("/dev/null");
    expect(await layerc(folder, ["compile", "w.safetensors", "-o", "/dev/null"])).toMatchObject({ status: 0 });
    expect(fs.statSync("/dev/null")).toMatchObject({ rdev });
    expect(fs.existsSync("/dev/null.d.ts")).toBe(false);
    fs.symlinkSync("/dev/null", join(folder, "nothing.d.ts"));
    expect((await layerc(folder, ["compile", "w.safetensors", "-o", "nothing.js"])).status).toBe(0);
    expect(fs.lstatSync(join(folder, "nothing.d.ts")).isSymbolicLink()).toBe(true);
    expect(spawned(folder, ["compile", "w.safetensors", "-o", "/dev/full"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^file\/write\n.*the disk is full/),
    });
    const printed = spawned(folder, ["compile", "w.safetensors", "-o", "/dev/stdout", "--weights", "external"]);
    expect(printed.stdout).toMatch(/^\/\/ Model "w"/);
    expect(printed.stderr).toContain("the weights of the module (12 B) are not written");
  });

  it("pipes are written to, and one that nobody reads is an error", async () => {
    spawnSync("mkfifo", ["pipe"], { cwd: folder });
    const script = `cat pipe & "${process.execPath}" "${bin}" compile w.safetensors -o pipe; wait`;
    const { stdout } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect(stdout).toBe((await layerc(folder, ["compile", "w.safetensors", "--stdout"])).stdout);
    expect(fs.statSync(join(folder, "pipe")).isFIFO()).toBe(true);
    const alone = spawned(folder, ["compile", "w.safetensors", "-o", "pipe"], "", { LAYERC_TIMEOUT: "0.3" });
    expect(alone).toMatchObject(refused("file/endless", "pipe"));
  });

  it.each([
    ["a folder", () => fs.mkdirSync(join(folder, "r/s.d.ts"), { recursive: true }), "r/s.js", /s\.d\.ts: it is a folder/],
    ["a file without the right to write", () => fs.chmodSync(write("t/u.js", ""), 0o444), "t/u.js", /u\.js: it is read-only/],
    ["links in a circle", () => fs.symlinkSync("v.js", join(folder, "v.js")), "v.js", /v\.js: its links lead in a circle/],
    ["two outputs in one file", () => fs.symlinkSync("x.js", join(folder, "x.d.ts")), "x.js", /is the same file/],
    ["a folder that is a file", () => undefined, "w.safetensors/y.js", /y\.js: /],
  ])("%s is an error that leaves everything as it was", async (_, prepare, output, message) => {
    prepare();
    const before = snapshot();
    expect(await layerc(folder, ["compile", "w.safetensors", "-o", output])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(message),
    });
    expect(snapshot()).toEqual(before);
    expect(litter()).toEqual([]);
    if (output === "r/s.js") expect(isThere("r/s.js")).toBe(false);
  });
});

describe("the command ends", () => {
  it("with open timers in the model, and with its output where it belongs", async () => {
    write("timer.model.ts", source('console.log("hello");\nsetInterval(() => {}, 1000);'));
    const run = spawned(folder, ["compile", "timer.model.ts", "--stdout"]);
    expect(run).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\/\/ Model/),
      stderr: expect.stringContaining("hello"),
    });
  });

  // The pipe closes when the last process that holds it is gone: the test ends, or runs into its time limit.
  it("with what runs in the model, when it is ended itself", async () => {
    write(
      "loop.model.ts",
      `import { writeFileSync } from "node:fs";\nwriteFileSync("pid", String(process.pid));\nwhile (true);\n`,
    );
    const run = spawn(process.execPath, [bin, "summary", "loop.model.ts"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise((settle) => run.stderr.on("close", settle));
    while (!isThere("pid") || read("pid") === "") await new Promise((settle) => setTimeout(settle, 20));
    run.kill("SIGKILL");
    run.stderr.resume();
    await ended;
  });

  spawnSync("mkfifo", ["never", "never.model.ts"], { cwd: folder });
  // Together, since each is mostly a wait.
  it.concurrent.each<[string, string[], "pipe" | "/dev/zero", string | Uint8Array, RegExp]>([
    ["silent standard input", ["summary", "-"], "pipe", "", /standard input gave nothing for 0\.5 s/],
    [
      "standard input that stays open",
      ["summary", "-"],
      "pipe",
      saved(3),
      /standard input gave nothing for 0\.5 s .*\(\d{3} bytes/,
    ],
    [
      "endless standard input",
      ["summary", "-"],
      "/dev/zero",
      "",
      /standard input (?:gave more than 1 GiB|did not end within 3 s)/,
    ],
    [
      "an endless device as model",
      ["summary", "/dev/zero"],
      "pipe",
      "",
      /\/dev\/zero (?:gave more than 1 GiB|did not end within 3 s)/,
    ],
    ["a pipe that nobody writes to", ["summary", "never"], "pipe", "", /never gave nothing for 0\.5 s/],
    ["a pipe as source", ["summary", "never.model.ts"], "pipe", "", /never\.model\.ts gave nothing for 0\.5 s/],
    ["a pipe as rows", ["run", "w.safetensors", "--input", "never"], "pipe", "", /never gave nothing for 0\.5 s/],
  ])("at %s", async (_, args, stdin, content, message) => {
    const input = stdin === "pipe" ? stdin : fs.openSync(stdin, "r");
    const run = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      stdio: [input, "ignore", "pipe"],
      env: { ...process.env, LAYERC_TIMEOUT: "0.5" },
    });
    // Written, and left open.
    run.stdin?.write(content);
    run.stdin?.on("error", () => undefined);
    let said = "";
    for await (const chunk of run.stderr ?? []) said += chunk;
    expect(said).toMatch(/^file\/endless\n/);
    expect(said).toMatch(message);
    if (typeof input === "number") fs.closeSync(input);
  });

  it("a pipe that ends is read like a file", async () => {
    const script = `"${process.execPath}" "${bin}" run w.safetensors --input <(sleep 0.2; echo "[1, 1]")`;
    expect(spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" }).stdout).toBe("[6]\n");
  });

  it("when standard output is full", async () => {
    const script = `"${process.execPath}" "${bin}" summary w.safetensors > /dev/full; echo $?`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect([stdout, stderr]).toEqual([
      "1\n",
      expect.stringMatching(/^file\/write\n {2}cannot write to standard output: the disk is full\n$/),
    ]);
  });
});

it("the codes say what the environment variable is called", async () => {
  for (const code of ["file/endless", "source/unsettled"] as const) expect(codes[code]).toContain("LAYERC_TIMEOUT");
});
