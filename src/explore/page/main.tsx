// The script of a report's file. In: the data in the page. Out: the report, shown. Guarantee: data are parsed as JSON and shown as text; nothing in
// them is run.
import { addressMemory, mount } from "./mount.tsx";
import type { Profile } from "./profile.ts";
import type { DrawCurves } from "./training-view.tsx";

const data = document.getElementById("report")?.textContent;
const place = document.getElementById("page");
// Scripts of the file that are not in every file.
const { layercProfile, layercCurves } = globalThis as { layercProfile?: () => Profile; layercCurves?: DrawCurves };
const profile = layercProfile === undefined ? undefined : async () => layercProfile();
if (data && place) mount(place, JSON.parse(data), { memory: addressMemory, profile, curves: layercCurves });
