import { visible } from './printable.ts';

/** Colours and weights: ECMA-48's "select graphic rendition", the one sequence that only paints. */
// oxlint-disable-next-line no-control-regex
const paint = /^\u001b\[[0-9;:]{0,60}m/u;
/** What may still become one. */
// oxlint-disable-next-line no-control-regex
const paintBegun = /^\u001b(?:\[[0-9;:]{0,60})?$/u;
const harmful =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Log bytes on their way to a terminal. Colours pass (or go, where `colour` is false), new lines, tabs and
 * carriage returns pass; every other control is shown instead of obeyed. Bytes may be cut anywhere: what
 * is not whole yet waits for the rest, at most one character and one sequence.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #colour: boolean;
  #held = '';

  constructor(options: { readonly colour: boolean }) {
    this.#colour = options.colour;
  }

  push(bytes: Uint8Array): string {
    return this.#pass(this.#held + this.#decoder.decode(bytes, { stream: true }), false);
  }

  /** What was held back, and the end of any colour. */
  end(): string {
    return this.#pass(this.#held + this.#decoder.decode(), true) + (this.#colour ? '\u001b[0m' : '');
  }

  #pass(text: string, last: boolean): string {
    this.#held = '';
    let out = '';
    let rest = text;
    for (;;) {
      const escape = rest.indexOf('\u001b');
      if (escape < 0) return out + rest.replace(harmful, visible);
      out += rest.slice(0, escape).replace(harmful, visible);
      rest = rest.slice(escape);
      const painted = paint.exec(rest)?.[0];
      if (painted !== undefined) {
        if (this.#colour) out += painted;
        rest = rest.slice(painted.length);
      } else if (!last && paintBegun.test(rest)) {
        this.#held = rest;
        return out;
      } else {
        out += visible('\u001b');
        rest = rest.slice(1);
      }
    }
  }
}
