// The words that a module's own text uses, so that no kernel, buffer or layer gets one of them.

/** Words of functions and constants that stand beside kernels and buffers. */
export const moduleWords =
  "create instance predict selfTest rounding moved trainStep evaluate resetMetrics getMetrics getLearningRate getOptimizerState setOptimizerState totals counts stateNames states stateShapes step reset getState setState carryNames carries carryShapes chunk stepInputs stepOutputs features classes types targets getWeights setWeights inputShape outputShape targetShape inputs outputs ranges batch compute computeTile dataOf prepare stale weights weightNames weightShapes memory bytes source wasm wasmModule backend shown tallies testSums testCounts testTallies filled keyed".split(
    " ",
  );
/** Words that are parameters and variables inside functions: a kernel may have its own. */
export const localWords =
  "x y out from to row rows n i k end length list what value size sum scale error given data options sampleWeight learningRate source at text digits values word items depth deep shape all want item got key known range h starts largest bound bounds columns wanted texts words ids unknown found low high middle id data state key list starts drawn below known loss joined".split(
    " ",
  );
