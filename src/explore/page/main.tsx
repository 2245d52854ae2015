// The script of a report's file. In: the data in the page, and what the scripts before it left: the module's kernels, what draws curves. Out: the report, shown.
// Guarantee: data are parsed as JSON and shown as text; nothing in them is run.
import type { Report } from "../report.ts";
import { addressMemory, mount } from "./mount.tsx";
import type { Profile } from "./profile.ts";
import type { DrawCurves } from "./training-view.tsx";

const { layercProfile, layercCurves } = globalThis as {
  layercProfile?: () => Profile | Promise<Profile>;
  layercCurves?: DrawCurves;
};
const data = document.getElementById("report")?.textContent;
const place = document.getElementById("page");
if (data && place) {
  const report: Report = JSON.parse(data);
  mount(place, report, {
    memory: addressMemory,
    ...(layercProfile && { profile: async () => layercProfile() }),
    ...(layercCurves && { curves: layercCurves }),
  });
}
