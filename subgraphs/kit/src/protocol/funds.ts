/** What telemetry asks before it switches machines on; billing answers, for it alone knows what they cost. */
export interface PowerFunds {
  /**
   * Asks for the runway of machines that are off, in the order they shall start. Those that it is there for count as
   * running from now on, so that no two of them are promised the same money.
   * @returns the ids of those that there is too little for, or that billing does not know.
   */
  refused(vmIds: readonly string[]): Promise<readonly string[]>;
}
