import { Repeater, SlidingBuffer } from "@repeaterjs/repeater";
import type { Caller, Database } from "@tollgate/kit";
import type { LiveHub, LiveSample, Watcher } from "./hub.js";
import { type LiveScope, liveScope, type Wanted } from "./scope.js";

/** Between two events of one stream. */
const PAUSE_MILLISECONDS = 1_000;
/** Ticks come a little early now and then. */
const TOLERANCE_MILLISECONDS = 20;

const concerns = (scope: LiveScope, { vmId, organisationId }: LiveSample): boolean =>
  scope.organisationIds.has(organisationId) && (scope.vmIds === null || scope.vmIds.has(vmId));

/** The newest samples of what a stream shows. */
export const samplesOf = (hub: LiveHub, scope: LiveScope): LiveSample[] =>
  scope.vmIds === null ? hub.ofOrganisations(scope.organisationIds) : hub.ofMachines(scope.vmIds);

/**
 * A stream of full pictures: the first at once, then at most one a second when something has changed. A slow reader
 * finds the newest picture and none in between. It ends with a fault within a second of the access being taken away.
 * @param scope as it was found when the stream was opened.
 * @param picture what an event shows; also asked again after a pause.
 */
export const watchLive = <Picture>(
  hub: LiveHub,
  database: Database,
  caller: Caller,
  wanted: Wanted,
  scope: LiveScope,
  picture: (scope: LiveScope) => Picture | Promise<Picture>,
): AsyncIterableIterator<Picture> =>
  new Repeater<Picture>(async (push, stop) => {
    let allowed = scope;
    let shownAt = Number.NEGATIVE_INFINITY;
    let isOutdated = true;
    let isBusy = false;
    const show = async (now: number) => {
      isBusy = true;
      isOutdated = false;
      shownAt = now;
      try {
        // Not awaited: the buffer holds the newest picture until it is read.
        push(await picture(allowed)).then(undefined, fail);
      } catch (error) {
        fail(error);
      } finally {
        isBusy = false;
      }
    };
    const fail = (error: unknown) => {
      hub.leave(watcher);
      stop(error);
    };
    const watcher: Watcher = {
      recheck: async () => {
        try {
          allowed = await liveScope(database, caller, wanted);
          isOutdated = true;
        } catch (error) {
          fail(error);
        }
      },
      tell: (changed, now) => {
        isOutdated ||= changed.some((sample) => concerns(allowed, sample));
        if (isOutdated && !isBusy && now - shownAt >= PAUSE_MILLISECONDS - TOLERANCE_MILLISECONDS) void show(now);
      },
      end: () => stop(),
    };
    try {
      await hub.watch(watcher);
      await stop;
    } finally {
      hub.leave(watcher);
    }
  }, new SlidingBuffer(1));
