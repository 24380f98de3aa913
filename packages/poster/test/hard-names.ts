/** File names that readers treat differently. Each is sent as the WHATWG's standard escapes it. */
export const hardNames = {
  plain: 'plain.txt',
  space: 'two words.txt',
  quote: 'a"b.txt',
  percent: 'a%22b.txt',
  backslash: 'tail\\only.txt',
  semicolon: 'a;b=c.txt',
  utf8: 'Grüße 日本 😀.txt',
  newline: 'a\r\nb.txt',
  long: `${'x'.repeat(200)}.txt`,
} as const;

/** What each reader gives for a name that it does not give back as it was. The docs' table is this one. */
export const namesReadBack: Readonly<Record<string, Partial<Record<keyof typeof hardNames, string>>>> = {
  // Take percent escapes as they stand.
  '@fastify/busboy': { quote: 'a%22b.txt', newline: 'a%0D%0Ab.txt' },
  'Python email': { quote: 'a%22b.txt', newline: 'a%0D%0Ab.txt' },
  // Undo %22 (and undici the line's end), and so cannot tell it from a name that had it.
  formidable: { percent: 'a"b.txt', newline: 'a%0D%0Ab.txt' },
  undici: { percent: 'a"b.txt' },
  // Its default is Latin-1; with `defParamCharset: 'utf8'` the name is right.
  multer: { percent: 'a"b.txt', utf8: Buffer.from(hardNames.utf8).toString('latin1') },
};
