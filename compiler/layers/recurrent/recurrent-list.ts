// The layers that run over a sequence and may do so backwards: what `bidirectional` may hold.
import { convLSTM1d, convLSTM2d, convLSTM3d } from "./conv-lstm.ts";
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";
import { rnn } from "./rnn.ts";
import { simpleRNN } from "./simple-rnn.ts";

/** By name. */
export const recurrentLayers = { simpleRNN, lstm, gru, rnn, convLSTM1d, convLSTM2d, convLSTM3d };
