// The script of the playground. In: the page. Out: the playground in it.
import { render } from "preact";
import { Playground } from "./app.tsx";
import { droppedIn } from "./drop.ts";
import { begin, openFiles } from "./session.ts";

const place = document.getElementById("page");
if (place !== null) {
  place.textContent = "";
  render(<Playground />, place);
  begin();
}

// Anywhere on the page: else the browser would leave it for the file.
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer === null) return;
  void droppedIn(event.dataTransfer).then((taken) => {
    if (taken !== undefined) openFiles(taken);
  });
});
