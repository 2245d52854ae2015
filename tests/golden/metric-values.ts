// A metric against Keras: a case and something that shows metrics go in; every result that the case has is compared.
import { expectClose } from "../close.ts";
import type { Meter } from "../executors.ts";
import { standard } from "../exemptions.ts";
import type { MetricCase } from "../fixtures/metrics.ts";

/** Throws at the first batch after which the metric is not what Keras shows. */
export function expectMetric({ case: name, model, updates }: MetricCase, { start }: Meter): void {
  const show = start(model, Math.max(...updates.map(({ rows }) => rows)));
  for (const [i, { x, y, rows, sampleWeight, result }] of updates.entries()) {
    const { loss: _, ...logs } = show(x, y, rows, sampleWeight);
    const found = [Object.values(logs)].flat(2);
    if (result !== undefined) expectClose(found, result, standard.metrics, `${name}, batch ${i}`);
  }
}
