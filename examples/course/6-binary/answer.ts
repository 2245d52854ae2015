// A threshold is a choice. 0.5 makes the fewest mistakes; a higher one claims Seattle less often, and is right more often when it does.
import type { Sizes } from "../lesson.ts";
import { main } from "./main.ts";

export async function answer(sizes: Sizes = {}) {
  const { chance, labels } = await main(sizes);
  const of = [0.3, 0.5, 0.7, 0.9].map((threshold) => {
    const claimed = [...chance].map((p) => p > threshold);
    const hits = claimed.filter((yes, i) => yes && labels[i] === 1).length;
    const precision = hits / claimed.filter((yes) => yes).length;
    const recall = hits / labels.filter((label) => label === 1).length;
    console.log(`above ${threshold}: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`);
    return { threshold, precision, recall };
  });
  return { of };
}
