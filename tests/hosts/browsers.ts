// Browsers, and the places of a page where a module may run: the page itself, workers of each kind, an AudioWorklet, and a page whose policy allows its own
// scripts alone. In: nothing. Out: rows of the table of hosts. A browser is started once for all its rows.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { browserBinary } from "../support/browser.ts";
import { type Answer, call, filesOf, scriptOf } from "./cases.ts";
import type { Host } from "./list.ts";

/** One page of a browser. */
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate(text: string): Promise<unknown>;
  close(): Promise<unknown>;
}
interface Driver {
  newPage(): Promise<Page>;
  close(): Promise<unknown>;
}

const places = ["page", "worker", "shared worker", "service worker", "AudioWorklet", "page with a strict policy"] as const;
type Place = (typeof places)[number];

/** What a page does to have the answers from a place. */
const pageText = `
import { answers } from "./run.js";
const first = (target) => new Promise((settle, reject) => {
  target.onmessage = ({ data }) => settle(data);
  if ("onerror" in target) target.onerror = (event) => reject(new Error(event.message || "it did not load"));
});
const places = {
  "page": answers,
  "page with a strict policy": answers,
  "worker": () => first(new Worker("/worker.js", { type: "module" })),
  "shared worker": async () => {
    const worker = new SharedWorker("/shared.js", { type: "module" });
    const answered = first(worker.port);
    worker.port.start();
    return answered;
  },
  "service worker": async () => {
    const registration = await navigator.serviceWorker.register("/service.js");
    const worker = registration.installing || registration.waiting || registration.active;
    if (worker.state !== "activated") await new Promise((settle) => {
      worker.onstatechange = () => worker.state === "activated" && settle();
    });
    const { port1, port2 } = new MessageChannel();
    const answered = first(port1);
    worker.postMessage("", [port2]);
    return answered;
  },
  "AudioWorklet": async () => {
    const context = new OfflineAudioContext(1, 128, 44100);
    await context.audioWorklet.addModule("/worklet.js");
    const node = new AudioWorkletNode(context, "run");
    const answered = first(node.port);
    node.connect(context.destination);
    await context.startRendering();
    return answered;
  },
};
window.answersOf = async (place) => JSON.stringify(await places[place]());
`;

const files = (): ReadonlyMap<string, string | Uint8Array> =>
  new Map<string, string | Uint8Array>([
    ...filesOf({}, (expression) => `export const answers = () => ${expression};\n`).map(
      ([name, content]) => [`/${name === "main.js" ? "run.js" : name}`, content] as const,
    ),
    ["/", "<!doctype html><meta charset=utf-8><script type=module src=/page.js></script>"],
    ["/strict", "<!doctype html><meta charset=utf-8><script type=module src=/page.js></script>"],
    ["/page.js", pageText],
    ["/worker.js", 'import { answers } from "./run.js";\npostMessage(answers());\n'],
    ["/shared.js", 'import { answers } from "./run.js";\nonconnect = ({ ports: [port] }) => port.postMessage(answers());\n'],
    [
      "/worklet.js",
      'import { answers } from "./run.js";\nregisterProcessor("run", class extends AudioWorkletProcessor {\n  constructor() {\n    super();\n    this.port.postMessage(answers());\n  }\n  process() {\n    return false;\n  }\n});\n',
    ],
    ["/service.js", `${scriptOf({ format: "iife" })}\nonmessage = ({ ports: [port] }) => port.postMessage(${call});\n`],
  ]);

let server: Promise<{ readonly server: Server; readonly origin: string }> | undefined;
const served = () => {
  server ??= new Promise((settle) => {
    const known = files();
    const made = createServer(({ url = "" }, response) => {
      const body = known.get(url);
      const policy = url === "/strict" ? { "content-security-policy": "default-src 'none'; script-src 'self'" } : {};
      response.writeHead(body === undefined ? 404 : 200, {
        "content-type": url.endsWith(".js") ? "text/javascript" : "text/html",
        ...policy,
      });
      response.end(body);
    });
    made.listen(0, "127.0.0.1", () =>
      settle({ server: made, origin: `http://127.0.0.1:${(made.address() as AddressInfo).port}` }),
    );
  });
  return server;
};

interface Browser {
  readonly name: string;
  readonly path: string | undefined;
  readonly had: string;
  readonly start: (path: string) => Promise<Driver>;
}
const puppeteer = join(import.meta.dirname, "node_modules/puppeteer-core/lib/puppeteer/puppeteer-core.js");
const kinds: readonly Browser[] = [
  {
    name: "Chromium",
    path: browserBinary,
    had: "apt-get install chromium, or CHROMIUM",
    start: async (executablePath) => chromium.launch({ executablePath, args: ["--no-sandbox"] }),
  },
  {
    name: "Firefox",
    path: ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path) && existsSync(puppeteer)),
    had: "apt-get install firefox-esr, and npm run hosts",
    start: async (executablePath) => {
      const { launch } = (await import(pathToFileURL(puppeteer).href)) as { launch(options: object): Promise<Driver> };
      return launch({ browser: "firefox", executablePath, headless: true });
    },
  },
];

const running = new Map<string, Promise<Driver>>();
const driverOf = ({ name, path = "", start }: Browser): Promise<Driver> => {
  const found = running.get(name) ?? start(path);
  running.set(name, found);
  return found;
};

/** Ends what was started. */
export async function close(): Promise<void> {
  for (const driver of running.values()) await (await driver).close();
  if (server !== undefined) (await server).server.close();
}

const versionOf = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : /[\d.]+/.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? "")?.[0];

const row = (browser: Browser, place: Place): Host => ({
  name: `${browser.name}, ${place}`,
  version: () => versionOf(browser.path),
  had: browser.had,
  form: place === "service worker" ? "iife" : "esm",
  cheap: browser.name === "Chromium",
  ...(place === "page with a strict policy" ? { note: "`script-src 'self'` forbids WebAssembly" } : {}),
  run: async () => {
    const [{ origin }, driver] = await Promise.all([served(), driverOf(browser)]);
    const page = await driver.newPage();
    try {
      await page.goto(`${origin}${place === "page with a strict policy" ? "/strict" : "/"}`);
      return JSON.parse(String(await page.evaluate(`answersOf(${JSON.stringify(place)})`))) as readonly Answer[];
    } finally {
      await page.close();
    }
  },
});

/** A row for each place of each browser. */
export const browsers: readonly Host[] = kinds.flatMap((browser) => places.map((place) => row(browser, place)));
