//! Charts: tables in, SVG out; nothing here reads a file or runs a model.
