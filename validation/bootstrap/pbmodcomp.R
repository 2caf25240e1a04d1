# Parametric bootstrap likelihood-ratio tests by pbkrtest, from validation/bootstrap: Rscript pbmodcomp.R
# R 4.2; versions are printed. p values are (larger + 1) / (used + 1), of the statistics that pbkrtest keeps.
suppressMessages({library(lme4); library(pbkrtest)})
cat(R.version.string, "lme4", as.character(packageVersion("lme4")), "pbkrtest", as.character(packageVersion("pbkrtest")), "\n")
control <- lmerControl(check.conv.singular = "ignore", calc.derivs = FALSE)
test <- function(name, large, small, nsim = 1000) {
  ref <- suppressMessages(suppressWarnings(PBrefdist(large, small, nsim = nsim, seed = 1)))
  stat <- as.numeric(2 * (logLik(large, REML = FALSE) - logLik(small, REML = FALSE)))
  # PBrefdist leaves out statistics that are not positive: p of all of them.
  p <- (sum(ref >= stat) + 1) / (nsim + 1)
  cat(sprintf("%-28s statistic %.6f p %.4f, statistics above 0: %d of %d\n", name, stat, p, sum(ref > 0), nsim))
}
cake$temp <- as.numeric(as.character(cake$temperature))
cake1 <- lmer(angle ~ recipe * temperature + (1 | recipe:replicate), cake, REML = FALSE, control = control)
test("cake, recipe:temperature", cake1, update(cake1, . ~ . - recipe:temperature))
sleep <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE, control = control)
test("sleepstudy, Days", sleep, update(sleep, . ~ . - Days))
first <- subset(sleepstudy, Subject %in% levels(Subject)[1:6])
few <- lmer(Reaction ~ Days + (1 | Subject), first, REML = FALSE, control = control)
small <- update(few, . ~ . - Days)
test("6 subjects, Days", few, small)
herds <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, nAGQ = 9)
test("cbpp, period", herds, update(herds, . ~ . - period), 200)
