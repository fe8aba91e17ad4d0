import { payloadDigest } from '../lib/storage/session-record.js';
import { recovered } from '../lib/storage/spool/recovered.js';
import { forgetReceipt, hasEnded, type Sent } from './ledger.js';
import { markOf, paths, wholeLines } from './on-disk.js';
import type { Run } from './run.js';

/** What was in a process's memory is gone; what is in the spool is not. */
export const forgetUnspooled = (run: Run, isCrash: boolean): void => {
  const { disk, ledger, site } = run;
  const content = disk.content(paths.spool);
  const letters = disk.content(paths.letters);
  for (const sent of ledger.all) {
    if (isCrash) {
      const again = copiesAfterCrash(run, sent);
      for (const each of Object.values(sent.notified)) {
        each.mayRepeat = false;
        each.copies = again;
      }
      // Its dead letter was stored, and nobody was left to say so.
      if (letters.includes(markOf(sent))) sent.deadLetter ??= 'stored';
    }
    if (sent.receivedAt === undefined) continue;
    const isSpooled = content.includes(markOf(sent));
    // Where the broker sends it again, its first receipt is forgotten.
    const comesAgain = sent.send.qos !== 0 && !sent.acked;
    if (!comesAgain && (isSpooled || hasEnded(sent, site.toExternal))) continue;
    sent.isAgain ||= isSpooled;
    forgetReceipt(sent);
  }
};

/**
 * How often a message can be notified after a crash: for each time that it is in the spool, as what was noted of it last may
 * be lost; where its acknowledgement had not been read; and where a broker sends what it has retained.
 */
const copiesAfterCrash = (run: Run, sent: Sent): number => {
  const content = wholeLines(run.disk.content(paths.spool));
  const spooled = content.includes(markOf(sent)) ? spooledLines(content, sent) : 0;
  const equalOnes = sent.send.twice ? 1 : 0;
  return spooled + (sent.acked ? 0 : 1) + equalOnes + (isRetainedAndForgotten(run, sent) ? 1 : 0);
};

const spooledLines = (content: Buffer, sent: Sent): number =>
  recovered(content, () => undefined).waiting.filter(({ offset, bytes }) =>
    content.subarray(offset, offset + bytes).includes(markOf(sent)),
  ).length;

/**
 * A broker of MQTT 3.1.1 sends a retained message again at a subscription. That it came live is on the disk after a clean end
 * only: a write for each message would wear the flash.
 */
const isRetainedAndForgotten = ({ disk }: Run, { send, text }: Sent): boolean =>
  send.retain === true && !disk.content(paths.sessions).includes(payloadDigest({ payload: { text } }));

/** Another broker, or one that sends again behind newer messages, decides on another order of what the daemon has not. */
export const forgetOrder = ({ disk, ledger, site }: Run, isTheirs: (sent: Sent) => boolean): void => {
  const content = disk.content(paths.spool);
  for (const sent of ledger.all)
    if (isTheirs(sent) && !content.includes(markOf(sent)) && !hasEnded(sent, site.toExternal)) sent.order = 0;
};

/** What ran may run again where that could be written nowhere: on a disk with trouble all of it, else in a full spool. */
export const mayRepeat = ({ disk, ledger, site }: Run, couldWrite = disk.isHealthy): void => {
  const hasRoom = site.settings.spool_max_bytes > 100_000;
  for (const { notified, send } of ledger.all) {
    const isHalf = site.toExternal && notified.notifier.accepted !== notified.external.accepted;
    if (couldWrite && (hasRoom || !isHalf)) continue;
    for (const each of Object.values(notified)) {
      each.mayRepeat = true;
      if (send.twice) each.copies += 1;
    }
  }
};
