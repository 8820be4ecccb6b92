# Reads a merged sweep with arrow and dplyr, as docs/other-tools.md shows, and compares the means with those that base R
# finds: Rscript read_sweep.R PLAN_DIR

suppressPackageStartupMessages({
  library(arrow)
  library(dplyr)
})
sweep <- commandArgs(trailingOnly = TRUE)[1]
check <- function(holds, ...) if (!isTRUE(holds)) { cat("FAILED:", ..., "\n"); quit(status = 1) }

runs <- read_parquet(file.path(sweep, "results/replications.parquet"))
design <- read_parquet(file.path(sweep, "design.parquet"))
means <- runs |>
  group_by(point, arm) |>
  summarise(attacks = mean(attacks_completed), .groups = "drop") |>
  left_join(design, by = "point")

plain <- as.data.frame(runs)
check(nrow(plain) > 0, "the sweep has no runs")
check(nrow(means) == nrow(unique(plain[, c("point", "arm")])), "a point or an arm is missing")
check(all(names(design) %in% names(means)), "the design was not joined")
check(!anyNA(means), "a point of the runs is not in the design")
for (i in seq_len(nrow(means))) {
  here <- plain$point == means$point[i] & plain$arm == means$arm[i]
  check(abs(mean(plain$attacks_completed[here]) - means$attacks[i]) < 1e-12, "point", means$point[i], means$arm[i])
}
cat("OK:", nrow(means), "means of", nrow(plain), "runs\n")
