import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// The conformance run: cases that live outside this repository; their folder is in LAYERC_CONFORMANCE.
const { projects: _, ...test } = base.test ?? {};
export default defineConfig({ ...base, test: { ...test, include: ["tests/conformance/**/*.test.ts"], exclude: [] } });
