"""What every chart is made of: templates, bindings, arrays, traces, theme, ranges, hover."""
