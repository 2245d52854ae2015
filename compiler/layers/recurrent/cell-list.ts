// THE list of cells, by name: what `rnn` may hold. Adding a cell is one line here; the list of layers takes it from here.
export { gruCell } from "./gru.ts";
export { lstmCell } from "./lstm.ts";
export { simpleRNNCell } from "./simple-rnn.ts";
