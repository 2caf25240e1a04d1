/**
 * What the loader of a map of effects and the module agree on: records of unsigned 32-bit integers, addresses and counts, at these
 * offsets. Compiled by both tsc and asc, so constants only.
 *
 * Panels and all that goes with them hold columns of numbers a level: entry, then level. A level has q effects, a front of `ROWS` rows (its
 * own effects, its ancestors', and h), and a panel of the first q columns of that front, row by row.
 */

/** A stage: its factors' records, from the first to before the end, follow one another in the order of elimination. */
export const STAGE_FIRST = 0;
export const STAGE_END = 4;
export const STAGE_BYTES = 8;

/** A factor. One whose levels are all coupled is one level of all its effects here. */
export const LEVELS = 0;
export const EFFECTS = 4;
/** Effects of a block of P, which stands in each block of a level. */
export const BLOCK = 8;
/** Bytes from one column to the next. */
export const STRIDE = 12;
/** Level-major, levels x q: in and out. */
export const Z = 16;
export const Z_GRADIENT = 20;
export const B = 24;
export const B_ADJOINT = 28;
/** Per block, row-major: P and, out, the adjoint in its lower entries; out, the lower entries of the sum of bb'. */
export const P = 32;
export const P_ADJOINT = 36;
export const SQUARES = 40;
/** q columns: r, h and the adjoint of h. */
export const R = 44;
export const H = 48;
export const H_ADJOINT = 52;
/** Records of what h has of the coefficients and of other factors. */
export const COLUMNS_FIRST = 56;
export const COLUMNS_END = 60;
export const COUPLINGS_FIRST = 64;
export const COUPLINGS_END = 68;
/** Panels: frozen, without a row for h; eliminated, with 1 / L_cc on the diagonal; adjoints, with those of the diagonal doubled. */
export const ROWS = 72;
export const FROZEN = 76;
export const PANEL = 80;
export const PANEL_ADJOINT = 84;
/** Levels of a chunk, even, and bytes of a column of them. */
export const CHUNK_LEVELS = 88;
export const CHUNK_STRIDE = 92;
/** Scratch of a chunk, by columns: what the rows of a front stand for, with -1 for h; d value / d z; the adjoint of what is left of a front; one column. */
export const FRONT = 96;
export const SLOPES = 100;
export const REST = 104;
export const COLUMN = 108;
export const ANCESTORS_FIRST = 112;
/** The first ancestor of one level, and its row in a front (that of h where there is none); a square of all rows from there on. */
export const ANCESTORS_SINGLE = 116;
export const ANCESTORS_END = 120;
export const SINGLE_ROW = 124;
export const SINGLE = 128;
/** In the place of panels where it is not 0: unit eigenvectors by columns, with columns for their eigenvalues and for what is theirs. */
export const EIGENVECTORS = 132;
export const EIGENVALUES = 136;
export const SCALES = 140;
export const MEANS = 144;
export const DEVIATIONS = 148;
export const SPECTRAL = 152;
export const FACTOR_BYTES = 156;

/** h += M x, M by columns in the layout of h; the adjoint goes to `COLUMNS_GRADIENT`. */
export const COLUMNS_MATRIX = 0;
export const COLUMNS_COUNT = 4;
export const COLUMNS_X = 8;
export const COLUMNS_GRADIENT = 12;
export const COLUMNS_BYTES = 16;

/** h -= C b of another factor of `COUPLING_WIDTH` effects a level, level by level as in `Coupling` of EffectsModel.ts. */
export const COUPLING_LEVELS = 0;
export const COUPLING_EFFECTS = 4;
/** Bytes from one level to the next in h, and from one effect to the next. */
export const COUPLING_LEVEL_STEP = 8;
export const COUPLING_EFFECT_STEP = 12;
export const COUPLING_WIDTH = 16;
export const COUPLING_STARTS = 20;
export const COUPLING_INDEX = 24;
export const COUPLING_BLOCKS = 28;
export const COUPLING_B = 32;
export const COUPLING_GRADIENT = 36;
export const COUPLING_BYTES = 40;

/** The first row of an ancestor in a front, its record, and per level of the factor the ancestor's. */
export const ANCESTOR_ROW = 0;
export const ANCESTOR_FACTOR = 4;
export const ANCESTOR_INDEX = 8;
export const ANCESTOR_BYTES = 12;
