// Where text for people goes. Out: standard output as something to write to, with its width; in a page the console. Guarantee: no module of
// Node is imported, so that what stands on this runs in a browser.

/** A place that takes text. */
export interface TextOutput {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  /** Whether a line can be written over. */
  readonly isTerminal: boolean;
}

/** Undefined where there is neither. */
export function standardOutput(): TextOutput | undefined {
  const stdout = typeof process === "object" ? process.stdout : undefined;
  if (stdout !== undefined)
    return {
      write: (text) => void stdout.write(text),
      columns: () => stdout.columns ?? 80,
      isTerminal: stdout.isTTY === true,
    };
  if (typeof console !== "object") return undefined;
  return { write: (text) => console.log(text.replace(/\n$/, "")), columns: () => 80, isTerminal: false };
}
