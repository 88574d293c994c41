"""Benchmarks. They print figures of this machine and ratios within one run; they judge nothing."""
