// Firefox as a test drives it. In: the environment variable FIREFOX, or the usual places. Out: a tab, or undefined where there is none. Guarantee: it speaks
// WebDriver BiDi as every Firefox from 129 on does; Debian's is too old for what Playwright asks of it.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "./socket.ts";
import { type Tab, tabOf } from "./tab.ts";

const places = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox", "/usr/bin/firefox-bin"];

/** The Firefox that tests drive. */
export const firefoxBinary: string | undefined = places.find((place) => place !== undefined && existsSync(place));

/** Keys that are no characters, as WebDriver numbers them. */
const keys: { readonly [name in string]?: string } = {
  Tab: "\uE004",
  Enter: "\uE007",
  Escape: "\uE00C",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};

/** Where a Firefox that just started listens; it says so on its standard error. */
const addressOf = (firefox: ChildProcess): Promise<string> =>
  new Promise((done, fail) => {
    let said = "";
    firefox.stderr?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (found !== null) done(`${found[1]}/session`);
    });
    firefox.on("exit", (code) => fail(new Error(`Firefox ended with ${code}: ${said}`)));
  });

/** A tab of headless Firefox, with a profile of its own that is gone when the tab is closed; what a page gives to be saved goes into `downloads`. */
export async function firefoxTab(downloads?: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), "layerc-firefox-"));
  const wishes = downloads === undefined ? {} : { "browser.download.folderList": 2, "browser.download.dir": downloads };
  const lines = Object.entries(wishes).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const firefox = spawn(firefoxBinary ?? "", ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = new Promise<void>((done) => firefox.on("exit", () => done()));
  const faults: string[] = [];
  const waiting = new Map<number, { readonly done: (result: never) => void; readonly fail: (error: Error) => void }>();
  let calls = 0;
  const socket = await connect(
    await addressOf(firefox),
    (text) => {
      const { id, type, result, error, message, method, params } = JSON.parse(text);
      if (method === "log.entryAdded" && params.level === "error") faults.push(String(params.text));
      const call = waiting.get(id);
      waiting.delete(id);
      if (type === "error") call?.fail(new Error(`${error}: ${message}`));
      else call?.done(result as never);
    },
    () => {
      for (const { fail } of waiting.values()) fail(new Error("Firefox is gone"));
      waiting.clear();
    },
  );
  const ask = <T = unknown>(method: string, params: object): Promise<T> =>
    new Promise((done, fail) => {
      waiting.set(++calls, { done, fail });
      socket.send(JSON.stringify({ id: calls, method, params }));
    });

  await ask("session.new", { capabilities: {} });
  await ask("session.subscribe", { events: ["log.entryAdded"] });
  const { contexts } = await ask<{ contexts: readonly { readonly context: string }[] }>("browsingContext.getTree", {});
  const { context } = contexts[0];
  const resize = (width: number, height: number) => ask("browsingContext.setViewport", { context, viewport: { width, height } });
  const act = (type: string, id: string, actions: readonly object[]) =>
    ask("input.performActions", { context, actions: [{ type, id, actions }] });
  await resize(1440, 900);
  return tabOf({
    faults,
    goto: async (url) => void (await ask("browsingContext.navigate", { context, url, wait: "complete" })),
    async run(what, ...given) {
      // Through JSON, so that both browsers give the same plain data.
      const expression = `Promise.resolve((${what})(...${JSON.stringify(given)})).then((said) => JSON.stringify({ said }))`;
      const answer = await ask<{ type: string; result: { value: string }; exceptionDetails?: { text: string } }>(
        "script.evaluate",
        {
          expression,
          target: { context },
          awaitPromise: true,
        },
      );
      if (answer.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text);
      return JSON.parse(answer.result.value).said;
    },
    script: async (text) =>
      void (await ask("script.evaluate", { expression: `${text};\nundefined`, target: { context }, awaitPromise: false })),
    move: async (x, y) => void (await act("pointer", "mouse", [{ type: "pointerMove", x: Math.round(x), y: Math.round(y) }])),
    press: async () =>
      void (await act("pointer", "mouse", [
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ])),
    key: async (name) => {
      const value = keys[name] ?? name;
      await act("key", "keyboard", [
        { type: "keyDown", value },
        { type: "keyUp", value },
      ]);
    },
    resize: async (width, height) => void (await resize(width, height)),
    async close() {
      // The browser answers, and is gone before the answer has come, or after.
      await ask("browser.close", {}).catch(() => {});
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  });
}
