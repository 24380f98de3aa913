/** How a piece of a line is painted. Colours are `0`..`15` of the palette, or `rgb(...)`. */
export interface Paint {
  readonly fg?: string;
  readonly bg?: string;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
}

export interface Span {
  readonly text: string;
  readonly paint: Paint;
}

/** A line that has more is shown without its further colours. */
const spansMax = 2_000;
/** A line that is longer is shown to here. */
export const lineCharsMax = 20_000;

const sequence =
  // oxlint-disable-next-line no-control-regex
  /\u001b(?:\[([0-9;:]{0,80})m|\[[0-9;?<=>!"' ]{0,40}[@-~]|\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\)?|[ -/]{0,4}[0-~])?/gu;
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A line of a log as painted pieces, as a terminal would have left it: what stands before a carriage return was
 * overwritten, colours (ECMA-48 SGR, with 256 and direct colours) are kept, other sequences are dropped, other
 * controls are shown as their pictures (U+2400). Work and result are bounded by the line's first 20,000 characters.
 */
export function paintLine(line: string): Span[] {
  const text = overwritten(line.length > lineCharsMax ? line.slice(0, lineCharsMax) : line);
  const spans: Span[] = [];
  let paint: Paint = {};
  let from = 0;
  const add = (until: number): void => {
    if (until > from) spans.push({ text: text.slice(from, until).replace(controls, picture), paint });
  };
  for (const match of text.matchAll(sequence)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[1] !== undefined && spans.length < spansMax) paint = repainted(paint, match[1]);
  }
  add(text.length);
  return spans;
}

/** The text of a line without its paint. */
export function plainLine(line: string): string {
  return paintLine(line)
    .map((span) => span.text)
    .join('');
}

function overwritten(line: string): string {
  const body = line.replace(/\r*\n?$/u, '');
  const at = body.lastIndexOf('\r');
  return at < 0 ? body : body.slice(at + 1);
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

function repainted(before: Paint, parameters: string): Paint {
  const codes = parameters.split(/[;:]/u).map(Number);
  let paint: Paint = before;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extended(codes, index + 1);
      index += used;
      if (colour !== undefined) paint = code === 38 ? { ...paint, fg: colour } : { ...paint, bg: colour };
    } else {
      paint = simple(paint, code);
    }
  }
  return paint;
}

function simple(paint: Paint, code: number): Paint {
  if (code === 0) return {};
  if (code >= 30 && code <= 37) return { ...paint, fg: String(code - 30) };
  if (code >= 90 && code <= 97) return { ...paint, fg: String(code - 82) };
  if (code >= 40 && code <= 47) return { ...paint, bg: String(code - 40) };
  if (code >= 100 && code <= 107) return { ...paint, bg: String(code - 92) };
  switch (code) {
    case 1:
      return { ...paint, bold: true };
    case 2:
      return { ...paint, dim: true };
    case 3:
      return { ...paint, italic: true };
    case 4:
      return { ...paint, underline: true };
    case 7:
      return { ...paint, inverse: true };
    case 9:
      return { ...paint, strike: true };
    case 22:
      return without(paint, 'bold', 'dim');
    case 23:
      return without(paint, 'italic');
    case 24:
      return without(paint, 'underline');
    case 27:
      return without(paint, 'inverse');
    case 29:
      return without(paint, 'strike');
    case 39:
      return without(paint, 'fg');
    case 49:
      return without(paint, 'bg');
    default:
      return paint;
  }
}

function without(paint: Paint, ...names: (keyof Paint)[]): Paint {
  return Object.fromEntries(Object.entries(paint).filter(([name]) => !names.includes(name as keyof Paint)));
}

/** After 38 or 48: `5;n` of 256, or `2;r;g;b`. The colour, and how many codes it took. */
function extended(codes: readonly number[], at: number): [string | undefined, number] {
  if (codes[at] === 5) return [indexed(codes[at + 1] ?? 0), 2];
  if (codes[at] === 2) {
    const parts = [codes[at + 1], codes[at + 2], codes[at + 3]].map((part) =>
      Math.min(255, Math.max(0, part ?? 0)),
    );
    return [`rgb(${parts.join(' ')})`, 4];
  }
  return [undefined, 0];
}

/** xterm's 256 colours: 16 of the palette, a cube of 6, 24 greys. */
function indexed(n: number): string {
  if (n < 16) return String(Math.max(0, n));
  if (n >= 232) {
    const grey = 8 + (Math.min(255, n) - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  const cube = n - 16;
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}
