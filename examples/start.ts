// `npm start`: the main job on real data: train, ship, import the emitted file in a bare process, predict.
import { main as cars } from "./cars/main.ts";
import { main as penguins } from "./penguins/main.ts";

cars();
penguins();
