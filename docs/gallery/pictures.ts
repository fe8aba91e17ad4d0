/** A picture of the gallery: what `cvmqtt replay samples/day/capture.ndjson --report <file>` draws with these options. */
export interface Picture {
  readonly file: string;
  readonly options: readonly string[];
}

const incident = ['--from', '1m53s', '--to', '2m6s'];

/** The gallery. */
export const pictures: readonly Picture[] = [
  { file: 'day.svg', options: ['--settings', 'samples/day/cvmqtt.json'] },
  { file: 'incident.svg', options: ['--settings', 'samples/day/cvmqtt.json', ...incident] },
  { file: 'incident-new-rules.svg', options: ['--settings', 'samples/day/new-rules.json', ...incident] },
];

/** The page of the same, for a screenshot. */
export const page: Picture = {
  file: 'incident.html',
  options: ['--settings', 'samples/day/cvmqtt.json', ...incident],
};

/** What draws a picture to `target`. */
export const argumentsFor = ({ options }: Picture, target: string): readonly string[] => [
  'replay',
  'samples/day/capture.ndjson',
  '--quiet',
  ...options,
  '--report',
  target,
];
