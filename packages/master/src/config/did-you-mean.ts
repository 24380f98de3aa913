/** The known name that `wrong` is nearest to, if it is near: at most a third of its letters differ. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(wrong.length, 3) / 3) + 1;
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** The rest of a sentence about an unknown name: `; did you mean "x"?`, or which ones there are. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const near = nearest(wrong, known);
  const list =
    known.length === 0 ? 'there are none' : `known: ${known.map((name) => JSON.stringify(name)).join(', ')}`;
  return near === undefined ? `; ${list}` : `; did you mean ${JSON.stringify(near)}? (${list})`;
}

/** Levenshtein's: insertions, deletions and replacements. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, replace));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
