/** An event on its way to its consumers: at least once, in order per aggregate. */
export interface DeliveredEvent {
  id: string;
  type: string;
  aggregateId: string;
  aggregateVersion: bigint;
  organisationId: string | null;
  occurredAt: Date;
  payload: unknown;
  /** A secret sealed for its consumer; erased at the sender once delivered. */
  sealed: Uint8Array | null;
}

/** A consumer's inbox. Resolves when every event's effect is committed; a repeated event does nothing. */
export interface EventSink {
  readonly name: string;
  accepts(type: string): boolean;
  receive(event: DeliveredEvent): Promise<void>;
}

/** A consumer that cannot be reached or has no database: it will be tried again, and nothing is given up for it. */
export class SinkUnavailable extends Error {
  override name = "SinkUnavailable";
}
