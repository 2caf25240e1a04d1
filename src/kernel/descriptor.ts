/**
 * What the loader and the module agree on: the one table of kernel numbers and memory layout. Compiled by both tsc and
 * asc, so constants only. Offsets are in bytes; addresses and counts are unsigned 32-bit, the rest 64-bit floats.
 */

/** Where the descriptor stands; the model's buffers follow it. The module has no data of its own, which the build checks. */
export const DESCRIPTOR = 1024;

/** A `kernelNames` entry, below. */
export const KERNEL = 0;
/** n, without padding. */
export const ROWS = 4;
export const COLUMNS = 8;
/** Bytes from one column of X or Z to the next: n rounded up to even, times 8. */
export const STRIDE = 12;
/** Rows of a chunk, even. */
export const CHUNK_ROWS = 16;
export const FACTORS = 20;
export const X = 24;
/** 0 where the model has none. */
export const OFFSET = 28;
export const RESPONSE = 32;
/** 0 where the model has none. */
export const TRIALS = 36;
export const BETA = 40;
export const BETA_GRADIENT = 44;
/** One chunk of linear predictors, overwritten by scores. */
export const ETA = 48;
/** f64 in. */
export const DISPERSION = 56;
/** Two f64 that families add to, a lane each; out: their sum. */
export const DISPERSION_GRADIENT = 64;
/** f64: the linear predictor of the row that pads an odd n. With its padded response it adds nothing beyond rounding to any sum. */
export const PAD_ETA = 80;
/** One record of `FACTOR_BYTES` per factor. */
export const FACTOR_RECORDS = 88;

/**
 * A model loaded for quadrature has these in the place of factors. There every response and number of trials stands twice, once a lane,
 * and `ETA` is n linear predictors.
 */
/** Nodes, even. */
export const NODES = 88;
/** Effects a node, q. */
export const NODE_EFFECTS = 92;
/** 0 where q = 1 and every covariate is 1. */
export const NODE_Z = 96;
/** q x nodes: in, shifts of the effects; out, Z'scores of the rows. */
export const NODE_SHIFTS = 100;
export const NODE_CROSS = 104;
/** In: log weights; out: weights that sum to 1. */
export const NODE_WEIGHTS = 108;
/** Out: mean scores, n of them, and the dispersion's derivative at each node. */
export const NODE_SCORES = 112;
export const NODE_DISPERSION_GRADIENT = 116;
/** Scratch: for each pair of nodes one after another, two linear predictors a row, overwritten by scores. */
export const NODE_ETA = 120;
export const NODE_DESCRIPTOR_BYTES = 128;

/**
 * A model with one factor, loaded to have its effects integrated out, has the nodes' first two fields and these. Rows stand level by level, and
 * in a level pattern by pattern, those with the same covariates of the effects, each padded to an even number; `OFFSET` is -1000 and all else 0
 * in a pad. `ETA` is a column: out, the derivatives in the fixed part.
 */
export const LEVELS = 96;
/** u32, one more than levels: the address of the record of each level's first pattern. */
export const LEVEL_STARTS = 100;
/** Columns: responses, trials (0 where the model has none), and the exponentials of the fixed part. */
export const ROW_RESPONSE = 104;
export const ROW_TRIALS = 108;
export const ROW_FACTORS = 112;
/** Scratch, two numbers a row: the mean over the nodes of its mean is their sum. */
export const ROW_MEANS = 116;
/** q x q: in, Lambda; out, the derivative in it. */
export const LAMBDA = 120;
export const LAMBDA_GRADIENT = 124;
/** A level: q numbers, in where the search starts, out the mode of u; q x q, the lower factor of the curvature there. */
export const LEVEL_MODES = 128;
export const LEVEL_FACTORS = 132;
/** Out, a level, 3 x q: means of the effects less their modes, of their squares and of their cubes. */
export const LEVEL_MOMENTS = 136;
/** The nodes in one dimension, symmetric; bytes of them; f64, how far they are apart, 0 if unequally. */
export const AXIS = 140;
export const AXIS_BYTES = 144;
export const AXIS_STEP = 152;
/** q x nodes, the standard nodes in all dimensions, and their log weights. */
export const NODE_X = 160;
export const NODE_LOG_WEIGHTS = 164;
/** Scratch, numbers a node: weights, q steps from the mode, scores or shifts, and for each pattern of a level what multiplies its rows' exponentials. */
export const NODE_SHARES = 168;
export const NODE_STEPS = 172;
export const NODE_WORK = 176;
export const NODE_FACTORS = 180;
/** Scratch: so many vectors of q, then so many matrices of q x q. */
export const WORKSPACE = 184;
export const WORK_VECTORS = 6;
export const WORK_MATRICES = 2;
/** The patterns' records, one after another. */
export const PATTERN_RECORDS = 188;
/** Scratch: a product for each of two nodes, two f64 and two i64; bytes at which the nodes that count in a level begin and end. */
export const MANTISSAS = 192;
export const POWERS = 208;
export const NODES_FROM = 224;
export const NODES_TO = 228;
export const LEVELS_DESCRIPTOR_BYTES = 232;

/** The record of a pattern. u32: the bytes at which its rows begin and end in a column. */
export const PATTERN_FIRST = 0;
export const PATTERN_END = 4;
/** The sum of its responses. */
export const PATTERN_RESPONSE = 8;
/** Scratch, f64: the sum of its rows' exponentials; at the mode, the exponential of z'b, and sums of the rows' means, of their slopes and of the slopes'. */
export const PATTERN_TOTAL = 16;
export const PATTERN_FACTOR = 24;
export const PATTERN_MEAN = 32;
export const PATTERN_SLOPE = 40;
export const PATTERN_CURVATURE = 48;
/** The mean over the nodes of what multiplies its rows' exponentials, and of its score. */
export const PATTERN_AVERAGE = 56;
export const PATTERN_SCORE = 64;
/** The most that the odds of its rows may be for the product of all of 1 + odds to be within the range of numbers. */
export const PATTERN_LIMIT = 72;
/** Vectors of q: the covariates z, w = Lambda'z, and at work, of which the first has L^-1 w. */
export const PATTERN_VECTORS = 80;
export const VECTORS_OF_PATTERN = 4;

export const FACTOR_BYTES = 32;
/** Effects a level, q. */
export const FACTOR_EFFECTS = 0;
export const FACTOR_LEVELS = 4;
/** levels x q, level-major, as is their gradient. */
export const FACTOR_B = 8;
export const FACTOR_GRADIENT = 12;
/** 0 where q = 1 and every covariate is 1. */
export const FACTOR_Z = 16;
/** i32 per row; 0 where the factor has runs. */
export const FACTOR_LEVEL_INDEX = 20;
/**
 * Pairs of i32 (row after the last, level): consecutive rows of one level, cut where a chunk ends. 0 where the factor has a
 * level index.
 */
export const FACTOR_RUNS = 24;
/** Scratch: the address of the first run of the chunk at work. */
export const FACTOR_CURSOR = 28;

export const NORMAL_IDENTITY = 0;
export const BERNOULLI_LOGIT = 1;
export const BERNOULLI_PROBIT = 2;
export const BERNOULLI_CLOGLOG = 3;
export const BINOMIAL_LOGIT = 4;
export const BINOMIAL_PROBIT = 5;
export const BINOMIAL_CLOGLOG = 6;
export const POISSON_LOG = 7;
export const NEGATIVE_BINOMIAL_LOG = 8;
