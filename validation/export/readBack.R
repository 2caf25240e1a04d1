# What is exported, read by R: netCDF by ncdf4, Stan CSV by rstan, draws by posterior.
# Usage: Rscript validation/export/readBack.R FOLDER   (after write.js FOLDER)
suppressMessages({ library(ncdf4); library(rstan); library(posterior); library(jsonlite) })
folder <- commandArgs(TRUE)[1]
expected <- fromJSON(file.path(folder, "expected.json"))
same <- function(what, value, wanted, tolerance = 0) {
  stopifnot(length(value) == 1, abs(value - wanted) <= tolerance)
  cat("ok:", what, "\n")
}
nc <- nc_open(file.path(folder, "fit.nc"))
effects <- ncvar_get(nc, "posterior/b_subject")  # R has the dimensions the other way round
same("netCDF, random effect", effects[2, 17, 151, 3], expected$effect)
same("netCDF, sd", ncvar_get(nc, "posterior/sd")[2, 151, 3], expected$sd)
same("netCDF, energy", ncvar_get(nc, "sample_stats/energy")[151, 3], expected$energy)
stopifnot(identical(as.character(ncvar_get(nc, "posterior/beta_of"))[4], "post:trt.progabide"))
stopifnot(identical(dim(ncvar_get(nc, "log_likelihood/count")), c(295L, 200L, 3L)))
fit <- read_stan_csv(sort(list.files(file.path(folder, "stan"), full.names = TRUE)))
draws <- as_draws_array(fit)
same("Stan CSV, random effect", as.numeric(draws[151, 3, "b_1[17,2]"]), expected$effect)
same("Stan CSV, correlation", as.numeric(draws[151, 3, "cor_1[1,2]"]), expected$correlation)
stopifnot(get_num_divergent(fit) == 0)
table <- as_draws_df(read.csv(file.path(folder, "draws.csv"), check.names = FALSE))
same("CSV, coefficient", subset_draws(table, "beta[post:trt.progabide]", chain = 3, iteration = 151)[[1]], expected$coefficient)
summary <- summarise_draws(subset_draws(table, names(expected$rhat)), "rhat", "ess_bulk")
for (k in seq_along(expected$rhat)) {
  same(paste("R-hat of", summary$variable[k]), summary$rhat[k], expected$rhat[[k]][1], 1e-10)
  same(paste("bulk ESS of", summary$variable[k]), summary$ess_bulk[k], expected$rhat[[k]][2], 1e-6)
}
cat(R.version.string, "; ncdf4", as.character(packageVersion("ncdf4")), "; rstan", as.character(packageVersion("rstan")),
    "; posterior", as.character(packageVersion("posterior")), "\n")
