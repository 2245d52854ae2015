/// <reference types="../../src/plugin/model.d.ts" />
// The model is what `main.ts` trained; it is compiled while the page is bundled.
import { pen } from "../support/pen.ts";
import { predict } from "./out/mnist.safetensors?model";

pen(predict);
