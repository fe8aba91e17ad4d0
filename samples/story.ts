import {
  clock,
  closes,
  command,
  isClear,
  opens,
  publication,
  type Registration,
  type Scene,
} from './scene.js';

/** The settings of the unit: its hold is as short as its day is. */
export const settings = { hold_unregistered_ms: 4_000, mqtt_version: '3.1.1' };

/** What is registered before the unit opens. A name with a dash can never receive anything, and `vg:` is not trusted. */
export const registeredFirst = ['lockers', 'display', 'climate', 'courier', 'door-cam', 'vg:upgrader'];

/** When apps come and go: one is late in the morning, one is updated at noon, and one crashes in the evening. */
const changes: readonly Registration[] = [
  { at: clock('06:42'), kind: 'register', name: 'labels' },
  { at: clock('13:30'), kind: 'unregister', name: 'display' },
  { at: clock('13:48'), kind: 'register', name: 'display' },
  { at: clock('17:20'), kind: 'unregister', name: 'lockers' },
  { at: clock('18:02'), kind: 'register', name: 'lockers' },
];

/** Lifetime of a command that opens a door, ms: the server waits no longer. */
const doorTimeoutMs = 2_500;

/** When couriers come. */
const visits = ['07:10', '08:00', '08:35', '09:25', '11:00', '14:20', '16:05', '17:25', '17:44', '18:30'];

/** Number of people who fetch a parcel, hour by hour. */
const pickUps = [2, 5, 7, 6, 5, 6, 16, 12, 6, 5, 9, 24, 19, 11, 6, 3];

const hours = Array.from({ length: closes - opens }, (_, hour) => opens + hour);

/** The day, in order of time; `random` gives numbers from 0 up to 1. */
export const story = (random: () => number): readonly Scene[] => {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const openDoor = (at: number, door: number, why: string): Scene =>
    command(at, 'lockers-open-door', { door, for: why }, { timeout: doorTimeoutMs });

  /** A courier brings parcels: for each a door is reserved and opened. */
  const visit = (start: number, parcels: number): readonly Scene[] => [
    command(start, 'courier-login', { route: 100 + upTo(40) }),
    command(start + 60, 'display-show', { screen: 'courier', parcels }),
    ...Array.from({ length: parcels }, (_, parcel) => {
      const at = start + 250 + parcel * 190 + upTo(60);
      const door = upTo(64);
      return [
        command(at, 'lockers-reserve', { door, hours: 48 }),
        openDoor(at + 70, door, 'delivery'),
        ...(random() < 0.3 ? [command(at + 110, 'labels-print', { door, copies: 1 })] : []),
      ];
    }).flat(),
    command(start + 450 + parcels * 190, 'courier-logout'),
  ];

  const pickUp = (at: number): readonly Scene[] => [
    ...(random() < 0.4 ? [command(at - 80, 'display-show', { screen: 'welcome' })] : []),
    openDoor(at, upTo(64), 'pick-up'),
    ...(random() < 0.25 ? [command(at + 150, 'lockers-release', { door: upTo(64) })] : []),
  ];

  const housekeeping = (hour: number): readonly Scene[] => [
    ...[0.1, 0.43, 0.77].map((part) =>
      command(clock(hour + part), 'climate-get-readings', undefined, { options: { qos: 0 } }),
    ),
    command(clock(hour + 0.02), 'display-refresh', { hour }),
    ...(hour % 4 === 2
      ? ['lockers', 'display', 'climate', 'courier'].map((name, at) =>
          command(clock(hour + 0.2) + at * 40, `${name}-get-settings`),
        )
      : []),
  ];

  const everyday = [
    ...visits.flatMap((time) => visit(clock(time), 4 + upTo(5))),
    ...pickUps.flatMap((people, hour) =>
      Array.from({ length: people }, () => pickUp(clock(opens + hour + random()))).flat(),
    ),
    ...hours.flatMap(housekeeping),
    ...oddities(random),
  ].filter((scene) => isClear(scene, changes, settings.hold_unregistered_ms));
  return [...everyday, ...changes].sort((one, other) => one.at - other.at);
};

/** Faults and rare events of the day. */
const oddities = (random: () => number): readonly Scene[] => [
  // Its app comes a moment later.
  command(clock('06:28'), 'labels-get-settings'),
  command(clock('06:30'), 'labels-print', { test: true }),
  // No app has this name: it is "lockers".
  command(clock('08:14'), 'locker-open-door', { door: 12, for: 'service' }, { timeout: 60_000 }),
  // An app that can never receive: the part before the first dash is "door".
  ...['07:30', '12:15', '16:40', '19:10'].map((time) => command(clock(time), 'door-cam-snapshot')),
  // Reserved, and not trusted on this unit.
  ...['10:05', '14:05', '21:10'].map((time) => command(clock(time), 'vg:upgrader-check-updates')),
  command(clock('21:25'), 'vg:upgrader-install', { version: '4.2.1' }),
  command(clock('10:40'), 'reboot'),
  command(clock('20:20'), 'selftest', { quick: true }),
  publication(clock('11:35'), '/command', '{"function":"climate-set-target","body":"4","timeout":"soon"}'),
  publication(clock('15:10'), '', 'are you there?'),
  // The bitmap of a label, for an app whose buffer is smaller.
  publication(clock('15:40'), '/labels-print', `^XA^GFA,${'0F8FF1C3'.repeat(4_400)}^XZ`),
  publication(clock('09:50'), '/display-brightness', '70'),
  publication(clock('20:35'), '/display-brightness', '25'),
  publication(
    clock('12:40'),
    '/climate-calibration',
    Uint8Array.from({ length: 48 }, () => Math.floor(random() * 256)),
  ),
  publication(clock('16:20'), '/climate-profile', '{"celsius":4}', { retain: true }),
];
