# Times fits of other software, warm: Rscript timing.R JOB, where JOB is a JSON file of one fit of fits.ts:
# csv, factors (columns to be made factors), minimumSeconds, calls [{software, call}]. Writes JSON to standard output.
suppressMessages(library(jsonlite))
job <- fromJSON(commandArgs(TRUE)[1], simplifyDataFrame = FALSE)
d <- read.csv(job$csv, stringsAsFactors = TRUE)
for (name in job$factors) d[[name]] <- factor(d[[name]])

# lme4 1.1-31 leaves the saturated model's log-likelihood out of logLik where nAGQ > 1.
complete <- function(m) {
  value <- as.numeric(logLik(m))
  if (!inherits(m, "glmerMod") || m@devcomp$dims[["nAGQ"]] <= 1) return(value)
  r <- m@resp
  deviance <- r$family$dev.resids(r$y, r$mu, r$weights)
  value - (r$family$aic(r$y, r$n, r$mu, r$weights, sum(deviance)) - sum(deviance)) / 2
}

time <- function(call) {
  suppressPackageStartupMessages(library(call$software, character.only = TRUE))
  expression <- parse(text = call$call)
  fit <- function() suppressMessages(suppressWarnings(eval(expression)))
  m <- fit()
  wall <- numeric()
  cpu <- 0
  while (length(wall) < 5 || (sum(wall) < job$minimumSeconds && length(wall) < 100)) {
    used <- system.time(fit())
    wall <- c(wall, used[["elapsed"]])
    cpu <- cpu + used[["user.self"]]
  }
  list(
    software = call$software, version = as.character(packageVersion(call$software)), logLikelihood = complete(m),
    wallSeconds = median(wall), cpuSeconds = cpu / length(wall), repeats = length(wall)
  )
}

cat(toJSON(lapply(job$calls, time), auto_unbox = TRUE, digits = NA))
