export type ParsedProperties =
  | {
      readonly kind: 'parsed';
      readonly properties: readonly { readonly name: string; readonly value: string }[];
    }
  | { readonly kind: 'wrong'; readonly message: string };

/** `name=value` lines as the force form takes them; empty lines are nothing. */
export function parseProperties(text: string): ParsedProperties {
  const properties: { name: string; value: string }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/u.test(name)) {
      return {
        kind: 'wrong',
        message: `“${line.trim()}” is not like name=value; a name has letters, digits, “_”, “.” and “-”.`,
      };
    }
    properties.push({ name, value: line.slice(equals + 1) });
  }
  return { kind: 'parsed', properties };
}
