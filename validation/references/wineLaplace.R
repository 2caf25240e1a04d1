# Laplace's approximation of wine by the cumulative logit model, with modes to 1e-14, for which clmm 2022.11-16 reports -81.5654092921: 3.5e-6 more than there is.
# Rscript validation/references/wineLaplace.R (R 4.2.2) from the folder of the project prints
#   at clmm's estimates -81.5654127780, at its own optimum -81.5654127765
d <- read.csv("validation/data/wine.csv")
warm <- as.numeric(d$temp == "warm")
contact <- as.numeric(d$contact == "yes")
density <- function(x) ifelse(is.finite(x), dlogis(x), 0)
slope <- function(x) ifelse(is.finite(x), dlogis(x) * (1 - 2 * plogis(x)), 0)

laplace <- function(p) {
  threshold <- c(-Inf, p[1:4], Inf)
  eta <- p[5] * warm + p[6] * contact
  s <- p[7]
  total <- 0
  for (j in unique(d$judge)) {
    i <- which(d$judge == j)
    y <- d$rating[i]
    u <- 0
    for (k in 1:50) {
      a <- threshold[y + 1] - eta[i] - s * u
      b <- threshold[y] - eta[i] - s * u
      P <- plogis(a) - plogis(b)
      score <- sum(-s * (density(a) - density(b)) / P) - u
      curvature <- sum(s^2 * ((slope(a) - slope(b)) / P - ((density(a) - density(b)) / P)^2)) - 1
      u <- u - score / curvature
      if (abs(score / curvature) < 1e-14) break
    }
    total <- total + sum(log(P)) - u^2 / 2 - 0.5 * log(-curvature)
  }
  total
}

clmm <- c(-1.6236669241, 1.5133651829, 4.2285266885, 6.0887725585, 3.0629966258, 1.8348849223, 1.1311325781)
best <- optim(clmm, function(p) -laplace(p), method = "BFGS", control = list(reltol = 1e-15, maxit = 500))
cat(sprintf("at clmm's estimates %.10f, at its own optimum %.10f\n", laplace(clmm), -best$value))
