/** One message of an event stream. */
export interface SseMessage {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** The last one given so far, in this message or before. */
  readonly id: string | undefined;
}

/** Longer than any log piece or event; a stream that goes beyond is none of ours. */
const messageCharsMax = 16 * 1024 * 1024;

/**
 * Reads an event stream (WHATWG HTML, "Server-sent events") out of text cut anywhere. A message counts once
 * its empty line has come: one that a cut has left unfinished is forgotten, and asked for again by its id.
 */
export class SseParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #dataChars = 0;
  #id: string | undefined;

  push(text: string): SseMessage[] {
    const messages: SseMessage[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > messageCharsMax) throw new Error('a line of the event stream has no end');
    for (const line of lines) {
      const message = this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  #line(line: string): SseMessage | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.#data.push(value);
      this.#dataChars += value.length;
      if (this.#dataChars > messageCharsMax) throw new Error('a message of the event stream has no end');
    } else if (field === 'event') {
      this.#event = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this.#id = value;
    }
    return undefined;
  }

  #dispatch(): SseMessage | undefined {
    const message =
      this.#data.length === 0 && this.#event === ''
        ? undefined
        : { event: this.#event === '' ? 'message' : this.#event, data: this.#data.join('\n'), id: this.#id };
    this.#event = '';
    this.#data = [];
    this.#dataChars = 0;
    return message;
  }
}
