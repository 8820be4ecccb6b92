//! Statistics of simulated outcomes: intervals, paired differences, quantiles; no simulation.
