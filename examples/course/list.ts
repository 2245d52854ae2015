// The lessons of the course in order: name, folder, the program, and the one that answers its exercise.
import { answer as answer1 } from "./1-single-unit/answer.ts";
import { main as main1 } from "./1-single-unit/main.ts";
import { answer as answer2 } from "./2-deep-net/answer.ts";
import { main as main2 } from "./2-deep-net/main.ts";
import { answer as answer3 } from "./3-gradient-descent/answer.ts";
import { main as main3 } from "./3-gradient-descent/main.ts";
import { answer as answer4 } from "./4-overfitting/answer.ts";
import { main as main4 } from "./4-overfitting/main.ts";
import { answer as answer5 } from "./5-dropout/answer.ts";
import { main as main5 } from "./5-dropout/main.ts";
import { answer as answer6 } from "./6-binary/answer.ts";
import { main as main6 } from "./6-binary/main.ts";
import type { Plots, Sizes } from "./lesson.ts";

interface Lesson {
  readonly name: string;
  readonly folder: string;
  readonly main: (sizes?: Sizes) => Promise<{ readonly plots: Plots }>;
  readonly answer: (sizes?: Sizes) => Promise<object>;
}

export const lessons: readonly Lesson[] = [
  { name: "A single unit", folder: "1-single-unit", main: main1, answer: answer1 },
  { name: "A deep net", folder: "2-deep-net", main: main2, answer: answer2 },
  { name: "Stochastic gradient descent", folder: "3-gradient-descent", main: main3, answer: answer3 },
  { name: "Over- and underfitting", folder: "4-overfitting", main: main4, answer: answer4 },
  { name: "Dropout and batch normalisation", folder: "5-dropout", main: main5, answer: answer5 },
  { name: "Binary classification", folder: "6-binary", main: main6, answer: answer6 },
];
