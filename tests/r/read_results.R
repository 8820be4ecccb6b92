# Reads a run with R and compares paired differences with the run's own: Rscript read_results.R RUN
#
# `forestall export RUN --to csv` must have been called: base R reads CSV. Where the package arrow is installed, the
# Parquet tables are read too and must hold the same.

run <- commandArgs(trailingOnly = TRUE)[1]
check <- function(holds, ...) if (!isTRUE(holds)) { cat("FAILED:", ..., "\n"); quit(status = 1) }

runs <- read.csv(file.path(run, "results/replications.csv"))
told <- read.csv(file.path(run, "results/comparisons.csv"))
check(nrow(told) > 0, "comparisons.csv has no rows")

baseline <- runs[runs$arm == "baseline", ]
compared <- 0
for (i in seq_len(nrow(told))) {
  row <- told[i, ]
  if (!row$outcome %in% names(runs)) next
  policy <- runs[runs$arm == row$policy, c("draw", "replication", row$outcome)]
  pairs <- merge(policy, baseline[, c("draw", "replication", row$outcome)], by = c("draw", "replication"))
  difference <- pairs[[3]] - pairs[[4]]
  difference <- difference[!is.na(difference)]
  check(length(difference) == row$n, row$policy, row$outcome, "has", length(difference), "pairs, not", row$n)
  if (row$n == 0) next
  size <- max(1, abs(pairs[[3]]), abs(pairs[[4]]), na.rm = TRUE)
  check(abs(mean(difference) - row$difference) < 1e-9 * size, row$policy, row$outcome, mean(difference), row$difference)
  compared <- compared + 1
}
check(compared >= 100, "only", compared, "differences were compared")

if (requireNamespace("arrow", quietly = TRUE)) {
  parquet <- as.data.frame(arrow::read_parquet(file.path(run, "results/replications.parquet")))
  check(identical(names(parquet), names(runs)), "Parquet and CSV have different columns")
  for (name in names(runs)) {
    check(all.equal(parquet[[name]], runs[[name]], tolerance = 1e-12), name, "differs between Parquet and CSV")
  }
  cat("arrow read the same\n")
}
cat("OK:", compared, "paired differences, as in comparisons.csv\n")
print(aggregate(cbind(attacks_completed, cost) ~ arm, data = runs, FUN = mean))
