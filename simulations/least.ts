/** What each seed must have had, or it proves little. */
export const least = { builds: 20, faults: 5 } as const;
