// Why layerc has no line for a class of keras.ops, for what refuses it to say. A class that neither this nor the table names is one that a
// later Keras has.
const rows: readonly (readonly [why: string, classes: string])[] = [
  ["it joins the rows of a batch, which do not see each other", "Ravel Flipud Vstack Vsplit Outer Vdot Kron Corrcoef Correlate Meshgrid Diagflat SegmentSum SegmentMax SegmentMin SegmentProd SegmentReduction"],
  ["the size of what it gives depends on the numbers", "Unique Nonzero Bincount Histogram Arange Linspace Logspace Geomspace Full Size Ndim UnravelIndex"],
  ["a matrix is not decomposed, inverted or solved for in a net here", "Cholesky CholeskyInverse Det Logdet Slogdet Eig Eigh Inv Pinv Lstsq LuFactor Qr SVD Solve SolveTriangular MatrixRank"],
  ["layerc has no complex numbers", "FFT FFT2 IFFT2 RFFT IRFFT STFT ISTFT ViewAsComplex ViewAsReal Polar"],
  ["it holds a function of Python's, which is not run", "Map VectorizedMap Scan AssociativeScan ForiLoop WhileLoop Cond Switch JVP"],
  ["all numbers are float32 here, whose bits no layer sees", "BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseInvert BitwiseLeftShift BitwiseRightShift LeftShift RightShift Gcd Lcm Nextafter View"],
  ["it is a loss, which stands in the training of a model", "BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy CTCLoss CTCDecode"],
  ["layerc has no such function with all its digits", "Erfc Erfinv I0"],
  ["its kernel is a tensor of the call, where a layer has its own as a weight", "Conv ConvTranspose DepthwiseConv SeparableConv"],
  ["pictures are not turned, warped or compared point by point in a net here", "AffineTransform ElasticTransform PerspectiveTransform MapCoordinates ScaleAndTranslate GaussianBlur SobelEdges SSIM PSNR HSVToRGB RGBToHSV"],
  ["its places are tensors, or numbers of the batch too", "Scatter ScatterUpdate Slice SliceUpdate"],
  ["it leaves open what stands in the memory that it gives", "EmptyLike Argpartition"],
]; // biome-ignore format: a row each

/** By class. */
export const reasons: ReadonlyMap<string, string> = new Map(
  rows.flatMap(([why, classes]) => classes.split(" ").map((name) => [name, why] as const)),
);
