# Standard errors of the coefficients by lme4's Laplace approximation with its conditional modes iterated to convergence. At its default,
# tolPwrss = 1e-7, its log-likelihood is noisy, and with it the second differences that these are made of: by more than 1% in these fits.
# Run from the project's root: Rscript test/engine/ml/lme4StandardErrors.R > test/engine/ml/lme4StandardErrors.fixture.json
suppressMessages({ library(lme4); library(jsonlite) })
read <- function(name) read.csv(file.path("validation/data", paste0(name, ".csv")))
standardErrors <- function(formula, data, family) {
  fit <- glmer(formula, data, family, control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13))
  sqrt(diag(as.matrix(vcov(fit, use.hessian = TRUE))))
}
result <- list(
  made = paste0("lme4 ", packageVersion("lme4"), ", ", R.version.string, ", tolPwrss = 1e-13, test/engine/ml/lme4StandardErrors.R"),
  standardErrors = list(
    cbpp_agq1 = standardErrors(cbind(incidence, size - incidence) ~ factor(period) + (1 | herd), read("cbpp"), binomial),
    multicenter_ct = standardErrors(
      cbind(favorable, patients - favorable) ~ treatment + (1 | clinic) + (1 | clinic:treatment), read("multicenter"), binomial),
    rcbd_olre = standardErrors(count ~ factor(treatment) + (1 | clinic) + (1 | unit), transform(read("rcbd"), unit = seq_along(count)), poisson)
  )
)
cat(toJSON(lapply(result, function(part) if (is.list(part)) lapply(part, unname) else part), auto_unbox = TRUE, digits = 10, pretty = 2), "\n", sep = "")
