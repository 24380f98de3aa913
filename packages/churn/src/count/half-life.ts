/**
 * The time after which half of the lines are gone, from the shares that stood at moments of a period: the
 * exponential through 1 at the start that is nearest in logarithms (least squares). `null` where nothing
 * went, or all at once.
 *
 * @param points `elapsedMs` since the start, and the share of the start's lines that stood then
 */
export function halfLifeDays(points: readonly { elapsedMs: number; share: number }[]): number | null {
  let [weighted, squares] = [0, 0];
  for (const { elapsedMs, share } of points) {
    if (share <= 0) continue;
    const days = elapsedMs / 86_400_000;
    weighted += days * -Math.log(share);
    squares += days * days;
  }
  return weighted > 0 ? (Math.LN2 * squares) / weighted : null;
}
