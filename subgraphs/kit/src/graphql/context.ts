import DataLoader from "dataloader";
import type { Refusals } from "../audit/refusals.js";
import { asOneself, type Caller } from "../caller/caller.js";
import type { Database, Together, Tx } from "../database/database.js";
import type { SubgraphExtensions } from "../protocol/subgraph.js";

type Work<T> = (tx: Tx) => Promise<T>;

/**
 * What the resolvers of one operation share: the caller, one lazy READ ONLY transaction, and loaders. A write commits
 * on its own and is followed by a fresh read, so that its selection sees what it did.
 */
export class OperationContext {
  /** For the gateway, beside the answer. */
  readonly extensions: SubgraphExtensions = {};
  private reading: OpenRead | null = null;
  private loaders = new Map<unknown, DataLoader<unknown, unknown>>();

  constructor(
    readonly subgraph: string,
    readonly caller: Caller,
    /** The refresh token of the cookie; accounts alone looks at it. */
    readonly refreshToken: string | null,
    private readonly database: Database,
    readonly refusals: Refusals,
    private readonly committed: () => void,
    private readonly resolvers: readonly object[],
    /** Of a browser that was told to remember the second factor; accounts alone looks at it. */
    readonly deviceToken: string | null = null,
  ) {}

  /** The subgraph's own instance of a resolver class, where TypeGraphQL hands none out (`subscribe`). */
  resolver<T extends object>(type: abstract new (...parameters: never[]) => T): T {
    const instance = this.resolvers.find((candidate) => candidate instanceof type);
    if (!instance) throw new Error(`${type.name} is no resolver of ${this.subgraph}`);
    return instance as T; // found by instanceof, which does not narrow by an abstract constructor
  }

  /** Runs a query in the operation's own transaction, which sees one state of the database throughout. */
  async read<T>(work: Work<T>): Promise<T> {
    this.reading ??= new OpenRead(this.database, this.caller);
    return work(await this.reading.tx());
  }

  /** Runs a query in a transaction of its own, as somebody else: what the public may ask of a system caller. */
  readAs<T>(caller: Caller, work: Work<T>): Promise<T> {
    return this.database.read(caller, work);
  }

  /** Runs a query on what is the caller's own, whichever organisation he acts for. */
  readOwn<T>(work: Work<T>): Promise<T> {
    if (this.caller.narrowedOrganisationId === null) return this.read(work);
    return this.database.read(asOneself(this.caller), work);
  }

  /** Changes what is the caller's own, whichever organisation he acts for. */
  writeOwn<T>(work: Work<T>): Promise<T> {
    return this.write(work, asOneself(this.caller));
  }

  /** Commits before it resolves. */
  async write<T>(work: Work<T>, caller: Caller = this.caller, lane?: string): Promise<T> {
    await this.finish();
    const result = await this.database.write(caller, work, lane);
    this.committed();
    return result;
  }

  /** The same for writers that wait for the same row, whose lane has this name: see `Database.write`. */
  writeInLane<T>(lane: string, work: Work<T>): Promise<T> {
    return this.write(work, this.caller, lane);
  }

  /** A wish that is fulfilled together with those of others who come to the lane at the same time: see `Database.writeTogether`. */
  async writeTogether<Wish, Result>(lane: string, work: Together<Wish, Result>, wish: Wish): Promise<Result> {
    await this.finish();
    const result = await this.database.writeTogether(this.caller, lane, work, wish);
    this.committed();
    return result;
  }

  /** Something was committed past this context: whoever waits for events shall look. */
  wake(): void {
    this.committed();
  }

  /**
   * The operation's loader of this kind: all keys asked for in one tick are fetched with one call.
   * @param batch gives for each key its value, null where there is none; also the loader's identity.
   */
  loader<Key, Value>(batch: BatchRead<Key, Value>): DataLoader<Key, Value | null> {
    const known = this.loaders.get(batch);
    if (known) return known as DataLoader<Key, Value | null>; // stored below under the same function
    const loader = new DataLoader<Key, Value | null>(async (keys) => {
      const found = await this.read((tx) => batch(tx, keys));
      return keys.map((key) => found.get(key) ?? null);
    });
    this.loaders.set(batch, loader as DataLoader<unknown, unknown>);
    return loader;
  }

  /** Ends the operation's transaction and forgets what was loaded. */
  async finish(): Promise<void> {
    const { reading } = this;
    this.reading = null;
    this.loaders = new Map();
    await reading?.close();
  }
}

/** One query for many keys. Keys without a value are left out. */
export type BatchRead<Key, Value> = (tx: Tx, keys: readonly Key[]) => Promise<Map<Key, Value>>;

/** A READ ONLY transaction that stays open until it is closed. */
class OpenRead {
  private readonly opened = Promise.withResolvers<Tx>();
  private readonly closing = Promise.withResolvers<void>();
  private readonly ended: Promise<void>;

  constructor(database: Database, caller: Caller) {
    this.ended = database
      .read(caller, async (tx) => {
        this.opened.resolve(tx);
        await this.closing.promise;
      })
      // Reported to whoever waits for the transaction; after that, each query reports its own failure.
      .catch((error: unknown) => this.opened.reject(error));
    this.opened.promise.catch(() => undefined); // nobody may be waiting yet
  }

  tx(): Promise<Tx> {
    return this.opened.promise;
  }

  async close(): Promise<void> {
    this.closing.resolve();
    await this.ended;
  }
}

/** What `subscribe` of a subscription is given. */
export interface SubscribeArguments<Arguments> {
  args: Arguments;
  context: OperationContext;
}
