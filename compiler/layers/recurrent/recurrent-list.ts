// The layers that run over a sequence and may do so backwards: what `bidirectional` may hold.
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";
import { rnn } from "./rnn.ts";
import { simpleRNN } from "./simple-rnn.ts";

/** By name. */
export const recurrentLayers = { simpleRNN, lstm, gru, rnn };
