import type { BytesPlace } from '../operation.ts';

/** Sends a text with `?` for each parameter, on the operation's connection. */
export type Send = (
  sql: string,
  params: readonly (number | Uint8Array)[],
) => Promise<readonly { readonly id: number }[]>;

/** Numbers that are fetched at once. Those that a master has left over at its end are never given out. */
const numbersAtOnce = 256;
const fetchNumbers = `select nextval(pg_get_serial_sequence('kept_bytes', 'id')) as id from generate_series(1, ${numbersAtOnce})`;

/** Numbers for kept bytes, fetched ahead: bytes have their place without asking. */
export class KeptNumbers {
  #free: number[] = [];

  async next(send: Send): Promise<number> {
    for (;;) {
      const id = this.#free.pop();
      if (id !== undefined) return id;
      this.#free.push(...(await send(fetchNumbers, [])).map((row) => row.id).toReversed());
    }
  }
}

/** One insert has at most so many rows, and is begun anew with so many bytes. Each count is a prepared text. */
const rowsMax = 16;
const bytesMax = 4 * 1024 ** 2;

/** The bytes that one operation keeps, inserted together: each by itself would be one more way there and back. */
export class BytesBatch {
  readonly #send: Send;
  readonly #numbers: KeptNumbers;
  #waiting: [id: number, bytes: Uint8Array][] = [];
  #bytes = 0;

  constructor(send: Send, numbers: KeptNumbers) {
    this.#send = send;
    this.#numbers = numbers;
  }

  async keep(bytes: Uint8Array): Promise<BytesPlace> {
    const id = await this.#numbers.next(this.#send);
    this.#waiting.push([id, bytes]);
    this.#bytes += bytes.length;
    if (this.#waiting.length === rowsMax || this.#bytes >= bytesMax) await this.flush();
    return { segment: id, offset: 0 };
  }

  /** To be awaited before the commit. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const rows = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    const values = rows.map(() => '(?, ?)').join(', ');
    await this.#send(
      `insert into kept_bytes (id, data) overriding system value values ${values}`,
      rows.flat(),
    );
  }
}
