import { unreachable } from '@millrace/kernel/assert';
import { commandLengthMax } from '@millrace/protocol/journal/record';
import type { Fact } from '@millrace/protocol/journal/record';
import type { BytePatterns } from '../masking/byte-patterns.ts';
import { maskText } from '../masking/redactor.ts';

/** A fact as it may be written down: what people's code or a program said in it has no secret any more. */
export function maskFact(secrets: BytePatterns, fact: Fact): Fact {
  const text = (value: string): string => maskText(secrets, value);
  switch (fact.kind) {
    case 'step-finished':
    case 'try-ended':
    case 'build-finished':
      return fact.message === undefined ? fact : { ...fact, message: text(fact.message) };
    case 'command-started':
      return { ...fact, command: maskCommand(secrets, fact.command), folder: text(fact.folder) };
    case 'property-set':
      return { ...fact, value: maskValue(text, fact.value) };
    case 'link-added':
      return { ...fact, url: text(fact.url) };
    // Their bytes were masked before they were cut.
    case 'log-chunk':
    // Numbers, and names of millrace's own.
    case 'begin':
    case 'step-started':
    case 'log-opened':
    case 'log-gap':
    case 'log-closed':
    case 'clocks-stopped':
    case 'clocks-resumed':
      return fact;
    default:
      return unreachable(fact);
  }
}

/** One that was cut for its length may have been cut within a secret, whose beginning would be left. */
function maskCommand(secrets: BytePatterns, command: string): string {
  if (command.length < commandLengthMax) return maskText(secrets, command);
  return `${maskText(secrets, command).slice(0, -secrets.bytesMax)}...`;
}

/** A number or a truth value stays one, unless it is a secret. */
function maskValue<Value extends string | number | boolean>(
  text: (value: string) => string,
  value: Value,
): Value | string {
  const masked = text(String(value));
  return masked === String(value) ? value : masked;
}
