import { layerc } from "layerc/vite";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [layerc()] });
