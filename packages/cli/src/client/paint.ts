const painter =
  (on: boolean, code: number) =>
  (text: string): string =>
    on ? `\u001b[${code}m${text}\u001b[0m` : text;

/** Colours for a terminal, or none. */
export const paintFor = (colour: boolean) => ({
  bold: painter(colour, 1),
  dim: painter(colour, 2),
  red: painter(colour, 31),
  green: painter(colour, 32),
  yellow: painter(colour, 33),
  blue: painter(colour, 34),
  magenta: painter(colour, 35),
});
export type Paint = ReturnType<typeof paintFor>;

/**
 * Whether to paint: on a terminal, unless `NO_COLOR` is set or it is a dumb one. `FORCE_COLOR` is stronger than
 * all of it, as in Node itself: `0` or `false` never, any other value always.
 */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  output: { readonly isTerminal: boolean },
): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
}
