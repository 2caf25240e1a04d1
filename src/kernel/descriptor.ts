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
 * A model with one factor, loaded to have its effects integrated out, has the nodes' fields and these. Rows stand level by level, each level
 * padded to an even number; `OFFSET` is -1000 and all else 0 in a pad. `ETA` is n long: at the modes, then the derivatives in the fixed part.
 */
export const LEVELS = 128;
/** u32, one more than levels: the bytes at which the rows of each begin in a column. */
export const LEVEL_STARTS = 132;
/** Columns: responses and trials once, and the fixed part, or its exponential where the effects are intercepts. */
export const ROW_RESPONSE = 136;
export const ROW_TRIALS = 140;
export const ROW_FIXED = 144;
/** Scratch: four columns of the largest level. */
export const ROW_TABLE = 148;
/** q x q: in, Lambda; out, the derivative in it. */
export const LAMBDA = 152;
export const LAMBDA_GRADIENT = 156;
/** A level: q numbers, in where the search starts, out the mode of u; q x q, the lower factor of the curvature there. */
export const LEVEL_MODES = 160;
export const LEVEL_FACTORS = 164;
/** Out, a level, 3 x q: means of the effects less their modes, of their squares and of their cubes. */
export const LEVEL_MOMENTS = 168;
/** A level: the sum of its responses. */
export const LEVEL_RESPONSES = 172;
/** q x nodes, the standard nodes, and their log weights; scratch, q x nodes, the nodes less the mode, or an intercept's exponentials. */
export const NODE_X = 176;
export const NODE_LOG_WEIGHTS = 180;
export const NODE_STEPS = 184;
/** Scratch: so many vectors of q, then so many matrices of q x q. */
export const WORKSPACE = 188;
export const WORK_VECTORS = 8;
export const WORK_MATRICES = 4;
/** Scratch, f64 each: sums over a level's rows of the mean, of its slope and of the slope's. */
export const SUM_MEAN = 192;
export const SUM_SLOPE = 200;
export const SUM_CURVATURE = 208;
/** Scratch, two f64: factors of the nodes' likelihoods. */
export const MANTISSAS = 224;
export const LEVELS_DESCRIPTOR_BYTES = 240;

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
