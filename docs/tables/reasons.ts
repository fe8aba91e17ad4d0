import { advice } from '../../bin/dev/advice.js';
import { maxPacketBytes } from '../../lib/rules/notification/notification.js';
import { type Reason, reasons } from '../../lib/rules/rejection.js';
import { type StepName, stepNames, stepOf } from '../../lib/rules/steps.js';
import { markdownTable } from './table.js';

const when: Readonly<Record<Reason, string>> = {
  unsubscribed:
    "its topic matches none of the login's topic filters: the session at the broker still has a subscription of an earlier login or program. Or it is a retained message, and the daemon is in a [shared group](shared-group.md)",
  undecodable:
    'neither the payload nor the topic has a name, the payload is empty, or the envelope is broken',
  'too-large': `its notification would be over ${maxPacketBytes.toLocaleString('en')} bytes, the size of an app's buffer. Or it was not read: its payload is over 256 KiB, or its MQTT 5 properties are over 64 KiB`,
  'malformed-name': 'its name has no dash, or nothing before or after the first one',
  'reserved-name': 'its name begins with `vg:`, and `reserved_integrations` does not list it',
  'delivery-disabled': "cvmain's configuration leaves no way to send it",
  unregistered: 'its app did not register within `hold_unregistered_ms`',
  overflow: 'QoS 0 only: too many messages are waiting already',
  expired:
    "its MQTT 5 message expiry or its envelope's `timeout` passed while it waited. Also if it may have passed: it was received before a reboot, and the clock is not known to be right",
  refused:
    'cvmain refused it, or answered its calls with failures for `give_up_after_ms` while it served others',
};

const stepsOf = (reason: Reason): readonly StepName[] => [
  ...new Set([false, true].map((wasCalled) => stepOf(reason, wasCalled))),
];

const stopsAt = (reason: Reason): string => {
  const [first = '', ifCalled] = stepsOf(reason);
  return ifCalled === undefined ? first : `${first}, or ${ifCalled} if it was called`;
};

const stepAt = (reason: Reason): number => stepNames.indexOf(stepOf(reason, false));

/** The reasons by the step at which they stop a message. */
const inOrder = reasons.toSorted((one, other) => stepAt(one) - stepAt(other));

/** The reasons of dead letters. */
export const reasonsTable = (): string =>
  markdownTable([
    ['reason', 'when', 'stops at'],
    ...inOrder.map((reason) => [`\`${reason}\``, when[reason], stopsAt(reason)]),
  ]);

/** The reasons, for developers of apps. */
export const adviceTable = (): string =>
  markdownTable([
    ['shown as', 'when', 'what to do'],
    ...inOrder.map((reason) => [`\`${reason}\``, when[reason], escaped(advice[reason])]),
  ]);

/** A text of a terminal in Markdown: what is in angle brackets is no tag. */
const escaped = (text: string): string => text.replaceAll('<', '&lt;');

const does: Readonly<Record<StepName, string>> = {
  decode:
    'checks topic and size, and reads the name, the body and the lifetime from the envelope or the topic',
  split: 'splits the full name at its first dash: integration and message',
  route: 'asks the policy and the live set for the targets',
  hold: "waits in the integration's lane: for its app to register, for its turn, for a free call, in memory or in the spool",
  deliver: 'calls `send_notification` for each target, and again after a failure that can heal',
  settle: 'stores a dead letter, acknowledges the publish, removes the message from the spool',
};

/** The steps of the pipeline, with the reasons for which each stops a message. */
export const stepsTable = (): string =>
  markdownTable([
    ['step', 'what it does', 'reasons for which a message stops here'],
    ...stepNames.map((step) => {
      const here = reasons.filter((reason) => stepsOf(reason).includes(step));
      return [`**${step}**`, does[step], here.map((reason) => `\`${reason}\``).join(', ')];
    }),
  ]);
