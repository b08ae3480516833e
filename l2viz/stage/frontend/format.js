// Numbers in words and digits; three significant digits everywhere.

export function number(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

export function readout(value, form) {
  if (form === "percent") return Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : "–";
  if (form === "points") return Number.isFinite(value) ? `${(100 * value).toFixed(1)} points` : "–";
  return number(value);
}

export function seconds(value) {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
