const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `3`, `0.04`, `3.2`, `48`, `1,234`: two digits that count, and all of those before the point. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = size >= 10 ? 0 : size >= 1 ? 1 : 2;
  if (size < 0.005) return '< 0.01';
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `512 B`, `4.0 KiB`, `1.5 MiB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : numberText(value)} ${units[unit]}`;
}

/** Of a share from 0 to 1: `0%`, `0.4%`, `7.2%`, `38%`. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1%';
  return `${percent === 0 || percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)}%`;
}

/** Milliseconds: `0.4 ms`, `38 ms`, `1.2 s`. */
export function millisecondsText(ms: number): string {
  if (ms >= 1_000) return `${numberText(ms / 1_000)} s`;
  return `${ms === 0 || ms >= 9.95 ? Math.round(ms) : ms.toFixed(1)} ms`;
}

/** How much more or less than before: `+12%`, `−30%`, `× 3.2`, `as before`; empty where there is nothing to compare. */
export function changeText(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'as before' : '';
  const ratio = now / before;
  if (Math.abs(ratio - 1) < 0.005) return 'as before';
  if (ratio >= 2) return `× ${numberText(ratio)}`;
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  return `${ratio > 1 ? '+' : '−'}${percent}%`;
}
