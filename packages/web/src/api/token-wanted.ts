/** Told when an act was refused for want of a token, so that the page can ask for one where one stands. */
const listeners = new Set<(refusal: string) => void>();

export const tokenWanted = {
  tell(refusal: string): void {
    for (const listener of listeners) listener(refusal);
  },
  subscribe(listener: (refusal: string) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
