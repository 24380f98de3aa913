/** How deep in an input bytes may stand. */
const depthMax = 3;

/** Every view of bytes in an operation's input. */
export function viewsIn(input: unknown, depth = depthMax): readonly Uint8Array[] {
  if (input instanceof Uint8Array) return [input];
  if (depth === 0 || typeof input !== 'object' || input === null) return [];
  const found: Uint8Array[] = [];
  for (const part of Object.values(input)) {
    if (typeof part === 'object' && part !== null) found.push(...viewsIn(part, depth - 1));
  }
  return found;
}

export function bytesIn(input: unknown): number {
  return viewsIn(input).reduce((sum, view) => sum + view.byteLength, 0);
}
