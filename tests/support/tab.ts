// A page in a browser, whichever. In: a browser on this machine. Out: one tab that a test drives. Guarantee: tests ask for what both browsers do, so a test
// is written once; where a part of the page is, the page itself says.
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";
import { browserBinary } from "./browser.ts";

/** What a browser must do. */
export interface Driver {
  goto(address: string): Promise<void>;
  /** Runs a function in the page, with plain data. */
  run<A extends readonly unknown[], T>(what: (...given: A) => T | Promise<T>, ...given: A): Promise<T>;
  /** Runs the text of a script in the page, whatever its policy says of scripts. */
  script(text: string): Promise<void>;
  move(x: number, y: number): Promise<void>;
  /** Presses the main button where the pointer is. */
  press(): Promise<void>;
  /** A key by its name (`Escape`, `a`). */
  key(name: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** Errors that nobody caught, and what the page wrote to its console as one. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** A tab with what tests say of parts of a page. */
export interface Tab extends Driver {
  /** Moves the pointer over the middle of the n-th that a selector finds; it is scrolled into sight. */
  hover(selector: string, n?: number): Promise<void>;
  click(selector: string, n?: number): Promise<void>;
  /** What a function in the page says once that is `wanted`; after five seconds what it says then. */
  settled<A extends readonly unknown[], T>(wanted: T, what: (...given: A) => T, ...given: A): Promise<T>;
}

/** Runs in the page: scrolls what a selector finds into sight, as no browser does for all of SVG, and says where its middle is. */
function middleOf(selector: string, n: number): { readonly x: number; readonly y: number } | undefined {
  const found = document.querySelectorAll(selector)[n];
  for (let around = found?.parentElement; around; around = around.parentElement) {
    const [box, room] = [found.getBoundingClientRect(), around.getBoundingClientRect()];
    if (around.scrollHeight > around.clientHeight && (box.top < room.top || box.bottom > room.bottom))
      around.scrollTop += box.top - room.top - 40;
    if (around.scrollWidth > around.clientWidth && (box.left < room.left || box.left + 60 > room.right))
      around.scrollLeft += box.left - room.left - 40;
  }
  const box = found?.getBoundingClientRect();
  // Lines are wider than their pane: their beginning is in sight.
  return box && { x: box.left + Math.min(box.width, 120) / 2, y: box.top + box.height / 2 };
}

/** A tab of that browser. */
export function tabOf(driver: Driver): Tab {
  /** What `ask` says once that is `enough`; after five seconds what it says then. A busy machine may be at work on the page still. */
  const until = async <T>(ask: () => Promise<T>, enough: (said: T) => boolean): Promise<T> => {
    const end = Date.now() + 5000;
    for (;;) {
      const said = await ask();
      if (enough(said) || Date.now() > end) return said;
      await new Promise((done) => setTimeout(done, 40));
    }
  };
  const hover = async (selector: string, n = 0): Promise<void> => {
    const place = await until(
      () => driver.run(middleOf, selector, n),
      (found) => found !== undefined && found !== null,
    );
    if (!place) throw new Error(`nothing on the page is ${selector} (number ${n})`);
    await driver.move(place.x, place.y);
  };
  return {
    ...driver,
    hover,
    async click(selector, n) {
      await hover(selector, n);
      await driver.press();
    },
    settled: (wanted, what, ...given) =>
      until(
        () => driver.run(what, ...given),
        (said) => isDeepStrictEqual(said, wanted),
      ),
  };
}

/** A tab of headless Chromium. */
export async function chromiumTab(): Promise<Tab> {
  const browser = await chromium.launch({ executablePath: browserBinary, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  return tabOf({
    faults,
    goto: async (address) => void (await page.goto(address)),
    run: (what, ...given) => page.evaluate(`(${what})(...${JSON.stringify(given)})`),
    script: async (text) => void (await page.evaluate(`${text};\nundefined`)),
    move: (x, y) => page.mouse.move(x, y),
    press: async () => {
      await page.mouse.down();
      await page.mouse.up();
    },
    key: (name) => page.keyboard.press(name),
    resize: (width, height) => page.setViewportSize({ width, height }),
    close: () => browser.close(),
  });
}
