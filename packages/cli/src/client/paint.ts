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
