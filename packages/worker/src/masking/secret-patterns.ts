import { BytePatterns } from './byte-patterns.ts';

/** Shorter forms are not looked for: they would be found everywhere. */
const maskedBytesMin = 6;

/**
 * The patterns by which secrets are known in output; undefined where there is none. Of each value: as it is, each of
 * its lines, as base64 (wherever it stands in what was encoded, in either alphabet), in a URL, in JSON, between a
 * shell's quotes.
 */
export function secretPatterns(values: Iterable<string>): BytePatterns | undefined {
  const forms = new Set<string>();
  for (const value of values) for (const form of formsOf(value)) if (isLong(form)) forms.add(form);
  return forms.size === 0 ? undefined : new BytePatterns([...forms].map((form) => Buffer.from(form)));
}

function isLong(text: string): boolean {
  return Buffer.byteLength(text) >= maskedBytesMin;
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  return [value.trim(), ...lines]
    .filter(isLong)
    .flatMap((text) => [
      text,
      ...base64Forms(text),
      ...urlForms(text),
      JSON.stringify(text).slice(1, -1),
      text.replaceAll("'", String.raw`'\''`),
    ]);
}

/**
 * What all base64 texts that have these bytes in them have in common, by how many bytes before them share their
 * first group of three.
 */
function base64Forms(text: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    // Six bits a letter: the first and the last may hold bits of what stands around it.
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((alphabet) => bytes.toString(alphabet).slice(first, last));
  });
}

function urlForms(text: string): readonly string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const forms = [encoded, strict, strict.replaceAll('%20', '+')];
  return [...forms, ...forms.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}
