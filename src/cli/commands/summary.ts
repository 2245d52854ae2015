// `layerc summary`: Keras' table of layers, with the multiply-adds and bytes that Keras leaves out.
import type { Command } from "commander";
