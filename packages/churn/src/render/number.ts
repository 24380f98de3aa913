const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `73,549` */
export function count(value: number): string {
  return whole.format(value);
}

/** `+30,255`, `-12`, `0` */
export function signed(value: number): string {
  return value > 0 ? `+${whole.format(value)}` : whole.format(value);
}

/** `6.0` */
export function oneDecimal(value: number): string {
  return tenths.format(value);
}

/** `3.2%` of a share. */
export function percent(share: number): string {
  return `${tenths.format(share * 100)}%`;
}

/** `1 day`, `2 days` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `1.4M`, `350k`, `12`: for the ticks of an axis. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (size >= 1e3) return `${trimmed(value / 1e3)}k`;
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(3)));
}
