# Exact tests of one variance in linear mixed models by RLRsim, from validation/bootstrap: Rscript rlrsim.R
# R 4.2; versions are printed. p values of 100000 draws: standard error at most 0.0016.
suppressMessages({library(lme4); library(RLRsim)})
cat(R.version.string, "lme4", as.character(packageVersion("lme4")), "RLRsim", as.character(packageVersion("RLRsim")), "\n")
N <- 100000
say <- function(name, t) cat(sprintf("%-44s statistic %.6f p %.5f zeros %.4f\n", name, t$statistic, t$p.value, mean(t$sample == 0)))
quantiles <- function(name, X, Z, q = NULL) {
  s <- if (is.null(q)) RLRTSim(X, Z, sqrt.Sigma = diag(ncol(Z)), nsim = N, seed = 1) else LRTSim(X, Z, q, sqrt.Sigma = diag(ncol(Z)), nsim = N, seed = 1)
  cat(sprintf("%-44s zeros %.4f, tails above 0.5 1 2 4 8: %s\n", name, mean(s == 0), paste(sprintf("%.5f", sapply(c(.5, 1, 2, 4, 8), function(x) mean(s > x))), collapse = " ")))
}
design <- function(m) list(X = getME(m, "X"), Z = as.matrix(getME(m, "Z")))
sleep <- lmer(Reaction ~ Days + (1 | Subject), sleepstudy)
say("sleepstudy, Subject", exactRLRT(sleep, seed = 1, nsim = N))
d <- design(sleep); quantiles("sleepstudy, restricted", d$X, d$Z); quantiles("sleepstudy, likelihood, Days too", d$X, d$Z, 1)
say("sleepstudy, Subject and Days (LRT)", exactLRT(update(sleep, REML = FALSE), lm(Reaction ~ 1, sleepstudy), seed = 1, nsim = N))
# A small effect, so that p is not 0: a quarter of the data.
part <- subset(sleepstudy, Days %in% c(0, 1) )
few <- lmer(Reaction ~ Days + (1 | Subject), part)
say("two days, Subject", exactRLRT(few, seed = 1, nsim = N))
cake$temp <- as.numeric(as.character(cake$temperature))
d <- design(lmer(angle ~ recipe + temp + (1 | recipe:replicate), cake)); quantiles("cake, restricted", d$X, d$Z)
# Unbalanced: rows of subjects left out by a rule.
keep <- with(sleepstudy, (as.integer(Subject) * 7 + Days * 3) %% 10 < as.integer(Subject) / 2)
u <- lmer(Reaction ~ Days + (1 | Subject), sleepstudy[keep, ])
cat("unbalanced rows", sum(keep), "\n")
say("unbalanced, Subject", exactRLRT(u, seed = 1, nsim = N))
d <- design(u); quantiles("unbalanced, restricted", d$X, d$Z); quantiles("unbalanced, likelihood, Days too", d$X, d$Z, 1)
# Slopes alone, and slopes beside intercepts (the others' variance is a nuisance).
s <- lmer(Reaction ~ Days + (0 + Days | Subject), sleepstudy); d <- design(s); quantiles("slopes, restricted", d$X, d$Z)
mA <- lmer(Reaction ~ Days + (1 | Subject) + (0 + Days | Subject), part)
say("two days, slopes beside intercepts", exactRLRT(lmer(Reaction ~ Days + (0 + Days | Subject), part), mA, few, seed = 1, nsim = N))
