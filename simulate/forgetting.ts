import { payloadDigest } from '../lib/storage/session-record.js';
import { forgetReceipt, hasEnded, type Sent } from './ledger.js';
import { markOf, paths } from './on-disk.js';
import type { Run } from './run.js';

/** What was in a process's memory is gone; what is in the spool is not. */
export const forgetUnspooled = (run: Run, isCrash: boolean): void => {
  const { disk, ledger, site } = run;
  const content = disk.content(paths.spool);
  for (const sent of ledger.all) {
    if (sent.receivedAt === undefined) continue;
    if (isCrash) {
      for (const each of Object.values(sent.notified)) {
        each.mayRepeat = true;
        // What is spooled is sent again all the same where its acknowledgement had not left.
        if (!sent.acked || sent.send.twice || isRetainedAndForgotten(run, sent)) each.copies += 1;
      }
      // Its dead letter was stored, and nobody was left to say so.
      if (disk.content(paths.letters).includes(markOf(sent))) sent.deadLetter ??= 'stored';
    }
    const isSpooled = content.includes(markOf(sent));
    // Where the broker sends it again, its first receipt is forgotten.
    const comesAgain = sent.send.qos !== 0 && !sent.acked;
    if (!comesAgain && (isSpooled || hasEnded(sent, site.toExternal))) continue;
    sent.isAgain ||= isSpooled;
    forgetReceipt(sent);
  }
};

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
