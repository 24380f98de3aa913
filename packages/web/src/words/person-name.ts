/** `Ada Noor <ada@example.org>` as people say it: `Ada Noor`. */
export function personName(author: string): string {
  const name = author.replace(/\s*<[^>]*>\s*$/u, '').trim();
  return name === '' ? author : name;
}
