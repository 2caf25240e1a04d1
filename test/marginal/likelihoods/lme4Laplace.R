# Laplace log-likelihoods by lme4's own deviance function at the estimates in validation/references/ml_lme4_glmmtmb.json, with the conditional
# modes iterated to convergence: at its default, tolPwrss = 1e-7, lme4 stops early and its logLik is off by up to 6e-3 (toenail).
# Run from the project's root: Rscript test/marginal/likelihoods/lme4Laplace.R > test/marginal/lme4Laplace.fixture.json
suppressMessages({ library(lme4); library(jsonlite) })
references <- fromJSON("validation/references/ml_lme4_glmmtmb.json")
read <- function(name) read.csv(file.path("validation/data", paste0(name, ".csv")))

# Relative Cholesky factors in the order of lme4's own terms; the residual scale of these families is 1.
thetaOf <- function(varcor, terms) unlist(lapply(names(terms), function(group) {
  part <- varcor[varcor$grp == group, ]
  q <- length(terms[[group]])
  if (q == 1) return(part$sdcor[1])
  covariance <- diag(part$vcov[seq_len(q)])
  covariance[1, 2] <- covariance[2, 1] <- part$vcov[q + 1]
  factor <- t(chol(covariance))
  factor[lower.tri(factor, diag = TRUE)]
}))

value <- function(name, formula, data, family) {
  control <- glmerControl(tolPwrss = 1e-13)
  parsed <- glFormula(formula, data, family, control = control)
  deviance <- suppressWarnings(suppressMessages(
    glmer(formula, data, family, devFunOnly = TRUE, control = control)))
  reference <- references[[name]]
  -deviance(c(thetaOf(reference$varcor, parsed$reTrms$cnms), unlist(reference$beta))) / 2
}

cbpp <- transform(read("cbpp"), period = factor(period))
ticks <- transform(read("grouseticks"), YEAR = factor(YEAR))
result <- list(
  made = paste0("lme4 ", packageVersion("lme4"), ", ", R.version.string, ", tolPwrss = 1e-13, test/marginal/likelihoods/lme4Laplace.R"),
  logLik = list(
    cbpp_agq1 = value("cbpp_agq1", cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial),
    toenail_agq1 = value("toenail_agq1", outcome ~ treatment * time + (1 | id), read("toenail"), binomial),
    epilepsy_laplace = value("epilepsy_laplace",
      count ~ post * trt + offset(log(weeks)) + (1 + post | subject),
      transform(read("epilepsy"), trt = relevel(factor(trt), "placebo")), poisson),
    contraception_slope = value("contraception_slope",
      use ~ age + I(age^2) + urban + livch + (1 + urban | district), transform(read("contraception"), use = 1 * (use == 1 | use == "Y")), binomial),
    tvsfp_logit_laplace = value("tvsfp_logit_laplace",
      thksbin ~ thkspre + cc + tv + (1 | school) + (1 | class), read("tvsfp"), binomial),
    grouseticks = value("grouseticks",
      TICKS ~ YEAR + cHEIGHT + (1 | LOCATION) + (1 | BROOD) + (1 | INDEX), ticks, poisson),
    verbagg = value("verbagg", y ~ Anger + Gender + btype + situ + (1 | id) + (1 | item), read("verbagg"), binomial)
  )
)
cat(toJSON(result, auto_unbox = TRUE, digits = 12, pretty = 2), "\n", sep = "")
