/** The bytes of one file, and how many of them would survive a loss of power. */
export class MemoryFile {
  #bytes = new Uint8Array(256);
  #size = 0;
  #onDisk = 0;

  get size(): number {
    return this.#size;
  }

  get onDisk(): number {
    return this.#onDisk;
  }

  /** A copy: what a caller holds does not change under it. */
  read(from: number, length: number): Uint8Array {
    return this.#bytes.slice(Math.min(from, this.#size), Math.min(from + length, this.#size));
  }

  readInto(from: number, target: Uint8Array): number {
    const bytes = this.read(from, target.length);
    target.set(bytes);
    return bytes.length;
  }

  append(bytes: Uint8Array): void {
    const needed = this.#size + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = needed;
  }

  /** As damage does it: the bytes at `at` become others, and the file grows where they reach over its end. */
  overwrite(at: number, bytes: Uint8Array): void {
    const after = this.read(at + bytes.length, this.#size);
    const onDisk = this.#onDisk;
    this.truncate(at);
    this.append(bytes);
    this.append(after);
    this.#onDisk = Math.min(onDisk, this.#size);
  }

  truncate(size: number): void {
    if (size > this.#size) this.append(new Uint8Array(size - this.#size));
    this.#size = size;
    this.#onDisk = Math.min(this.#onDisk, size);
  }

  reachDisk(): void {
    this.#onDisk = this.#size;
  }
}
