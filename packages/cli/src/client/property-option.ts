import { InvalidArgumentError } from 'commander';

/** For `--property name=value`, which may be repeated: the later of one name wins. */
export function propertyOption(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/u.test(name)) {
    throw new InvalidArgumentError(
      'It must be like name=value; a name has letters, digits, "_", "." and "-".',
    );
  }
  return { ...before, [name]: text.slice(equals + 1) };
}
