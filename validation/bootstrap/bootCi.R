# Intervals of R's package boot from given replicates, which the tests of the bootstrap's intervals have: Rscript bootCi.R
suppressMessages(library(boot))
cat(R.version.string, "boot", as.character(packageVersion("boot")), "\n")
i <- 1:99
t <- 2 + 1.5 * sin(12.9898 * i) + (sin(78.233 * i))^2  # no random numbers, so that others can make them
t0 <- 2.3
object <- list(t0 = t0, t = matrix(t), R = length(t), call = quote(boot()))
class(object) <- "boot"
for (level in c(0.9, 0.95)) {
  ci <- boot.ci(object, conf = level, type = c("norm", "basic", "perc"))
  print(c(level, normal = ci$normal[2:3], basic = ci$basic[4:5], percentile = ci$percent[4:5]), digits = 12)
  # BCa without acceleration: quantiles at corrected probabilities.
  w <- qnorm(mean(t < t0))
  p <- pnorm(2 * w + qnorm(c((1 - level) / 2, (1 + level) / 2)))
  print(boot:::norm.inter(t, p), digits = 12)
}
print(c(bias = mean(t) - t0, sd = sd(t)), digits = 12)
