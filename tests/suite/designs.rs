//! Designs, sensitivity, discovery and robustness as users meet them on the command line.
