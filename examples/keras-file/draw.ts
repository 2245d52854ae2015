/// <reference types="../../src/plugin/model.d.ts" />
// The model is the file as Keras saved it; it is compiled while the page is bundled.
import { pen } from "../support/pen.ts";
import { predict } from "./digits.keras?model";

pen(predict);
