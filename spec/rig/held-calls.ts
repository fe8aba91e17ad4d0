import type { Answer } from '../../sim/answer.js';
import type { Intercept, NotificationRequest } from '../../sim/cvmain-service.js';
import { Journal } from './journal.js';
import { valueIn } from './rig.js';

/** Calls to cvmain that wait until a test releases them. */
export interface HeldCalls {
  readonly intercept: Intercept;
  /** All calls, in order. */
  readonly arrived: Journal<NotificationRequest>;
  /** Releases the call of the message with this body. */
  release(body: string): void;
  /** Releases all calls, and those to come. */
  releaseAll(): void;
}

/** Holds every call, or those that `which` selects. */
export function holdCalls(which: (request: NotificationRequest) => boolean = () => true): HeldCalls {
  const arrived = new Journal<NotificationRequest>();
  const held = new Map<string, () => void>();
  let open = false;
  return {
    arrived,
    intercept: (request, pass) => {
      if (open || !which(request)) {
        arrived.put(request);
        return pass();
      }
      return new Promise<Answer>((resolve) => {
        held.set(valueIn(request, 'body') ?? '', () => resolve(pass()));
        arrived.put(request);
      });
    },
    release: (body) => {
      held.get(body)?.();
      held.delete(body);
    },
    releaseAll: () => {
      open = true;
      for (const release of held.values()) release();
      held.clear();
    },
  };
}
