import { payloadDigest } from '../lib/storage/session-record.js';
import { recovered } from '../lib/storage/spool/recovered.js';
import { forgetReceipt, hasEnded, type Sent } from './ledger.js';
import { markOf, paths, wholeLines } from './on-disk.js';
import type { Run } from './run.js';

/** Forgets what was only in a process's memory. The spool remains. */
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
      // Its dead letter was stored, but the process ended before it reported that.
      if (letters.includes(markOf(sent))) sent.deadLetter ??= 'stored';
    }
    if (sent.receivedAt === undefined) continue;
    const isSpooled = content.includes(markOf(sent));
    // If the broker sends it again, its first receipt is forgotten.
    const comesAgain = sent.send.qos !== 0 && !sent.acked;
    if (!comesAgain && (isSpooled || hasEnded(sent, site.toExternal))) continue;
    sent.isAgain ||= isSpooled;
    forgetReceipt(sent);
  }
};

/**
 * How often a message may be notified again after a crash: once for each copy in the spool, as the latest
 * note on it may be lost; once if the broker had not read its acknowledgement; once if the broker sends it as
 * a retained message.
 */
const copiesAfterCrash = (run: Run, sent: Sent): number => {
  const content = wholeLines(run.disk.content(paths.spool));
  const spooled = content.includes(markOf(sent)) ? spooledLines(content, sent) : 0;
  const equalOnes = sent.send.twice ? 1 : 0;
  return spooled + (sent.acked ? 0 : 1) + equalOnes + (isRetainedAndForgotten(run, sent) ? 1 : 0);
};

/** Number of copies of the message that wait in the spool. */
export const spooledLines = (content: Buffer, sent: Sent): number =>
  recovered(content, () => undefined).waiting.filter(({ offset, bytes }) =>
    content.subarray(offset, offset + bytes).includes(markOf(sent)),
  ).length;

/**
 * An MQTT 3.1.1 broker sends a retained message again at each subscription. That it was received live is
 * written to the disk at a clean end only, as a write for each message would wear the flash.
 */
const isRetainedAndForgotten = ({ disk }: Run, { send, text }: Sent): boolean =>
  send.retain === true && !disk.content(paths.sessions).includes(payloadDigest({ payload: { text } }));

/**
 * Forgets the order of messages that the daemon doesn't hold: another broker, or one that resends behind
 * newer messages, may send them in another order.
 */
export const forgetOrder = ({ disk, ledger, site }: Run, isTheirs: (sent: Sent) => boolean): void => {
  const content = wholeLines(disk.content(paths.spool));
  for (const sent of ledger.all)
    if (isTheirs(sent) && spooledLines(content, sent) === 0 && !hasEnded(sent, site.toExternal))
      sent.order = 0;
};

/** How long a run may take to close its files after the grace time, ms. */
const closingMs = 1_000;

/**
 * Allows commands to run again whose execution could not be recorded before a stop: all of them if the disk is failing
 * or failed during the stop; those that one target may have accepted alone if the spool may have been full.
 */
export const mayRepeat = ({ agenda, disk, ledger, site }: Run, couldWriteBefore = true): void => {
  const { shutdown_grace_ms, spool_max_bytes } = site.settings;
  const couldWrite =
    couldWriteBefore && disk.isHealthy && agenda.now - disk.failedAt > shutdown_grace_ms + closingMs;
  const hasRoom = spool_max_bytes > 100_000;
  for (const { acked, notified, send } of ledger.all) {
    const isOpen =
      !acked || send.retain || send.twice || notified.notifier.accepted !== notified.external.accepted;
    const isHalf = site.toExternal && isOpen;
    // QoS 0 alone is not spooled.
    if (couldWrite && (!isHalf || (hasRoom && send.qos !== 0))) continue;
    for (const each of Object.values(notified)) {
      each.mayRepeat = true;
      // The broker may send it again, too.
      if (send.twice || send.retain || !acked) each.copies += 1;
    }
  }
};

/**
 * Allows commands that wait in the spool to run again: the disk failed, so the note that they have run may be missing.
 */
export const mayRepeatSpooled = ({ disk, ledger }: Run): void => {
  const content = wholeLines(disk.content(paths.spool));
  for (const sent of ledger.all)
    if (spooledLines(content, sent) > 0)
      for (const each of Object.values(sent.notified)) each.mayRepeat = true;
};
