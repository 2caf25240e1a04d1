# Parametric bootstrap of lme4's fit of sleepstudy by maximum likelihood: Rscript bootMer.R
# R 4.2, lme4 (version printed). Percentile intervals by quantile() of type 7.
suppressMessages(library(lme4))
cat("lme4", as.character(packageVersion("lme4")), "\n")
fit <- lmer(Reaction ~ 1 + Days + (1 | Subject), sleepstudy, REML = FALSE)
estimates <- function(m) {
  v <- as.data.frame(VarCorr(m))
  c(fixef(m), sd = v$sdcor[1], sigma = v$sdcor[2])
}
boot <- suppressMessages(suppressWarnings(bootMer(fit, estimates, nsim = 1000, seed = 1)))
print(rbind(estimate = boot$t0, bias = colMeans(boot$t) - boot$t0, sd = apply(boot$t, 2, sd),
            lower = apply(boot$t, 2, quantile, 0.025), upper = apply(boot$t, 2, quantile, 0.975)), digits = 8)
