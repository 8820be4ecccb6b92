# Runs a scenario from R through the Python package: Rscript reticulate.R VENV SCENARIO
# Needs reticulate. Prints OK, or stops at the first disagreement.
library(reticulate)
given <- commandArgs(trailingOnly = TRUE)
use_virtualenv(given[1], required = TRUE)
forestall <- import("forestall")

scenario <- forestall$Scenario$load(given[2], set = dict("services.analysts" = 30L))
run <- scenario$run(policies = c("share", "watch"), replications = 20L, out = tempfile("runs"), progress = FALSE)
stopifnot(grepl("mean of 20 replications", run$summary(), fixed = TRUE), run$manifest$replications$done == 20)

column <- function(values) if (is.list(values)) sapply(values, function(x) if (is.null(x)) NA else x) else values
frame <- function(table) as.data.frame(lapply(table$to_pydict(), column))
runs <- frame(run$replications)
stopifnot(nrow(runs) == 60, identical(sort(unique(runs$arm)), c("baseline", "share", "watch")))

# The paired difference by hand is that of the comparisons, which have undefined values too.
comparisons <- frame(run$comparisons)
wide <- merge(runs, subset(runs, arm == "baseline"), by = c("draw", "replication"), suffixes = c("", ".baseline"))
by_hand <- with(subset(wide, arm == "watch"), mean(leads_received - leads_received.baseline))
found <- subset(comparisons, policy == "watch" & outcome == "leads_received")$difference
stopifnot(length(found) == 1, abs(by_hand - found) < 1e-9, anyNA(comparisons))

stopifnot(file.exists(file.path(as.character(run$path), "results", "replications.parquet")))
refused <- tryCatch(forestall$Run$open("nowhere"), error = conditionMessage)
stopifnot(grepl("check the spelling of the path", refused, fixed = TRUE))
cat("OK\n")
