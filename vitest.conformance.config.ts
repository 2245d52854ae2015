import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

// The conformance run: cases that live outside this repository; their folder is in LAYERC_CONFORMANCE.
const config = mergeConfig(base, {});
config.test = { ...config.test, include: ["tests/conformance/**/*.test.ts"], exclude: ["**/node_modules/**"] };
export default config;
