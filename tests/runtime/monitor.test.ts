// Which way is better, by name: what the runtime knows is what the metrics say of themselves.
import { expect, it } from "vitest";
import { allMetrics } from "../../compiler/training/metrics/index.ts";
import { isRising } from "../../runtime/callbacks/monitor.ts";

const classOf = (name: string): string => name.replaceAll(/(^|_)([a-z])/g, (_, _line, letter: string) => letter.toUpperCase());

it.each(allMetrics.map((metric) => [metric.name, metric] as const))("knows %s", (_name, { name, aliases, log, rises }) => {
  const keys = [name, ...aliases, ...(log === undefined ? [] : [log]), classOf(name)];
  for (const key of keys.flatMap((one) => [one, `val_${one}`, `${one}_1`, `val_price_${one}`]))
    expect([key, isRising(key)]).toEqual([key, rises]);
});

it("takes no direction for a name that nobody knows", () => {
  expect(["r", "total", "my_auc_thing", "lossy"].map(isRising)).toEqual([undefined, undefined, undefined, undefined]);
});
