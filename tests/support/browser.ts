// Where Chromium is. In: the environment variable CHROMIUM, or the usual places. Out: a path, or undefined where there is none.
import { existsSync } from "node:fs";

const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser that tests drive. */
export const browserBinary: string | undefined = places.find((place) => place !== undefined && existsSync(place));
