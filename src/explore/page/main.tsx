// The script of a report's file. In: the data in the page, and what the scripts before it left: the module's kernels, its calls, what draws curves. Out: the report, shown.
// Guarantee: data are parsed as JSON and shown as text; nothing in them is run.
import type { Report } from "../report.ts";
import { addressMemory, mount } from "./mount.tsx";
import type { Profile } from "./profile.ts";
import type { DrawCurves } from "./training-view.tsx";
import { type MakeCalls, profileOf } from "./typed.ts";

/** What the scripts of a module left. */
interface Left {
  readonly layercProfile?: () => Profile | Promise<Profile>;
  readonly layercCalls?: MakeCalls;
  readonly layercDoubles?: MakeCalls;
}
const { layercCalls, layercDoubles, layercOther, layercCurves } = globalThis as Left & {
  layercOther?: Left;
  layercCurves?: DrawCurves;
};
const profileIn = ({ layercProfile: made, layercCalls: calls }: Left) =>
  made ? async () => made() : calls && (async () => profileOf(calls));
const data = document.getElementById("report")?.textContent;
const place = document.getElementById("page");
if (data && place) {
  const report: Report = JSON.parse(data);
  mount(place, report, {
    memory: addressMemory,
    profile: profileIn(globalThis as Left),
    ...(layercOther && { other: profileIn(layercOther) }),
    ...(layercCalls && { calls: { floats: layercCalls, doubles: layercDoubles ?? layercCalls } }),
    ...(layercCurves && { curves: layercCurves }),
  });
}
