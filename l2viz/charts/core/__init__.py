"""The parts of every chart: templates, bindings, arrays, traces, theme, ranges, hover."""
