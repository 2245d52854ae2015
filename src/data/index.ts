// `layerc/data`: from a file to what `fit` takes. Tables of CSV, JSON, NumPy's arrays and Parquet; parts of them; columns as a model takes them;
// what a model learns from data before training; the picture of a history.
export { adaptedTo, type Scaling } from "./adapted.ts";
export { applyRecipe, type Prepared, withoutGaps } from "./apply.ts";
export { type Asked, type Assigned, assign, type ByPort, columnsOf, type InputPort, type TargetPort } from "./assign.ts";
export { categoriesOf, indexOf, oneHot } from "./categories.ts";
export { type ChartOptions, chart, type Panel, type Series } from "./chart.ts";
export { bestOf, byEpoch, type CurvesOptions, curvesOf, type HistoryLike, learningCurves } from "./curves.ts";
export { countsOf, type HistogramOptions, histogram } from "./histogram.ts";
export { fillFor, type Imputation } from "./impute.ts";
export { portsOf } from "./ports.ts";
export { type PrepareOptions, prepare, type Ready } from "./prepare.ts";
export { type ReadOptions, readTable } from "./readers.ts";
export { aboutOf, type LearnOptions, learnRecipe, type PortRecipe, type Recipe, type Step } from "./recipe.ts";
export { type Parts, type SplitOptions, split } from "./split.ts";
export { beside, type Column, columnOf, type NumberColumn, type Table, type TextColumn, take } from "./table.ts";
export { windows } from "./windows.ts";
