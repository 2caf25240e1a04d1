# Log densities of the programs that write.ts makes, by rstan, with and without the Jacobians of Stan's own transforms.
# Usage: Rscript validation/stan/logProb.R FOLDER    (writes FOLDER/stan.json)
# rstan 2.21 has the syntax of arrays from before Stan 2.26, to which the declarations are turned; nothing else of the programs is changed.
suppressMessages({ library(rstan); library(jsonlite) })
folder <- commandArgs(TRUE)[1]
value <- function(x) {
  if (!is.list(x)) return(x)
  if (is.list(x[[1]])) return(do.call(rbind, lapply(x, unlist)))
  array(unlist(x), dim = length(x))
}
older <- function(text) {
  gsub("array\\[(\\w+)\\] (int(<[^>]*>)?) (\\w+);", "\\2 \\4[\\1];", text)
}
results <- list()
for (file in sort(list.files(folder, pattern = "^case_[0-9]+\\.stan$", full.names = TRUE))) {
  case <- fromJSON(sub("stan$", "json", file), simplifyVector = FALSE)
  cached <- sub("stan$", paste0(substr(case$sha256, 1, 12), ".rds"), file)
  if (file.exists(cached)) { results[[length(results) + 1]] <- readRDS(cached); next }
  model <- stan_model(model_code = older(paste(readLines(file), collapse = "\n")), boost_lib = "/usr/include")
  fit <- suppressWarnings(sampling(model, data = lapply(case$data, value), chains = 0))
  points <- lapply(case$points, function(point) {
    u <- unconstrain_pars(fit, lapply(point$parameters, value))
    list(ours = point$logDensity, logProb = log_prob(fit, u, adjust_transform = FALSE),
         logProbWithJacobian = log_prob(fit, u, adjust_transform = TRUE), unconstrained = as.numeric(u))
  })
  worst <- max(sapply(points, function(p) abs(p$ours - p$logProb)))
  cat(sprintf("%-90s %.3g\n", case$name, worst))
  results[[length(results) + 1]] <- list(name = case$name, sha256 = case$sha256, points = points)
  saveRDS(results[[length(results)]], cached)
}
write(toJSON(list(software = paste("rstan", packageVersion("rstan"), R.version.string), cases = results),
             digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(folder, "stan.json"))
