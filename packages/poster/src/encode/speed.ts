/** How fast old speed is forgotten: after so many seconds a change of speed shows by 63%. */
const memorySeconds = 3;

/**
 * Bytes a second as a person sees it: recent time counts more, and a stall is felt though no byte comes.
 * An average with exponential forgetting, corrected for its start, so that the first value is true.
 */
export class Speed {
  #bytes = 0;
  #seconds = 0;
  #lastMs: number;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  add(bytes: number, nowMs: number): void {
    const seconds = Math.max(0, (nowMs - this.#lastMs) / 1000);
    const kept = Math.exp(-seconds / memorySeconds);
    this.#bytes = this.#bytes * kept + bytes;
    this.#seconds = this.#seconds * kept + seconds;
    this.#lastMs = nowMs;
  }

  get bytesPerSecond(): number {
    return this.#seconds === 0 ? 0 : this.#bytes / this.#seconds;
  }
}
