// The script of a report's file. In: the data in the page. Out: the report, shown. Guarantee: data are parsed as JSON and shown as text; nothing in
// them is run.
import { addressMemory, mount } from "./mount.tsx";

const data = document.getElementById("report")?.textContent;
const place = document.getElementById("page");
if (data && place) mount(place, JSON.parse(data), { memory: addressMemory });
