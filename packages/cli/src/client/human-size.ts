/** `252G`, `3.4M`, `512`: powers of 1024, rounded up as `df -h` does. */
export function humanSize(bytes: bigint): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z'];
  let power = 0;
  let unit = 1n;
  // The next unit as soon as the rounded figure would have four digits.
  while (power < units.length - 1 && ceiling(bytes, unit) >= 1024n) {
    unit *= 1024n;
    power += 1;
  }
  const tenths = ceiling(bytes * 10n, unit);
  const figure = power === 0 || tenths >= 100n ? ceiling(bytes, unit) : `${tenths / 10n}.${tenths % 10n}`;
  return `${figure}${units[power]}`;
}

/** The quotient, rounded up. */
export function ceiling(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** As {@link humanSize}, but rounded to the nearest: for what is told of a transfer, not of a disk. */
export function roundedSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P'];
  let figure = bytes;
  let power = 0;
  while (power < units.length - 1 && figure >= 1023.5) {
    figure /= 1024;
    power += 1;
  }
  return `${power === 0 || figure >= 9.95 ? Math.round(figure) : figure.toFixed(1)}${units[power]}`;
}
