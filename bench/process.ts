// Processes of a run. In: a task, or the text of a script. Out: what it answered. Guarantee: none outlives its deadline, and a
// process that dies is an answer like any other.
import { execFile, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const child = fileURLToPath(new URL("./child.ts", import.meta.url));

/** Runs child.ts, or another script, on a task; what it sends, or why it sent nothing. */
export function ask<Answer>(task: object, deadline: number, script = child): Promise<Answer | { readonly failed: string }> {
  return new Promise((resolve) => {
    const started = fork(script, [JSON.stringify(task)], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let answer: Answer | undefined;
    let late = false;
    let complaint = "";
    started.stderr?.on("data", (text: Buffer) => {
      complaint = (complaint + text.toString()).slice(-4000);
    });
    const timer = setTimeout(() => {
      late = true;
      started.kill("SIGKILL");
    }, deadline);
    started.on("message", (message) => {
      answer = message as Answer;
    });
    started.on("exit", (code, signal) => {
      clearTimeout(timer);
      const reason = /(?:FATAL ERROR|Error): .*/.exec(complaint)?.[0] ?? `exit ${code ?? signal}`;
      resolve(answer ?? { failed: late ? `took more than ${deadline / 1000} s` : reason });
    });
  });
}

/** Runs a script in a bare Node process from a file in `folder`; the JSON it prints last. Throws with its last words. */
export function runScript<Answer>(folder: string, name: string, text: string, flags: readonly string[] = []): Promise<Answer> {
  const file = join(folder, `${name.replaceAll(/[^\w.-]/g, "_")}.mjs`);
  writeFileSync(file, text);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, file], { timeout: 300_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout.trimEnd().split("\n").at(-1) as string) as Answer);
      else reject(new Error(/(?:FATAL ERROR|Error): .*/.exec(stderr)?.[0] ?? error.message));
    });
  });
}
